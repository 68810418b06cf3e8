// How the access token is sent to the API (RFC 6750 §2), and when nothing is.

#include <array>

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kCall{Capability::begin, Capability::callback, Capability::state,
                             Capability::call_api};

// A call without a body, one with JSON and one with a form: what they sent.
std::vector<Seen> calls_of_each_kind(Trial& trial) {
  const Mark before = trial.mark();
  (void)trial.call_api();
  (void)trial.call_api(kFirst, {"GET", "/v1/video_status.get?video_id=abc"});
  (void)trial.call_api(kFirst, {"POST", "/v2/video/generate", R"({"title":"a"})"});
  (void)trial.call_api(kFirst, {"POST", "/v2/video/generate", "{}"});
  auto calls = trial.api_requests(before);
  require(trial, calls.size() >= 3, "the API requests did not come");
  return calls;
}

Verdict header(Trial& trial) {
  trial.login();
  for (const Seen& call : calls_of_each_kind(trial)) {
    if (!call.bearer()) return failed("Authorization: Bearer", "another Authorization, or none");
    if (call.request().headers.count("Authorization") != 1) {
      return failed("one Authorization header", "several");
    }
  }
  return passed();
}

Verdict not_in_query(Trial& trial) {
  trial.login();
  for (const Seen& call : calls_of_each_kind(trial)) {
    Verdict verdict =
        expect_no_secret_in(trial, "the URL of an API request", call.request().target);
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

// All but the Authorization header.
std::string rest_of(const Seen& call) {
  std::string text = call.request().target + "\n" + call.request().body;
  for (const auto& [name, value] : call.request().headers) {
    if (!mock::wire::iequals(name, "Authorization")) text += "\n" + name + ": " + value;
  }
  return text;
}

Verdict one_method(Trial& trial) {
  trial.login();
  for (const Seen& call : calls_of_each_kind(trial)) {
    const Verdict elsewhere = expect_no_secret_in(trial, "an API request", rest_of(call));
    if (elsewhere.result == Result::pass) continue;
    return failed("the token in the Authorization header alone", elsewhere.message + " once more");
  }
  return passed();
}

// The environment has a key, as that of a user of both kinds of credentials does.
Verdict not_with_api_key(Trial& trial) {
  constexpr std::string_view kKey = "api-key-of-the-environment-4711";
  trial.add_secret(SecretKind::api_key, kKey);
  if (trial.has(Capability::restart)) {
    const std::string key(kKey);
    trial.restart({"HEYGEN_API_KEY=" + key, "X_API_KEY=" + key, "API_KEY=" + key});
  }
  trial.login();
  for (const Seen& call : calls_of_each_kind(trial)) {
    const bool has_key = call.request().headers.has("X-API-KEY");
    if (has_key && call.bearer()) return failed("the token alone", "an X-API-KEY beside it");
    Verdict elsewhere = expect_no_secret_in(
        trial, "an API request", has_key ? "" : call.whole_request(),
        {SecretKind::access_token, SecretKind::state, SecretKind::code, SecretKind::verifier});
    if (elsewhere.result != Result::pass) return elsewhere;
  }
  return passed();
}

// The session has no login: a call sends nothing, or nothing with credentials.
Verdict expect_nothing_sent(Trial& trial, std::string_view session, std::string_view when) {
  const Mark before = trial.mark();
  (void)trial.call_api(session);
  (void)trial.call_api(session, {"POST", "/v2/video/generate", R"({"a":1})"});
  for (const Seen& call : trial.api_requests(before)) {
    if (call.request().headers.has("Authorization")) {
      return failed("no API request with an Authorization header " + std::string(when), "one");
    }
  }
  return passed();
}

Verdict no_request_without_token(Trial& trial) {
  trial.control();
  if (trial.has(Capability::two_sessions)) {
    Verdict verdict = expect_nothing_sent(trial, "nobody", "before a login");
    if (verdict.result != Result::pass) return verdict;
  }
  if (trial.has(Capability::logout)) {
    trial.login();
    (void)trial.call_api();
    (void)trial.logout();
    Verdict verdict = expect_nothing_sent(trial, kFirst, "after a logout");
    if (verdict.result != Result::pass) return verdict;
  }
  if (trial.has(Capability::refresh)) {
    trial.login(kSecond);
    trial.arm(Fault::at(Endpoint::refresh).error("invalid_grant").first(30));
    (void)make_refresh(trial, kSecond);
    trial.disarm();
    Verdict verdict = expect_nothing_sent(trial, kSecond, "after the login has ended");
    if (verdict.result != Result::pass) return verdict;
  }
  trial.control();
  return passed();
}

// 0.0.0.0 leads to this machine, and is no loopback address: what would go to another machine in
// the clear stays here.
Verdict over_tls(Trial& trial) {
  trial.login();
  (void)trial.call_api();
  std::string elsewhere = trial.base_url();
  constexpr std::string_view kLoopback = "127.0.0.1";
  const std::size_t at = elsewhere.find(kLoopback);
  if (at == std::string::npos) return not_applicable("the mock is not at 127.0.0.1");
  elsewhere.replace(at, kLoopback.size(), "0.0.0.0");
  const auto configured = trial.configure_with(
      [&](Configuration& configuration) { configuration.api_url = elsewhere; });
  if (!configured) return passed("the address is refused: " + configured.failure().message);
  const Mark before = trial.mark();
  (void)trial.call_api();
  for (const Seen& call : trial.seen(before)) {
    if (call.header("Host").starts_with("0.0.0.0") && call.bearer()) {
      // Many switch plain HTTP on for a test like this one, wherever it leads.
      return warned(
          "a token went over plain HTTP to 0.0.0.0, which is no loopback address: see "
          "that no such setting gets into production");
    }
  }
  trial.set_up(trial.setup());
  trial.control();
  return passed();
}

constexpr Check kBearerChecks[] = {
    {.id = "bearer.header",
     .title = "The access token goes into the Authorization header",
     .clause = "vendor's guide, step 4; RFC 6750 §2.1",
     .source = Source::vendor,
     .level = Level::must,
     .phase = Phase::bearer,
     .provokes = "API calls with and without a body",
     .requires_ = "Authorization: Bearer TOKEN, once in each.",
     .mend = "Send the token in that header alone.",
     .needs = kCall,
     .run = &header},
    {.id = "bearer.not-in-query",
     .title = "The access token is not in the URL",
     .clause = "RFC 9700 §4.3.2; RFC 6750 §2.3",
     .level = Level::must,
     .phase = Phase::bearer,
     .provokes = "API calls with and without a body",
     .requires_ = "Neither path nor query holds a token.",
     .mend = "Send the token in the Authorization header alone.",
     .needs = kCall,
     .run = &not_in_query},
    {.id = "bearer.one-method",
     .title = "The access token is sent in one way at a time",
     .clause = "RFC 6750 §2",
     .level = Level::must,
     .phase = Phase::bearer,
     .provokes = "API calls with and without a body",
     .requires_ = "No query, body, cookie or other header repeats the token.",
     .mend = "Send the token in the Authorization header alone.",
     .needs = kCall,
     .run = &one_method},
    {.id = "bearer.not-with-api-key",
     .title = "An API key is not sent along with the token",
     .clause = "vendor's guide, step 4",
     .source = Source::vendor,
     .level = Level::should,
     .phase = Phase::bearer,
     .provokes = "an API key in the environment, a login and API calls",
     .requires_ = "No request has X-API-KEY beside the token.",
     .mend = "Use one kind of credentials; nobody documents which of two would count.",
     .motive = "heygen-cli BearerHeader_OAuth, APIKeyUnchanged_NoBearer",
     .needs = kCall,
     .own_process = true,
     .run = &not_with_api_key},
    {.id = "bearer.tls",
     .title = "The access token is not sent over plain HTTP beyond loopback",
     .clause = "RFC 6750 §5.3",
     .level = Level::must,
     .phase = Phase::bearer,
     .provokes = "an API address of http://0.0.0.0, and a call",
     .requires_ = "The address is refused, or no token is sent there.",
     .mend = "Require https for every address but http://127.0.0.1, http://[::1] and "
             "http://localhost.",
     .needs = kCall,
     .run = &over_tls},
    {.id = "bearer.no-request-without-token",
     .title = "Without a login no request carries credentials",
     .clause = "RFC 6750 §2.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::bearer,
     .provokes = "calls before a login, after a logout, and after the refresh token was refused",
     .requires_ = "No API request, or one without Authorization.",
     .mend = "When there is no token, ask for a login; do not build a header from nothing.",
     .motive = "schulydev/Schuly#476",
     .needs = kCall,
     .run = &no_request_without_token},
};

}  // namespace

std::span<const Check> bearer_checks() { return kBearerChecks; }

}  // namespace heygen::conformance
