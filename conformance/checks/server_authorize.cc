// The authorize endpoint: what a request brings its client.

#include "conformance/checks/checks.h"
#include "conformance/server/expect.h"

namespace heygen::conformance {
namespace {

constexpr std::string_view kGood = "a good request";

// From now on the user decides on a page, where the suite can order one; else nothing changes.
bool asks_on_a_page(ServerTrial& trial) {
  const bool can = trial.has(Capability::form) && trial.has(Capability::policy);
  if (can) trial.ask_users();
  return can;
}

Verdict happy(ServerTrial& trial) {
  const Asked asked = trial.ask();
  const Reply reply = trial.visit(asked.params);
  Verdict sent = expect_code(reply, asked, kGood);
  if (sent.result != Result::pass) return sent;
  const Reply given = trial.token(trial.redemption(asked, reply.param("code")));
  std::vector<Verdict> verdicts{expect_tokens(given, "the code that it brought")};
  if (asks_on_a_page(trial)) {
    const Asked by_form = trial.ask();
    verdicts.push_back(
        expect_code(trial.visit(by_form.params), by_form, "a good request, approved on the page"));
  }
  return worst_of(std::move(verdicts));
}

// Control characters may be refused (RFC 6749 appendix A.5). They must not end the header field,
// nor get lost.
Verdict echoed_or_refused(const Outcome<Reply>& got, const Asked& asked) {
  constexpr std::string_view kWanted =
      "the state as it was sent, or a refusal, for line ends in it";
  if (!got) {
    return got.failure().origin == Failure::Origin::protocol
               ? failed(std::string(kWanted), got.failure().message)
               : inconclusive(got.failure().message);
  }
  const Reply& reply = got.value();
  if (reply.seen().response().headers.has("X-Canary") ||
      reply.location().find_first_of("\r\n") != std::string::npos) {
    return failed(std::string(kWanted), "they end the header field");
  }
  return !reply.redirects() || reply.count("code") == 0
             ? passed()
             : expect_code(reply, asked, "a state with control characters");
}

Verdict state_echo(ServerTrial& trial) {
  std::string long_one;
  while (long_one.size() < 2048) long_one += "aZ09-._~+/=";
  std::vector<Verdict> verdicts;
  for (const std::string& state :
       {std::string("a+b c%20d%2B&e=f;g/h~i?j#k"), std::string("==padding=="),
        std::string(" blanks around "), std::string("\"quoted\" <tag> 'x' \\ |"),
        std::string("gr\xC3\xBC\xC3\x9F \xE2\x9C\x93"), std::string("0"), std::string("null"),
        long_one}) {
    Asked asked = trial.ask();
    asked.params.set("state", state);
    verdicts.push_back(expect_code(trial.visit(asked.params), asked, "a state of any bytes"));
  }
  for (const char* const state : {"a\r\nX-Canary: 1", "a\nX-Canary:1", "\ttabs\t"}) {
    Asked asked = trial.ask();
    asked.params.set("state", state);
    verdicts.push_back(echoed_or_refused(trial.open_raw(asked.params), asked));
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
  // Of several values it is for none that the code comes as if "code" had been asked for (OAuth 2.0
  // Multiple Response Types §3); a server that knows "code id_token" answers in the fragment.
  for (const char* const type : {"code token", "code id_token", "token code"}) {
    asked = trial.ask();
    asked.params.set("response_type", type);
    const Reply reply = trial.visit(asked.params);
    const bool given =
        reply.count("code") != 0 || reply.location().find("access_token=") != std::string::npos;
    verdicts.push_back(
        given ? failed("no code and no token for the response_type \"" + std::string(type) + "\"",
                       reply.describe())
              : passed());
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
  for (const char* const name :
       {"state", "response_type", "code_challenge", "code_challenge_method"}) {
    const Asked asked = trial.ask();
    for (const std::string& value : {asked.params.get(name), trial.random(43)}) {
      verdicts.push_back(expect_authorize_error(trial.visit(asked.params.twice(name, value)), asked,
                                                {"invalid_request"},
                                                std::string(name) + " sent twice"));
    }
  }
  Asked scoped = trial.ask();
  if (scoped.params.get("scope").empty()) scoped.params.set("scope", "profile");
  verdicts.push_back(
      expect_authorize_error(trial.visit(scoped.params.twice("scope", scoped.params.get("scope"))),
                             scoped, {"invalid_request", "invalid_scope"}, "scope sent twice"));
  return worst_of(std::move(verdicts));
}

Verdict unknown_param(ServerTrial& trial) {
  Asked asked = trial.ask();
  asked.params.add("foo", "bar").add("utm_source", "x y").add("x-vendor[extra]", "1");
  return expect_code(trial.visit(asked.params), asked, "unknown parameters beside a good request");
}

Verdict denied(ServerTrial& trial) {
  trial.deny_all();
  std::vector<Verdict> verdicts;
  const auto judge = [&](std::string_view what) {
    const Asked asked = trial.ask();
    verdicts.push_back(expect_error_redirect(trial.visit(asked.params, Decision::deny), asked,
                                             {"access_denied"}, what));
  };
  judge("a user who denies");
  if (asks_on_a_page(trial)) judge("a user who denies on the page");
  return worst_of(std::move(verdicts));
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

constexpr std::array kServerAuthorizeChecks{
    Check{
        .id = "server.authorize.happy",
        .title = "A good request and consent bring a code and the state",
        .clause = "RFC 6749 §4.1.2; the vendor's guide, step 2",
        .level = Level::must,
        .phase = Phase::server,
        .provokes = "an authorization request with PKCE, approved; its code is redeemed; and one "
                    "that is approved on the page, where there is one",
        .requires_ = "302 or 303 to the redirect_uri with one code and the same state; the code "
                     "gives tokens.",
        .mend = "Append code and state to the redirect_uri's query, and redirect with 302 or 303.",
        .side = Side::server,
        .unframed = true,
        .run_server = &happy},
    Check{
        .id = "server.authorize.state-echo",
        .title = "The state comes back as it was sent",
        .clause = "RFC 6749 §4.1.2",
        .level = Level::must,
        .phase = Phase::server,
        .provokes =
            "states with '+', '%', '&', '=', quotes, UTF-8, \"0\", line ends, tabs, and of 2 KiB; "
            "one in a request that is refused",
        .requires_ = "The redirect carries it once, and it decodes to the same bytes. (What has "
                     "control characters may be refused.)",
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
    Check{.id = "server.authorize.response-type",
          .title = "A wrong response_type is told to the client",
          .clause = "RFC 6749 §4.1.2.1, §3.1.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "a request without response_type, with unknown ones, and with \"code token\" and "
              "the like",
          .requires_ =
              "A redirect with invalid_request, or unsupported_response_type, and the state; no "
              "code for several values.",
          .mend = "Once client and redirect_uri are good, tell errors by redirect.",
          .side = Side::server,
          .run_server = &response_type},
    Check{
        .id = "server.authorize.duplicate-param",
        .title = "A parameter sent twice is refused",
        .clause = "RFC 6749 §3.1, §4.1.2.1",
        .level = Level::must,
        .phase = Phase::server,
        .provokes =
            "client_id, redirect_uri, state, response_type, code_challenge, its method and scope, "
            "each sent twice",
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
          .provokes = "good requests that the user denies, on the page as well",
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
};

}  // namespace

std::span<const Check> server_authorize_checks() { return kServerAuthorizeChecks; }

}  // namespace heygen::conformance
