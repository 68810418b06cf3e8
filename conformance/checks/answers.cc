// The token endpoint's answers (RFC 6749 §5), and what a client makes of them.

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kNeeds{Capability::begin, Capability::callback, Capability::state,
                              Capability::call_api};

// The exchange is answered with a spoiled token: the client must not come out logged in with it.
Verdict expect_token_unused(Trial& trial, const Fault& fault, std::string_view session) {
  trial.arm(fault);
  const Login login = trial.try_login(session);
  trial.disarm();
  require(trial, !login.token_requests.empty(), "no token request was made");
  const Mark before = trial.mark();
  (void)trial.call_api(session);
  for (const Seen& request : trial.api_requests(before)) {
    if (!request.header("Authorization").empty()) {
      return failed("no API request with that token", "one with an Authorization header");
    }
  }
  return passed();
}

Verdict access_token_missing(Trial& trial) {
  trial.control();
  const std::vector<Fault> faults{Fault::at(Endpoint::token).without("access_token").once(),
                                  Fault::at(Endpoint::token).patch("access_token", "\"\"").once(),
                                  Fault::at(Endpoint::token).patch("access_token", "42").once()};
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const std::string session = "missing-" + std::to_string(i);
    Verdict verdict = expect_token_unused(trial, faults[i], session);
    if (verdict.result != Result::pass) return verdict;
    if (trial.state(session) == LoginState::logged_in) {
      return failed("no login", "the session is logged in without an access token");
    }
  }
  trial.control();
  return passed();
}

Verdict token_type_unknown(Trial& trial) {
  trial.control();
  Verdict verdict = expect_token_unused(
      trial, Fault::at(Endpoint::token).patch("token_type", "\"mac\"").once(), kFirst);
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

Verdict token_type_case(Trial& trial) {
  trial.control();
  for (const std::string_view type : {"bearer", "BEARER", "bEaReR"}) {
    trial.arm(
        Fault::at(Endpoint::token).patch("token_type", "\"" + std::string(type) + "\"").once());
    const Login login = trial.try_login(type);
    if (!login.landed) {
      return failed("a login", "the callback was refused: " + login.landed.failure().message);
    }
    const Verdict verdict = expect_usable(trial, type);
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

Verdict header_unsafe(Trial& trial) {
  trial.control();
  Verdict verdict = expect_token_unused(
      trial, Fault::at(Endpoint::token).patch("access_token", "\"abc\\r\\nX-Canary: 1\"").once(),
      kFirst);
  for (const Seen& request : trial.api_requests()) {
    if (!request.header("X-Canary").empty()) {
      return failed("no header of the token's making", "X-Canary reached the API");
    }
  }
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

// A whole answer of a lifetime that says nothing: the token is used, and refreshed at most once.
Verdict expect_no_storm(Trial& trial, std::string_view lifetime) {
  trial.control();
  trial.arm(Fault::at(Endpoint::token).patch("expires_in", lifetime));
  trial.arm(Fault::at(Endpoint::refresh).patch("expires_in", lifetime).first(30));
  const Login login = trial.try_login();
  if (!login.landed) {
    return failed("a login", "the callback was refused: " + login.landed.failure().message);
  }
  const Mark before = trial.mark();
  const Verdict call = expect_call_succeeds(trial.call_api());
  return worst_of({call, expect_refreshes(trial, before, 0, 2)});
}

Verdict lifetime_zero(Trial& trial) { return expect_no_storm(trial, "0"); }

Verdict lifetime_negative(Trial& trial) { return expect_no_storm(trial, "-1"); }

Verdict lifetime_huge(Trial& trial) {
  trial.control();
  for (const std::string_view lifetime : {"2147483648", "9223372036854775807", "1e300"}) {
    trial.arm(Fault::at(Endpoint::token).patch("expires_in", lifetime).once());
    const std::string session = "huge-" + std::string(lifetime.substr(0, 2));
    const Login login = trial.try_login(session);
    trial.disarm();
    if (!login.landed) {
      return failed("a login", "the callback was refused: " + login.landed.failure().message);
    }
    const Mark before = trial.mark();
    const Verdict verdict = worst_of(
        {expect_call_succeeds(trial.call_api(session)), expect_refreshes(trial, before, 0, 0)});
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

Verdict lifetime_absent(Trial& trial) {
  trial.control();
  trial.arm(Fault::at(Endpoint::token).without("expires_in").once());
  const Login login = trial.try_login();
  if (!login.landed) {
    return failed("a login", "the callback was refused: " + login.landed.failure().message);
  }
  const Mark before = trial.mark();
  return worst_of({expect_usable(trial), expect_refreshes(trial, before, 0, 0)});
}

Verdict extra_fields(Trial& trial) {
  trial.control();
  trial.arm(Fault::at(Endpoint::token)
                .patch("id_token", "null")
                .patch("extra", R"({"nested":[1,{"a":null}]})")
                .once());
  (void)trial.try_login();
  return expect_usable(trial);
}

// Whatever comes in place of JSON: no login, one request, and the client goes on working.
Verdict not_json(Trial& trial) {
  trial.control();
  const std::vector<Fault> faults{Fault::at(Endpoint::token).html().first(10),
                                  Fault::at(Endpoint::token).status(502).body("").first(10),
                                  Fault::at(Endpoint::token).cut_json().first(10)};
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const std::string session = "odd-" + std::to_string(i);
    trial.arm(faults[i]);
    const Login login = trial.try_login(session);
    trial.disarm();
    if (login.state == LoginState::logged_in) return failed("no login", "the session is logged in");
  }
  trial.control();
  return passed();
}

Verdict redirect_not_followed(Trial& trial) {
  trial.control();
  for (const int status : {301, 302, 303, 307, 308}) {
    trial.arm(Fault::at(Endpoint::token).redirect_to(trial.evil().url() + "/t", status).once());
    (void)trial.try_login("redirect-" + std::to_string(status));
    trial.disarm();
  }
  const Verdict verdict = expect_evil_saw_no_secret(trial);
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

Verdict error_not_printed(Trial& trial) {
  trial.control();
  trial.arm(Fault::at(Endpoint::token).status(400).echo_secrets().once());
  (void)trial.try_login();
  trial.disarm();
  return worst_of({expect_no_secret_in(trial, "the log", trial.logs()),
                   expect_no_secret_in(trial, "an error message", trial.messages())});
}

Verdict log_no_tokens(Trial& trial) {
  trial.login();
  (void)trial.call_api();
  if (trial.has(Capability::refresh)) (void)trial.refresh();
  return expect_no_secret_in(
      trial, "the log", trial.logs(),
      {SecretKind::code, SecretKind::verifier, SecretKind::state, SecretKind::device_code});
}

Verdict log_no_code(Trial& trial) {
  trial.login();
  return expect_no_secret_in(trial, "the log", trial.logs(), {SecretKind::state});
}

constexpr Check kChecks[] = {
    {.id = "response.missing-access-token",
     .title = "An answer without an access token is no login",
     .clause = "RFC 6749 §5.1",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "200 with access_token left out, empty, or a number",
     .requires_ = "The login fails, and no such token is sent to the API.",
     .mend = "Require a non-empty string before anything is stored.",
     .motive = "golang/oauth2#441",
     .needs = kNeeds,
     .run = &access_token_missing},
    {.id = "response.token-type.unknown",
     .title = "A token of an unknown type is not used",
     .clause = "RFC 6749 §7.1",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "\"token_type\":\"mac\"",
     .requires_ = "No API request carries the token.",
     .mend = "Compare token_type with Bearer, in any case, and refuse the rest.",
     .needs = kNeeds,
     .run = &token_type_unknown},
    {.id = "response.token-type.case",
     .title = "token_type is compared in any case",
     .clause = "RFC 6749 §5.1",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "\"token_type\":\"bearer\"",
     .requires_ = "The login works.",
     .mend = "Compare without regard to case.",
     .motive = "oauthlib#674",
     .needs = kNeeds,
     .run = &token_type_case},
    {.id = "response.header-unsafe-token",
     .title = "A token with a line break never reaches a header",
     .clause = "RFC 6749 Appendix A.12; CWE-113",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "an access token with CR, LF and a header after it",
     .requires_ = "The client refuses the answer.",
     .mend = "Accept visible ASCII alone (VSCHAR).",
     .needs = kNeeds,
     .run = &header_unsafe},
    {.id = "response.expires-in.zero",
     .title = "expires_in 0 causes no refresh storm",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "\"expires_in\":0 at the exchange and at each refresh, then one API call",
     .requires_ = "At most one refresh before the call and one retry.",
     .mend = "Refresh at most once a call, or treat 0 as unknown.",
     .needs = kNeeds,
     .run = &lifetime_zero},
    {.id = "response.expires-in.negative",
     .title = "A negative expires_in causes no refresh storm",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "\"expires_in\":-1 at the exchange and at each refresh, then one API call",
     .requires_ = "At most one refresh before the call and one retry.",
     .mend = "Treat it like an unknown lifetime.",
     .needs = kNeeds,
     .run = &lifetime_negative},
    {.id = "response.expires-in.huge",
     .title = "A huge expires_in does not overflow",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "expires_in of 2^31, 2^63-1 and 1e300",
     .requires_ = "The token is used and not refreshed.",
     .mend = "Read it into 64 bits and clamp it before adding it to the time.",
     .needs = kNeeds,
     .run = &lifetime_huge},
    {.id = "response.expires-in.absent",
     .title = "Without expires_in the token is used until it is refused",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "a token answer without expires_in",
     .requires_ = "The call succeeds without a refresh.",
     .mend = "Treat an unknown lifetime as unknown, not as over.",
     .needs = kNeeds,
     .run = &lifetime_absent},
    {.id = "response.extra-fields",
     .title = "Unknown fields are ignored",
     .clause = "RFC 6749 §5.1",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "a token answer with more members, nested and null",
     .requires_ = "The login works.",
     .mend = "Read the members that you know.",
     .needs = kNeeds,
     .run = &extra_fields},
    {.id = "response.error-nonjson-4xx-5xx",
     .title = "What is not JSON is an error, and no crash",
     .clause = "RFC 6749 §5.2",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "a web page, an empty 502, and JSON that is cut off",
     .requires_ = "No login; the next one works.",
     .mend = "Parse defensively, and report what cannot be parsed as a failed login.",
     .needs = kNeeds,
     .run = &not_json},
    {.id = "token.endpoint.no-redirect-follow",
     .title = "A redirect of the token endpoint is not followed with secrets",
     .clause = "RFC 6749 §10.3, §10.5",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "301, 302, 303, 307 and 308 to another origin",
     .requires_ = "The other origin sees no code, verifier or token.",
     .mend = "Switch redirects off for requests to the token endpoint.",
     .motive = "Gitlawb/zero#729",
     .needs = {Capability::begin, Capability::callback, Capability::state},
     .run = &redirect_not_followed},
    {.id = "log.no-secrets-on-error",
     .title = "An error body that echoes the request is not printed",
     .clause = "CWE-532",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::secrecy,
     .provokes = "400 whose error_description repeats the request, code and verifier among it",
     .requires_ = "Neither the log nor the error message holds them.",
     .mend = "Print the status and the registered error code, never the body.",
     .motive = "librefang#5525",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::logs,
               Capability::messages},
     .run = &error_not_printed},
    {.id = "log.no-tokens",
     .title = "No token is logged",
     .clause = "RFC 6749 §10.3, §10.4; RFC 6750 §5.3",
     .level = Level::must,
     .phase = Phase::secrecy,
     .provokes = "a login, a call and a refresh",
     .requires_ = "Neither stdout nor stderr holds a token, whole, encoded or in part.",
     .mend = "Log that a token came, and its lifetime.",
     .motive = "KAFKA-14623",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::call_api,
               Capability::logs},
     .run = &log_no_tokens},
    {.id = "log.no-code-verifier-state",
     .title = "No code or verifier is logged",
     .clause = "RFC 9700 §4.2.4, §4.3",
     .level = Level::must,
     .phase = Phase::secrecy,
     .provokes = "a login",
     .requires_ = "Neither stdout nor stderr holds the code or the verifier.",
     .mend = "Strip the query from what you log of the callback.",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::logs},
     .run = &log_no_code},
};

}  // namespace

std::span<const Check> answer_checks() { return kChecks; }

}  // namespace heygen::conformance
