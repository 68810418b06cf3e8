// What the token request looks like (RFC 6749 §4.1.3).

#include <algorithm>
#include <array>

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state};

Setup with_redirect(std::string_view redirect_uri) {
  Setup setup;
  setup.redirect_uri = redirect_uri;
  return setup;
}

// What a client that takes the URI apart, or writes it anew, does not get back.
Verdict redirect_identical(Trial& trial) {
  for (const std::string_view uri : {"http://127.0.0.1:53682/oauth/callback?a=1&b=%2F",
                                     "http://127.0.0.1:53682/OAuth/callback/?r=a%2fb&e="}) {
    trial.set_up(with_redirect(uri));
    const Login login = trial.try_login();
    const Verdict verdict =
        expect_equal("redirect_uri at the token endpoint", login.begun.param("redirect_uri"),
                     require_token_request(trial, login).param("redirect_uri"));
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

Verdict method_post(Trial& trial) {
  const Login login = trial.try_login();
  return expect_equal("the method of the token request", "POST",
                      require_token_request(trial, login).request().method);
}

Verdict content_type_form(Trial& trial) {
  const Login login = trial.try_login();
  const Seen& request = require_token_request(trial, login);
  const std::string type = request.header("Content-Type");
  if (!mock::wire::is_form(request.request())) {
    return failed("a body of application/x-www-form-urlencoded", type.empty() ? "none" : type);
  }
  if (request.form().error) return failed("a form", *request.form().error);
  const bool empty = request.request().body.empty();
  return empty || request.form().count("grant_type") > 0
             ? passed()
             : failed("a form with grant_type", "a body that only calls itself one");
}

Verdict nothing_in_url(Trial& trial) {
  const Login login = trial.try_login();
  const Seen& request = require_token_request(trial, login);
  if (request.query().fields.empty()) return passed();
  return failed("nothing in the token endpoint's URL",
                request.query().fields.front().first + " in its query");
}

bool is_usual(std::string_view name) {
  constexpr std::array<std::string_view, 9> kUsual{
      "grant_type",           "code",          "redirect_uri", "client_id",
      "code_verifier",        "client_secret", "scope",        "client_assertion",
      "client_assertion_type"};
  return std::ranges::find(kUsual, name) != kUsual.end();
}

Verdict required_params(Trial& trial) {
  const Login login = trial.try_login();
  const Seen& request = require_token_request(trial, login);
  const bool confidential = trial.setup().client_secret.has_value();
  // RFC 6749 §3.2.1: who authenticates need not name itself again.
  const bool authenticates = confidential && !request.header("Authorization").empty();
  const bool no_pkce = confidential && login.begun.param("code_challenge").empty();
  std::vector<Verdict> verdicts;
  for (const std::string_view name :
       {"grant_type", "code", "redirect_uri", "client_id", "code_verifier"}) {
    if (name == "client_id" && authenticates && !request.has_param(name)) continue;
    if (name == "code_verifier" && no_pkce) continue;
    verdicts.push_back(expect_form_param(request, name));
  }
  verdicts.push_back(expect_equal("grant_type", "authorization_code", request.param("grant_type")));
  for (const auto& [name, value] : request.form().fields) {
    if (!is_usual(name)) verdicts.push_back(warned("it also sends " + name));
  }
  return worst_of(std::move(verdicts));
}

Verdict utf8_encoding(Trial& trial) {
  // No code has such letters (RFC 6749 A.11): who refuses it is right, too.
  const std::string beyond_ascii = "caf\xC3\xA9-\xE2\x82\xAC";
  CallbackUrl url = trial.authorize(trial.begin("utf-8"));
  url.set("code", beyond_ascii);
  const Mark before = trial.mark();
  (void)trial.callback(url, "utf-8");
  const auto requests = trial.code_requests(before);
  if (requests.empty()) return passed();
  return expect_equal("a code in UTF-8 at the token endpoint", beyond_ascii,
                      requests.front().param("code"));
}

// Characters that a form body built by joining strings does not survive, in each value that may
// hold them.
Verdict form_encoding(Trial& trial) {
  trial.control();
  const std::string nasty = "c+d e&f=g%h#i%2Bj";
  CallbackUrl url = trial.authorize(trial.begin());
  url.set("code", nasty);
  const Mark before = trial.mark();
  (void)trial.callback(url);
  const auto requests = trial.code_requests(before);
  require(trial, requests.size() == 1, "no token request was made");
  Verdict verdict =
      expect_equal("the code at the token endpoint", nasty, requests[0].param("code"));
  return verdict.result == Result::pass ? utf8_encoding(trial) : verdict;
}

Verdict client_id_encoding(Trial& trial) {
  Setup setup;
  setup.client_id = "app+1&x=2%3~4 5";
  trial.set_up(setup);
  const Login login = trial.try_login();
  const Seen& request = require_token_request(trial, login);
  return expect_equal("client_id at the token endpoint", setup.client_id,
                      request.param("client_id"));
}

Verdict values_encoded(Trial& trial) {
  // The second world cannot be had from every subject: what the first shows counts all the same.
  const Verdict code = form_encoding(trial);
  if (code.result != Result::pass || !trial.has(Capability::redirect)) return code;
  return client_id_encoding(trial);
}

// A refresh and a logout of the session that is logged in: they have a code of their own.
std::vector<Seen> later_requests(Trial& trial, std::string_view session) {
  const Mark before = trial.mark();
  if (trial.has(Capability::refresh) && trial.has(Capability::call_api))
    (void)try_refresh(trial, session);
  if (trial.has(Capability::logout)) (void)trial.logout(session);
  std::vector<Seen> all = trial.refreshes(before);
  for (Seen& one : trial.revocations(before)) all.push_back(std::move(one));
  return all;
}

Verdict no_client_secret(Trial& trial) {
  if (trial.setup().client_secret) return not_applicable("the client has a secret");
  const Login login = trial.try_login();
  const Seen& request = require_token_request(trial, login);
  for (const std::string_view name : {"client_secret", "client_assertion"}) {
    if (request.has_param(name)) return failed("no secret of a public client", std::string(name));
  }
  // A second login, too: there is a token by now that could be sent along. In a session of its own
  // where whoever is logged in is not let begin another.
  const std::string_view session = trial.begin_again().has_value() ? kFirst : kSecond;
  const Login again = trial.try_login(session);
  std::vector<Seen> requests{request, require_token_request(trial, again)};
  for (Seen& one : later_requests(trial, session)) requests.push_back(std::move(one));
  for (const Seen& one : requests) {
    for (const std::string_view name : {"client_secret", "client_assertion"}) {
      if (one.has_param(name)) return failed("no secret of a public client", std::string(name));
    }
    const std::string authorization = one.header("Authorization");
    if (authorization.empty()) continue;
    return failed("no Authorization header",
                  "one of the scheme " + authorization.substr(0, authorization.find(' ')));
  }
  return passed();
}

// The key of the vendor's older method is in the environment, where its own programs look for it.
Verdict no_api_key(Trial& trial) {
  constexpr std::string_view kApiKey = "canary-api-key-0f6c1e27b95d4a83";
  if (trial.has(Capability::restart)) {
    trial.restart({"HEYGEN_API_KEY=" + std::string(kApiKey)});
  }
  const Login login = trial.login();
  std::vector<Seen> requests{require_token_request(trial, login)};
  for (Seen& one : later_requests(trial, kFirst)) requests.push_back(std::move(one));
  for (const Seen& request : requests) {
    for (const std::string_view name : {"X-API-KEY", "Cookie"}) {
      if (request.header(name).empty()) continue;
      return failed("nothing but the grant at the token endpoint",
                    "the header " + std::string(name));
    }
    if (request.whole_request().find(kApiKey) != std::string::npos) {
      return failed("nothing but the grant at the token endpoint", "the API key");
    }
  }
  return passed();
}

Verdict accepts_json(Trial& trial) {
  const Login login = trial.try_login();
  std::string accept = require_token_request(trial, login).header("Accept");
  std::ranges::transform(accept, accept.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  for (const std::string_view type : {"*/*", "application/*", "json"}) {
    if (accept.empty() || accept.find(type) != std::string::npos) return passed();
  }
  return failed("JSON among what is accepted", accept);
}

constexpr Check kTokenRequestChecks[] = {
    {.id = "token.method.post",
     .title = "The token request is a POST",
     .clause = "RFC 6749 §3.2",
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "a login",
     .requires_ = "POST.",
     .mend = "Send the code in the body of a POST.",
     .needs = kLogin,
     .run = &method_post},
    {.id = "token.content-type.form",
     .title = "The token request's body is a form",
     .clause = "RFC 6749 §4.1.3, Appendix B",
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "a login",
     .requires_ = "application/x-www-form-urlencoded, not JSON and not multipart.",
     .mend = "Encode the parameters as a form.",
     .motive = "openshift/osin#94",
     .needs = kLogin,
     .run = &content_type_form},
    {.id = "token.params.required",
     .title = "The token request has its five parameters, once each",
     .clause = "RFC 6749 §4.1.3, §3.2; RFC 7636 §4.5",
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "a login",
     .requires_ = "grant_type, code, redirect_uri, client_id and code_verifier, once each; what "
                  "else is sent is a warning.",
     .mend = "Send these five.",
     .needs = kLogin,
     .run = &required_params},
    {.id = "token.redirect-uri.identical",
     .title = "redirect_uri is the same at both endpoints",
     .clause = "RFC 6749 §4.1.3",
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "redirect URIs with a query, percent escapes, capitals and a final slash",
     .requires_ = "The token request repeats it byte for byte.",
     .mend = "Keep the redirect_uri you sent with the pending login, and send that.",
     .needs = kLogin,
     .run = &redirect_identical},
    {.id = "token.form.encoding",
     .title = "Reserved characters are encoded in the body",
     .clause = "RFC 6749 Appendix B",
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "a code and a client_id with + & = % # and a space in them",
     .requires_ = "The token endpoint decodes exactly these.",
     .mend = "Encode each value; do not build the body by joining strings.",
     .needs = kLogin,
     .run = &values_encoded},
    {.id = "token.no-secrets-in-url",
     .title = "The token endpoint's URL has no query",
     .clause = "RFC 6749 §2.3.1, §3.2, §4.1.3",
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "a login",
     .requires_ = "All parameters are in the body.",
     .mend = "Put them into the body: URLs are logged.",
     .needs = kLogin,
     .run = &nothing_in_url},
    {.id = "token.no-client-secret",
     .title = "A public client sends no secret",
     .clause = "vendor's guide, step 3; RFC 8252 §8.5",
     .source = Source::vendor,
     .level = Level::should,
     .phase = Phase::token,
     .provokes = "a login of a client without a secret",
     .requires_ = "No client_secret, no assertion and no Authorization header.",
     .mend = "Name the client by client_id alone.",
     .needs = kLogin,
     .run = &no_client_secret},
    {.id = "token.no-api-key",
     .title = "API keys and cookies do not go to the token endpoint",
     .clause = "vendor's guide (two ways to authenticate)",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "a login, a refresh and a logout with an API key in the environment",
     .requires_ = "Neither X-API-KEY nor Cookie, and the key nowhere else.",
     .mend = "Give each endpoint the credentials that are meant for it.",
     .needs = kLogin,
     .own_process = true,
     .run = &no_api_key},
    {.id = "token.accept-json",
     .title = "The token request accepts JSON",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::token,
     .provokes = "a login",
     .requires_ = "Accept is left out, or allows application/json.",
     .mend = "Send Accept: application/json.",
     .motive = "preset-io/agor#2192",
     .needs = kLogin,
     .run = &accepts_json},
};

}  // namespace

std::span<const Check> token_request_checks() { return kTokenRequestChecks; }

}  // namespace heygen::conformance
