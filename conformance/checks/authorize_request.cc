// The shape of the authorization request (RFC 6749 §4.1.1): what the browser is sent to.

#include <map>

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kBegin{Capability::begin};

Setup with_redirect(std::string_view redirect_uri) {
  Setup setup;
  setup.redirect_uri = redirect_uri;
  return setup;
}

// Every byte of the endpoint's own query counts; '&' in a value shows a client that writes it anew.
Verdict endpoint_exact(Trial& trial) {
  const std::string endpoint = trial.base_url() + "/oauth/authorize";
  for (const std::string_view own : {"tenant=a%26b&audience=x", ""}) {
    Setup setup;
    setup.authorize_query = own;
    trial.set_up(setup);
    const std::string url = trial.begin().authorize_url;
    const std::string_view path = std::string_view(url).substr(0, url.find_first_of("?#"));
    if (path != endpoint) return failed(endpoint, path);
    if (url.find('#') != std::string::npos) return failed("no fragment", "one");
    const auto query = query_of(url);
    if (query.count("response_type") == 0 || query.count("client_id") == 0) {
      return failed("the parameters joined with '" + std::string(own.empty() ? "?" : "&") + "'",
                    "no response_type and client_id of their own");
    }
    for (const auto& [name, value] : mock::wire::parse_form(own).fields) {
      if (query.count(name) == 1 && *query.find(name) == value) continue;
      return failed("the endpoint's own parameter " + name + " once and unchanged",
                    query.count(name) == 0 ? "none" : "another value, or more than one");
    }
  }
  return passed();
}

Verdict response_type_code(Trial& trial) {
  const Begun begun = trial.begin();
  const std::size_t count = query_of(begun.authorize_url).count("response_type");
  if (count != 1) return failed("response_type once", std::to_string(count) + " times");
  return expect_equal("response_type", "code", begun.param("response_type"));
}

Verdict client_id_exact(Trial& trial) {
  Setup setup;
  setup.client_id = "app+1/2%3~4 5";
  trial.set_up(setup);
  return expect_equal("client_id", setup.client_id, trial.begin().param("client_id"));
}

// What a stranger's link to the start names, or a proxy's header, changes nothing. A client may
// refuse such a link.
Verdict redirect_pinned(Trial& trial) {
  const std::string own = trial.begin("plain").param("redirect_uri");
  const std::string evil = trial.evil().url();
  const std::string host = evil.substr(evil.find("//") + 2);
  const std::vector<mock::wire::Form::Field> lures{{"redirect_uri", evil + "/trap"},
                                                   {"redirect_url", evil + "/trap"},
                                                   {"code_challenge_method", "plain"},
                                                   {"response_type", "token"},
                                                   {"client_id", "another-client"}};
  const std::string query = mock::wire::form_encode(lures);
  for (const Additions& additions :
       {Additions{query}, Additions{"", {{"X-Forwarded-Host", host}}},
        Additions{"", {{"Forwarded", "host=\"" + host + "\""}, {"X-Original-Host", host}}}}) {
    const auto begun = trial.begin_with(additions, "lured");
    if (!begun) continue;
    const auto sent = query_of(begun->authorize_url);
    if (begun->param("redirect_uri") != own || sent.count("redirect_uri") != 1) {
      return failed("the registered redirect_uri",
                    additions.query.empty() ? "one of a header's host" : "one that the link named");
    }
    if (additions.query.empty()) continue;
    for (const auto& [name, value] : lures) {
      if (name != "redirect_uri" && sent.count(name) != 0 && begun->param(name) == value) {
        return failed("a request of the client's own making", name + " as the link named it");
      }
    }
  }
  return passed();
}

// Registered strings that a URL library which tidies up does not leave alone.
Verdict redirect_exact(Trial& trial) {
  if (trial.has(Capability::page)) {
    const Verdict pinned = redirect_pinned(trial);
    if (pinned.result != Result::pass || !trial.has(Capability::redirect)) return pinned;
  }
  for (const std::string_view uri : {"http://127.0.0.1:53682/oauth/callback?a=1&b=%2F&c=x+y%20z",
                                     "http://127.0.0.1:53682/OAuth/callback/?r=a%2fb&e="}) {
    trial.set_up(with_redirect(uri));
    const Verdict verdict = expect_equal("redirect_uri", uri, trial.begin().param("redirect_uri"));
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

Verdict redirect_encoded(Trial& trial) {
  const Setup setup = with_redirect("http://127.0.0.1:53682/oauth/callback?a=1&b=2+3");
  trial.set_up(setup);
  const Begun begun = trial.begin();
  const auto query = query_of(begun.authorize_url);
  if (query.count("a") + query.count("b") != 0) {
    return failed("redirect_uri percent-encoded", "its own '&b=' became a parameter");
  }
  return expect_equal("redirect_uri", setup.redirect_uri, begun.param("redirect_uri"));
}

// RFC 6749 §3.3: tokens of visible ASCII but for '"' and '\', one space between two of them.
std::string wrong_with_scope(std::string_view scope) {
  std::map<std::string_view, int> tokens;
  while (true) {
    const std::string_view token = scope.substr(0, scope.find(' '));
    if (token.empty()) return "an empty scope token";
    if (token.find_first_of(",;") != std::string_view::npos) return "a comma or a semicolon";
    if (token.find_first_of("%+") != std::string_view::npos) return "an encoding of its own";
    if (++tokens[token] > 1) return "a scope token twice";
    if (token.size() == scope.size()) return "";
    scope.remove_prefix(token.size() + 1);
  }
}

Verdict scope_format(Trial& trial) {
  Setup setup;
  setup.scope = "openid profile email";
  trial.set_up(setup);
  const Begun begun = trial.begin();
  const std::size_t count = query_of(begun.authorize_url).count("scope");
  if (count == 0) return passed("it sends no scope");
  if (count > 1) return failed("scope once", std::to_string(count) + " times");
  const std::string wrong = wrong_with_scope(begun.param("scope"));
  return wrong.empty() ? passed() : failed("scope tokens with a space between two", wrong);
}

// The plainest and the fullest request.
Verdict each_request(Trial& trial, Verdict (*judge)(const mock::wire::Form&)) {
  for (const bool full : {false, true}) {
    Setup setup;
    if (full) {
      setup.scope = "openid profile";
      setup.authorize_query = "tenant=x";
    }
    trial.set_up(setup);
    const auto query = query_of(trial.begin().authorize_url);
    require(trial, !query.fields.empty(), "the authorize URL has no parameters");
    if (Verdict verdict = judge(query); verdict.result != Result::pass) return verdict;
  }
  return passed();
}

Verdict no_duplicates(Trial& trial) {
  return each_request(trial, [](const mock::wire::Form& query) {
    for (const auto& [name, value] : query.fields) {
      const std::size_t count = query.count(name);
      if (count > 1) return failed(name + " once", std::to_string(count) + " times");
    }
    return passed();
  });
}

Verdict no_empty(Trial& trial) {
  return each_request(trial, [](const mock::wire::Form& query) {
    for (const auto& [name, value] : query.fields) {
      if (value.empty()) return failed("a value for each parameter", name + " without one");
    }
    return passed();
  });
}

// The suite's browser is told apart by its User-Agent.
Verdict browser_alone(Trial& trial) {
  trial.login();
  for (const Seen& seen : trial.seen()) {
    if (seen.entry().endpoint != Endpoint::authorize) continue;
    return failed("the browser alone at the authorize endpoint",
                  "a " + seen.request().method + " of the client's own");
  }
  return passed();
}

constexpr Check kAuthorizeRequestChecks[] = {
    {.id = "authorize.endpoint.exact",
     .title = "The URL is the configured endpoint, with its own query and no fragment",
     .clause = "RFC 6749 §3.1",
     .level = Level::must,
     .phase = Phase::authorize,
     .provokes = "an authorize endpoint without a query, and one with",
     .requires_ = "Origin and path are the configured ones; the endpoint's own parameters stay as "
                  "they are, and the request's are added with '&'.",
     .mend = "Take the configured URL whole, and append the parameters with a URL library.",
     .motive = "heygen-cli TestBuildAuthorizationURL_HonorsExistingQuery",
     .needs = kBegin,
     .run = &endpoint_exact},
    {.id = "authorize.response-type.code",
     .title = "response_type is code",
     .clause = "RFC 6749 §4.1.1; vendor's guide, step 1",
     .level = Level::must,
     .phase = Phase::authorize,
     .provokes = "a login is begun",
     .requires_ = "response_type=code, once.",
     .mend = "Ask for a code alone, whatever the library offers.",
     .needs = kBegin,
     .run = &response_type_code},
    {.id = "authorize.client-id.exact",
     .title = "client_id arrives as it was given",
     .clause = "RFC 6749 §4.1.1; vendor's guide, step 1",
     .level = Level::must,
     .phase = Phase::authorize,
     .provokes = "a client_id with + / % ~ and a space in it",
     .requires_ = "Decoded it is the configured client_id, byte for byte.",
     .mend = "Percent-encode the value when the URL is built, once.",
     .needs = kBegin,
     .run = &client_id_exact},
    {.id = "authorize.redirect-uri.exact",
     .title = "redirect_uri arrives as it was registered, byte for byte",
     .clause = "RFC 9700 §2.1, §4.1.3; vendor's guide, step 1",
     .source = Source::vendor,
     .level = Level::must,
     .phase = Phase::authorize,
     .provokes = "redirect URIs with percent escapes, '+', capitals and a final slash; to a web "
                 "app, a link to its start that names another, and X-Forwarded-Host",
     .requires_ = "Decoded it is the registered string: servers compare them exactly.",
     .mend = "Keep the registered string, and encode all of it; do not parse and write it anew.",
     .needs = kBegin,
     .run = &redirect_exact},
    {.id = "authorize.redirect-uri.encoded",
     .title = "redirect_uri is percent-encoded",
     .clause = "RFC 6749 Appendix B",
     .level = Level::must,
     .phase = Phase::authorize,
     .provokes = "a redirect URI with a query of its own",
     .requires_ = "Its '&', '=' and '+' are encoded, and it arrives whole.",
     .mend = "Build the URL with a library that encodes each value.",
     .needs = kBegin,
     .run = &redirect_encoded},
    {.id = "authorize.scope.format",
     .title = "scope is tokens with one space between two",
     .clause = "RFC 6749 §3.3",
     .level = Level::should,
     .phase = Phase::authorize,
     .provokes = "a client configured for three scopes",
     .requires_ =
         "scope, if it is sent, comes once, without a comma, a duplicate or a gap. (The grammar "
         "allows commas and duplicates; no server of this vendor has use for them.)",
     .mend = "Join the scopes with a space, and let the URL library encode the result.",
     .needs = kBegin,
     .run = &scope_format},
    {.id = "authorize.no-duplicate-params",
     .title = "No parameter occurs twice",
     .clause = "RFC 6749 §3.1",
     .level = Level::must,
     .phase = Phase::authorize,
     .provokes = "a plain request, and one with a scope to an endpoint with a query",
     .requires_ = "Each name occurs once: servers refuse the request, or choose one.",
     .mend = "Set parameters in a map, not by appending text.",
     .needs = kBegin,
     .run = &no_duplicates},
    {.id = "authorize.no-empty-params",
     .title = "No parameter is sent without a value",
     .clause = "RFC 6749 §3.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::authorize,
     .provokes = "a request without a scope, and one with",
     .requires_ = "Each parameter has a value: servers treat one without as left out.",
     .mend = "Leave out what has no value.",
     .needs = kBegin,
     .run = &no_empty},
    {.id = "authorize.method.get",
     .title = "The browser asks for the authorization, and nobody else",
     .clause = "RFC 6749 §4.1.1; RFC 8252 §8.12",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::authorize,
     .provokes = "a login",
     .requires_ = "The client's own HTTP client sends nothing to the authorize endpoint.",
     .mend = "Hand the URL to the user's browser; do not fetch it.",
     .needs = {Capability::begin, Capability::callback, Capability::state},
     .run = &browser_alone},
};

}  // namespace

std::span<const Check> authorize_request_checks() { return kAuthorizeRequestChecks; }

}  // namespace heygen::conformance
