// The authorize endpoint: who is sent where, with what.

#include <algorithm>

#include "conformance/checks/checks.h"
#include "conformance/checks/page_text.h"
#include "conformance/server/expect.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

constexpr std::string_view kGood = "a good request";

Verdict happy(ServerTrial& trial) {
  const Asked asked = trial.ask();
  const Reply reply = trial.visit(asked.params);
  Verdict sent = expect_code(reply, asked, kGood);
  if (sent.result != Result::pass) return sent;
  const Reply given = trial.token(trial.redemption(asked, reply.param("code")));
  return expect_tokens(given, "the code that it brought");
}

Verdict state_echo(ServerTrial& trial) {
  std::string long_one;
  while (long_one.size() < 2048) long_one += "aZ09-._~+/=";
  std::vector<Verdict> verdicts;
  for (const std::string& state :
       {std::string("a+b c%20d%2B&e=f;g/h~i?j#k"), std::string("==padding=="),
        std::string(" blanks around "), std::string("\"quoted\" <tag> 'x' \\ |"),
        std::string("gr\xC3\xBC\xC3\x9F \xE2\x9C\x93"), long_one}) {
    Asked asked = trial.ask();
    asked.params.set("state", state);
    verdicts.push_back(expect_code(trial.visit(asked.params), asked, "a state of any bytes"));
  }
  // An error that is told to the client brings it as well.
  Asked asked = trial.ask();
  asked.params.set("state", "e+r%r&o=r").set("code_challenge_method", "S1024");
  const Reply refused = trial.visit(asked.params);
  if (refused.redirects() && !refused.error().empty()) {
    verdicts.push_back(expect_error_redirect(refused, asked, {refused.error()}, "a wrong request"));
  }
  return worst_of(std::move(verdicts));
}

Verdict no_state_added(ServerTrial& trial) {
  Asked asked = trial.ask();
  asked.params.drop("state");
  const Reply reply = trial.visit(asked.params);
  trial.require(reply.redirects(), "a request without a state was refused on a page");
  return reply.count("state") == 0 ? passed()
                                   : failed("no state, since none was sent", reply.describe());
}

struct Parts {
  std::string scheme, host, path;  // "https", "app.example", "/cb"
};

Parts parts_of(const std::string& uri) {
  const std::string origin = origin_of(uri);
  const std::size_t slashes = origin.find("://");
  return {origin.substr(0, slashes), origin.substr(slashes + 3), std::string(target_of(uri))};
}

// "cb" as "%63b".
std::string escaped_first(const std::string& leaf) {
  if (leaf.empty()) return "%2e";
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto first = static_cast<unsigned char>(leaf.front());
  return std::string{'%'} + kHex[first >> 4U] + kHex[first & 0xFU] + leaf.substr(1);
}

// One deviation each, every one of which some server has let through.
std::vector<std::string> deviations_of(const std::string& uri, bool with_port) {
  const auto& [scheme, host, path] = parts_of(uri);
  const std::string origin = scheme + "://" + host;
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  const std::string leaf = path.substr(folder.size());
  std::vector<std::string> all{
      uri + "/",
      uri + "/evil",
      uri + "suffix",
      origin + swap_case(path),
      uri + (path.find('?') == std::string::npos ? "?" : "&") + "evil=1",
      scheme + "://user@" + host + path,
      origin + folder + "x/../" + leaf,
      origin + folder + "%2e%2e%2f" + leaf,
      origin + folder + "/" + leaf,
      (scheme == "https" ? "http" : "https") + ("://" + host) + path,
      scheme + "://" + host + ".attacker.example" + path,
      scheme + "://attacker.example/?u=" + uri,
      uri + "#fragment",
      uri + ";x=1",
      " " + uri,
      uri + " ",
      origin + "\\" + path.substr(1),
      origin + folder + escaped_first(leaf),
  };
  // RFC 8252 §7.3 lets the port of a loopback address vary, and nothing else.
  if (host.starts_with("127.0.0.1")) {
    const std::string port = host.substr(std::string_view("127.0.0.1").size());
    for (const char* const other : {"localhost", "127.0.0.2", "[::1]"}) {
      all.push_back(scheme + "://" + other + port + path);
    }
  }
  if (with_port) all.push_back(scheme + "://" + host + ":8443" + path);
  return all;
}

Verdict redirect_exact(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const auto judge = [&](const ServerClient& client, bool with_port) {
    for (const std::string& other : deviations_of(client.redirect_uri, with_port)) {
      Asked asked = trial.ask(client);
      asked.params.set("redirect_uri", other);
      verdicts.push_back(expect_error_page(trial.visit(asked.params), "the redirect_uri " + other));
    }
  };
  judge(trial.client(), /*with_port=*/false);
  if (trial.has(Capability::clients)) {
    judge(trial.register_client("conformance-web", {"https://app.example/oauth/cb"}), true);
  }
  return worst_of(std::move(verdicts));
}

Verdict loopback_port(ServerTrial& trial) {
  std::vector<ServerClient> clients{trial.client()};
  if (trial.has(Capability::clients)) {
    clients = {trial.register_client("conformance-v4", {"http://127.0.0.1/cb"}),
               trial.register_client("conformance-v6", {"http://[::1]/cb"})};
  }
  std::vector<Verdict> verdicts;
  for (const ServerClient& client : clients) {
    const std::string origin = origin_of(client.redirect_uri);
    const bool v6 = origin.starts_with("http://[::1]");
    if (!v6 && !origin.starts_with("http://127.0.0.1")) {
      trial.pass_over(
          "the client's redirect_uri is no loopback address, and the suite cannot "
          "register one (capability clients)");
    }
    Asked asked = trial.ask(client);
    asked.params.set("redirect_uri", (v6 ? "http://[::1]:49152" : "http://127.0.0.1:49152") +
                                         std::string(target_of(client.redirect_uri)));
    verdicts.push_back(expect_code(trial.visit(asked.params), asked, "another loopback port"));
  }
  return worst_of(std::move(verdicts));
}

Verdict bad_client(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const Params good = trial.ask().params;
  for (const Params& spoiled :
       {good.with("client_id", "nobody-" + trial.random(12)), good.without("client_id"),
        good.with("client_id", ""), good.with("client_id", swap_case(trial.client().id))}) {
    verdicts.push_back(expect_error_page(trial.visit(spoiled), "an unknown or missing client_id"));
  }
  return worst_of(std::move(verdicts));
}

Verdict missing_redirect(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  verdicts.push_back(expect_error_page(trial.visit(trial.ask().params.without("redirect_uri")),
                                       "no redirect_uri"));
  if (trial.has(Capability::clients)) {
    const auto several = trial.register_client(
        "conformance-several", {"http://127.0.0.1:53682/one", "http://127.0.0.1:53682/two"});
    verdicts.push_back(
        expect_error_page(trial.visit(trial.ask(several).params.without("redirect_uri")),
                          "no redirect_uri where several are registered"));
  }
  return worst_of(std::move(verdicts));
}

Verdict response_type(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  Asked asked = trial.ask();
  asked.params.drop("response_type");
  verdicts.push_back(expect_error_redirect(trial.visit(asked.params), asked, {"invalid_request"},
                                           "a missing response_type"));
  for (const char* const type : {"token", "something", "CODE"}) {
    asked = trial.ask();
    asked.params.set("response_type", type);
    verdicts.push_back(expect_error_redirect(trial.visit(asked.params), asked,
                                             {"unsupported_response_type"},
                                             "an unknown response_type"));
  }
  return worst_of(std::move(verdicts));
}

Verdict duplicate_param(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  for (const char* const name : {"client_id", "redirect_uri"}) {
    const Params good = trial.ask().params;
    verdicts.push_back(expect_error_page(trial.visit(good.twice(name, good.get(name))),
                                         std::string(name) + " sent twice"));
  }
  for (const char* const name : {"state", "response_type", "code_challenge"}) {
    const Asked asked = trial.ask();
    for (const std::string& value : {asked.params.get(name), trial.random(43)}) {
      verdicts.push_back(expect_authorize_error(trial.visit(asked.params.twice(name, value)), asked,
                                                {"invalid_request"},
                                                std::string(name) + " sent twice"));
    }
  }
  return worst_of(std::move(verdicts));
}

Verdict unknown_param(ServerTrial& trial) {
  Asked asked = trial.ask();
  asked.params.add("foo", "bar").add("utm_source", "x y").add("x-vendor[extra]", "1");
  return expect_code(trial.visit(asked.params), asked, "unknown parameters beside a good request");
}

Verdict denied(ServerTrial& trial) {
  trial.deny_all();
  const Asked asked = trial.ask();
  return expect_error_redirect(trial.visit(asked.params, Decision::deny), asked, {"access_denied"},
                               "a user who denies");
}

Verdict query_retained(ServerTrial& trial) {
  ServerClient client = trial.client();
  if (trial.has(Capability::clients)) {
    client = trial.register_client("conformance-query", {"https://app.example/cb?a=1&b=%2f%20x!"});
  }
  const auto& confidential = trial.target().confidential;
  if (client.redirect_uri.find('?') == std::string::npos && confidential) client = *confidential;
  if (client.redirect_uri.find('?') == std::string::npos) {
    trial.pass_over(
        "the client's redirect_uri has no query, and the suite cannot register one "
        "(capability clients)");
  }
  const Asked asked = trial.ask(client);
  return expect_code(trial.visit(asked.params), asked, "a redirect_uri with a query");
}

Verdict not_307(ServerTrial& trial) {
  trial.ask_users();
  const Asked asked = trial.ask();
  const Reply page = trial.open(asked.params);
  trial.require(page.ok() && page.is_html(), "there is no consent page");
  const Reply sent = trial.decide(page, Decision::approve);
  trial.require(sent.redirects(), "the consent form led to no redirect: " + sent.describe());
  return sent.status() == 302 || sent.status() == 303
             ? passed()
             : failed("303 (or 302) after the consent form", sent.describe());
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// What an answer to a browser says of itself.
Verdict judge_headers(const Reply& reply, std::string_view what) {
  const auto wrong = [&](std::string_view expected) {
    return failed(std::string(expected) + " on " + std::string(what), reply.describe());
  };
  if (reply.seen().response().headers.has("Access-Control-Allow-Origin")) {
    return wrong("no Access-Control-Allow-Origin");
  }
  if (!contains(reply.header("Cache-Control"), "no-store")) return wrong("Cache-Control: no-store");
  if (!contains(reply.header("Referrer-Policy"), "no-referrer")) {
    return wrong("Referrer-Policy: no-referrer");
  }
  const bool framed = !contains(reply.header("Content-Security-Policy"), "frame-ancestors") &&
                      reply.header("X-Frame-Options").empty();
  return reply.is_html() && framed ? wrong("X-Frame-Options, or frame-ancestors in a CSP")
                                   : passed();
}

Verdict no_frame_no_cors(ServerTrial& trial) {
  const mock::wire::Headers headers{{"Origin", "https://attacker.example"},
                                    {"Accept", "text/html"}};
  std::vector<Verdict> verdicts;
  verdicts.push_back(judge_headers(
      trial.open(trial.ask().params.with("client_id", "nobody"), headers), "the error page"));
  verdicts.push_back(judge_headers(trial.open(trial.ask().params, headers), "the first answer"));
  const Reply last = trial.visit(trial.ask().params);
  trial.require(last.redirects(), "a good request brought no redirect");
  verdicts.push_back(judge_headers(last, "the redirect"));
  if (trial.has(Capability::form)) {
    trial.ask_users();
    verdicts.push_back(judge_headers(trial.open(trial.ask().params, headers), "the consent page"));
  }
  return worst_of(std::move(verdicts));
}

Verdict error_escaped(ServerTrial& trial) {
  constexpr std::string_view kCanary = "canary4d81e6";
  const std::string canary(kCanary);
  // As a tag; and out of an attribute, whose quote alone ends the value.
  const std::vector<std::string> payloads{"zq\"'><script>" + canary + "</script>",
                                          "zq\" onfocus=" + canary + " autofocus x=\"",
                                          "zq' onfocus=" + canary + " autofocus x='"};
  std::vector<Verdict> verdicts;
  const auto judge = [&](const Reply& reply) {
    verdicts.push_back(reply.is_html() && has_live_markup(reply.body(), kCanary)
                           ? failed("the request's text escaped on the page", "it stands there raw")
                           : passed());
  };
  const Params good = trial.ask().params;
  for (const std::string& payload : payloads) {
    for (const char* const name : {"client_id", "redirect_uri", "response_type", "state", "scope",
                                   "code_challenge_method"}) {
      judge(trial.open(good.with(name, payload)));
    }
  }
  judge(trial.open(good.with("client_id", "nobody").with("state", payloads[0])));
  judge(trial.open(good.with("redirect_uri", "javascript:" + canary + "//" + payloads[0])));
  if (trial.has(Capability::form)) {
    trial.ask_users();
    for (const std::string& payload : payloads) {
      judge(trial.open(good.with("scope", payload).with("state", payload)));
    }
  }
  return worst_of(std::move(verdicts));
}

constexpr std::array kServerAuthorizeChecks{
    Check{
        .id = "server.authorize.happy",
        .title = "A good request and consent bring a code and the state",
        .clause = "RFC 6749 §4.1.2; the vendor's guide, step 2",
        .level = Level::must,
        .phase = Phase::server,
        .provokes = "an authorization request with PKCE, approved; its code is redeemed",
        .requires_ = "302 or 303 to the redirect_uri with one code and the same state; the code "
                     "gives tokens.",
        .mend = "Append code and state to the redirect_uri's query, and redirect with 302 or 303.",
        .side = Side::server,
        .unframed = true,
        .run_server = &happy},
    Check{.id = "server.authorize.state-echo",
          .title = "The state comes back as it was sent",
          .clause = "RFC 6749 §4.1.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "states with '+', '%', '&', '=', quotes, UTF-8, and of 2 KiB; one in a request "
              "that is refused",
          .requires_ = "The redirect carries it once, and it decodes to the same bytes.",
          .mend = "Decode the state once, and encode it once, byte by byte, with every error too.",
          .motive = "OAuch StatePresent",
          .side = Side::server,
          .run_server = &state_echo},
    Check{.id = "server.authorize.no-state-none-added",
          .title = "Without a state none comes back",
          .clause = "RFC 6749 §4.1.2",
          .source = Source::judgement,
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a request without a state",
          .requires_ = "The redirect has no state, not even an empty one.",
          .mend = "Add the parameter only when the request had it.",
          .side = Side::server,
          .run_server = &no_state_added},
    Check{.id = "server.authorize.redirect-exact",
          .title = "Only registered redirect URIs are redirected to",
          .clause = "RFC 9700 §2.1, §4.1.3; RFC 6749 §3.1.2.4",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "13 deviations of the redirect_uri: suffix, case, query, slash, userinfo, port, "
              "'..', encoded slash, scheme, host",
          .requires_ = "An error page each time, and no redirect anywhere.",
          .mend = "Compare the redirect_uri with the registered ones as a string, byte for byte.",
          .motive = "OAuch RedirectUriFullyMatched, RedirectUriConfusion",
          .side = Side::server,
          .run_server = &redirect_exact},
    Check{.id = "server.authorize.loopback-port",
          .title = "A loopback redirect may use any port",
          .clause = "RFC 8252 §7.3; RFC 9700 §2.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "registered is http://127.0.0.1/cb (and http://[::1]/cb), asked for is port "
                      "49152",
          .requires_ = "The request succeeds, and the redirect goes to that port.",
          .mend = "For http on a loopback IP leave the port out of the comparison.",
          .motive = "the vendor's command-line clients take a free port",
          .side = Side::server,
          .run_server = &loopback_port},
    Check{.id = "server.authorize.bad-client-no-redirect",
          .title = "Nobody is redirected for an unknown client",
          .clause = "RFC 6749 §4.1.2.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a good request with an unknown, a missing, an empty client_id",
          .requires_ = "An error page, and no redirect.",
          .mend = "Look the client up first; until it and its redirect_uri are known, only show "
                  "pages.",
          .motive = "OAuch InvalidRedirect",
          .side = Side::server,
          .run_server = &bad_client},
    Check{.id = "server.authorize.missing-redirect",
          .title = "A request without redirect_uri is refused",
          .clause = "RFC 6749 §3.1.2.3, §3.1.2.4; the vendor's guide, step 1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a good request without redirect_uri; also where several are registered",
          .requires_ = "An error page, and no redirect.",
          .mend = "Require the parameter; never guess which registered URI was meant.",
          .side = Side::server,
          .run_server = &missing_redirect},
    Check{.id = "server.authorize.response-type",
          .title = "A wrong response_type is told to the client",
          .clause = "RFC 6749 §4.1.2.1, §3.1.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a request without response_type, and with unknown ones",
          .requires_ =
              "A redirect with invalid_request, or unsupported_response_type, and the state.",
          .mend = "Once client and redirect_uri are good, tell errors by redirect.",
          .side = Side::server,
          .run_server = &response_type},
    Check{.id = "server.authorize.duplicate-param",
          .title = "A parameter sent twice is refused",
          .clause = "RFC 6749 §3.1, §4.1.2.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "client_id, redirect_uri, state, response_type, code_challenge, each sent twice",
          .requires_ = "invalid_request; for the first two without a redirect.",
          .mend = "Count each parameter before you read any.",
          .motive = "OAuch SameParameterTwice",
          .side = Side::server,
          .run_server = &duplicate_param},
    Check{.id = "server.authorize.unknown-param",
          .title = "Unknown parameters do no harm",
          .clause = "RFC 6749 §3.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a good request with three parameters that nobody knows",
          .requires_ = "It succeeds.",
          .mend = "Ignore what you do not know.",
          .motive = "OAuch UnrecognizedParameterAllowed",
          .side = Side::server,
          .run_server = &unknown_param},
    Check{.id = "server.authorize.denied",
          .title = "A user's refusal is told to the client",
          .clause = "RFC 6749 §4.1.2.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a good request that the user denies",
          .requires_ = "A redirect with error=access_denied and the state, and without a code.",
          .mend = "Redirect with error and state when the user denies.",
          .needs = {Capability::deny},
          .side = Side::server,
          .run_server = &denied},
    Check{.id = "server.authorize.query-retained",
          .title = "The redirect URI's own query is kept",
          .clause = "RFC 6749 §3.1.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a registered redirect_uri with a query of its own",
          .requires_ = "The query stays as it is; code and state are appended with '&'.",
          .mend = "Append with '&' where the URI has a query, and change nothing before it.",
          .side = Side::server,
          .run_server = &query_retained},
    Check{.id = "server.authorize.not-307",
          .title = "After the consent form the browser is sent on by 303",
          .clause = "RFC 9700 §4.12",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "the consent page's form is sent",
          .requires_ = "303 or 302: 307 and 308 would post the user's form to the client.",
          .mend = "Redirect with 303 after a POST.",
          .motive = "lastuser#154; louketo#628",
          .needs = {Capability::form},
          .side = Side::server,
          .run_server = &not_307},
    Check{.id = "server.authorize.no-frame-no-cors",
          .title = "Pages cannot be framed, fetched, stored or referred from",
          .clause = "RFC 9700 §4.16, §2.6, §4.2.4",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "the error page, the consent page and the redirect, asked for from another "
                      "origin",
          .requires_ =
              "X-Frame-Options or frame-ancestors on pages; no Access-Control-Allow-Origin; "
              "Referrer-Policy: no-referrer; Cache-Control: no-store. (The last two are the "
              "suite's demand.)",
          .mend = "Send these headers with every answer of the authorize endpoint.",
          .motive = "OAuch HasFrameOptions, ReferrerPolicy",
          .side = Side::server,
          .run_server = &no_frame_no_cors},
    Check{.id = "server.authorize.error-escaped",
          .title = "What a request says cannot run on the server's pages",
          .clause = "CWE-79; RFC 6749 §10.14",
          .source = Source::judgement,
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "requests with markup in client_id, redirect_uri, state, scope and others",
          .requires_ = "On every page it is escaped, or not there.",
          .mend = "Escape & < > \" ' in all that a page shows.",
          .side = Side::server,
          .run_server = &error_escaped},
};

}  // namespace

std::span<const Check> server_authorize_checks() { return kServerAuthorizeChecks; }

}  // namespace heygen::conformance
