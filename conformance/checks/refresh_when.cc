// When a client refreshes: near the end of a token's life and after a 401, and then once.

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Capabilities kCall{Capability::begin, Capability::callback, Capability::state,
                             Capability::call_api};
constexpr Capabilities kRefresh{Capability::begin, Capability::callback, Capability::state,
                                Capability::call_api, Capability::refresh};
constexpr Capabilities kClock{Capability::begin,    Capability::callback, Capability::state,
                              Capability::call_api, Capability::refresh,  Capability::clock};

constexpr seconds kTenDays{864'000};

// --- before a call -------------------------------------------------------------------------------

// The vendor's ten days are no law: this token lives for an hour, as its answer says.
Verdict proactive_after_an_hour(Trial& trial) {
  constexpr std::string_view kSession = "an-hour";
  trial.policy("access_ttl_s", std::int64_t{3600});
  trial.login(kSession);
  const Tokens old = access_tokens(trial);
  const Mark before = trial.mark();
  trial.advance(seconds{3602});
  (void)trial.call_api(kSession);
  const auto calls = trial.api_requests(before);
  if (calls.empty() || calls.front().bearer() != old.back()) return passed();
  return failed("a refresh before the call, by the answer's expires_in",
                "a request with a token that had expired after an hour");
}

// The end is a moment: no span that begins when a process does, and nothing that it alone knows.
Verdict proactive_after_a_restart(Trial& trial) {
  constexpr std::string_view kSession = "restarted";
  trial.login(kSession);
  const Tokens old = access_tokens(trial);
  trial.advance(kTenDays / 2);
  trial.restart();
  const Mark halfway = trial.mark();
  (void)trial.call_api(kSession);
  if (!trial.refreshes(halfway).empty()) {
    return failed("no refresh by the next process while the token is good", "one");
  }
  trial.advance(kTenDays / 2 + seconds{2});
  const Mark before = trial.mark();
  (void)trial.call_api(kSession);
  const auto calls = trial.api_requests(before);
  if (calls.empty() || calls.front().bearer() != old.back()) return passed();
  return failed("a refresh before the call by the next process",
                "a request with the token that had expired");
}

Verdict proactive(Trial& trial) {
  trial.login();
  const Tokens old = access_tokens(trial);
  const Mark before = trial.mark();
  trial.advance(kTenDays + seconds{2});
  const auto answer = trial.call_api();
  const auto calls = trial.api_requests(before);
  if (calls.empty()) return failed("a refresh and a call", "no API request");
  if (calls.front().bearer() == old.back()) {
    return failed("a refresh before the call", "a request with the token that had expired");
  }
  Verdict good = expect_call_succeeds(answer);
  if (good.result == Result::pass && trial.has(Capability::restart)) {
    good = proactive_after_a_restart(trial);
  }
  return good.result == Result::pass ? proactive_after_an_hour(trial) : good;
}

Verdict not_needlessly(Trial& trial) {
  trial.login();
  trial.advance(hours{1});
  const Mark before = trial.mark();
  for (int i = 0; i < 10; ++i) {
    Verdict call = expect_call_succeeds(trial.call_api());
    if (call.result != Result::pass) return call;
  }
  return expect_refreshes(trial, before, 0, 0);
}

// A minute is shorter than the time by which many clients refresh early.
Verdict short_life(Trial& trial) {
  trial.control();
  trial.arm(Fault::at(Endpoint::token).patch("expires_in", "60").once());
  trial.arm(Fault::at(Endpoint::refresh).patch("expires_in", "60").first(30));
  trial.login();
  const Mark before = trial.mark();
  for (int call = 0; call < 5; ++call) {
    Verdict verdict = expect_call_succeeds(trial.call_api());
    if (verdict.result != Result::pass) return verdict;
    trial.advance(seconds{2});
  }
  return expect_refreshes(trial, before, 0, 1);
}

Verdict clock_jump_back(Trial& trial) {
  trial.login();
  (void)trial.call_api();
  trial.advance(-hours{24});
  const Mark before = trial.mark();
  for (int call = 0; call < 3; ++call) {
    Verdict verdict = expect_call_succeeds(trial.call_api());
    if (verdict.result != Result::pass) return verdict;
  }
  return expect_refreshes(trial, before, 0, 1);
}

// --- after an answer -----------------------------------------------------------------------------

// API with the old token, refresh, API with the new one.
Verdict expect_refresh_and_retry(Trial& trial, std::string_view path) {
  trial.expire_access_tokens();
  const Mark before = trial.mark();
  const auto answer = trial.call_api(kFirst, {"GET", std::string(path)});
  const auto refreshes = trial.refreshes(before);
  if (refreshes.empty()) return failed("a refresh after the 401", "none");
  const auto calls = trial.api_requests(before);
  const std::string fresh = json_text(refreshes.back().response(), "access_token");
  if (calls.empty() || calls.back().bearer() != fresh) {
    return failed("the request again with the new token", "none");
  }
  return worst_of({expect_one_refresh(trial, before), expect_call_succeeds(answer)});
}

// A 401 whose challenge a parser may stumble over (RFC 9110 §11.6.1).
Verdict expect_retry_after(Trial& trial, std::string_view challenge) {
  trial.arm(Fault::at(Endpoint::api).status(401).header("WWW-Authenticate", challenge).once());
  Verdict verdict = expect_call_succeeds(trial.call_api());
  trial.disarm();
  if (verdict.result == Result::pass) return verdict;
  return failed("another try after a 401 with the challenge \"" + std::string(challenge) + "\"",
                verdict.message);
}

Verdict on_401(Trial& trial) {
  trial.login();
  for (const std::string_view path : {"/v1/user/me", "/v2/user/remaining_quota", "/v3/users/me"}) {
    Verdict verdict = expect_refresh_and_retry(trial, path);
    if (verdict.result != Result::pass) return verdict;
  }
  for (const std::string_view challenge :
       {"", "Bearer error=invalid_token", R"(Basic realm="a", Bearer error="invalid_token")",
        "Bearer error=\"unterminated"}) {
    Verdict verdict = expect_retry_after(trial, challenge);
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

Verdict on_401_no_loop(Trial& trial) {
  trial.login();
  trial.arm(Fault::at(Endpoint::api).status(401).first(30));
  const Mark before = trial.mark();
  (void)trial.call_api();
  trial.disarm();
  const std::size_t calls = trial.api_requests(before).size();
  if (calls > 2) return failed("at most 2 API requests for one call", std::to_string(calls));
  Verdict verdict = expect_refreshes(trial, before, 0, 1);
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

Verdict expect_no_refresh_after(Trial& trial, const std::vector<Fault>& answers) {
  trial.login();
  const Mark before = trial.mark();
  for (const Fault& answer : answers) {
    trial.arm(answer);
    (void)trial.call_api();
    trial.disarm();
  }
  require(trial, !trial.api_requests(before).empty(), "no API request was made");
  return worst_of({expect_refreshes(trial, before, 0, 0), expect_usable(trial)});
}

Verdict not_on_403(Trial& trial) {
  return expect_no_refresh_after(trial,
                                 {Fault::at(Endpoint::api).status(403).first(10),
                                  Fault::at(Endpoint::api).error("insufficient_scope").first(10)});
}

Verdict not_on_other_errors(Trial& trial) {
  std::vector<Fault> answers;
  for (const int status : {400, 402, 404, 409, 429, 500, 502, 503}) {
    answers.push_back(Fault::at(Endpoint::api).status(status).first(10));
  }
  return expect_no_refresh_after(trial, answers);
}

Verdict body_replayed(Trial& trial) {
  trial.login();
  trial.expire_access_tokens();
  const Mark before = trial.mark();
  (void)trial.call_api(kFirst, {"POST", "/v2/video/generate?draft=1%2F2&draft=",
                                R"({"title":"Gr\u00fc\u00dfe","n":[1,2,3]})"});
  const auto calls = trial.api_requests(before);
  require(trial, !calls.empty(), "no API request was made");
  if (calls.size() < 2) {
    return not_applicable("the client does not repeat a POST that was refused with 401");
  }
  const Seen& first = calls.front();
  const Seen& again = calls.back();
  return worst_of(
      {expect_equal("the method", first.request().method, again.request().method),
       expect_equal("the path and query", first.request().target, again.request().target),
       expect_equal("the body", first.request().body, again.request().body),
       expect_equal("Content-Type", first.header("Content-Type"), again.header("Content-Type")),
       expect_equal("Idempotency-Key", first.header("Idempotency-Key"),
                    again.header("Idempotency-Key"))});
}

constexpr Check kRefreshWhenChecks[] = {
    {.id = "refresh.proactive",
     .title = "A token that has expired is refreshed before it is sent",
     .clause = "vendor's guide, step 5; RFC 6749 §1.5",
     .source = Source::vendor,
     .level = Level::should,
     .phase = Phase::refresh,
     .provokes =
         "a call two seconds after the end of the token's life, by the process that logged in "
         "and by the next one",
     .requires_ = "The first API request carries a new token.",
     .mend = "Keep the time of expiry, and refresh a little before it.",
     .motive = "heygen-cli ProactiveRefresh_NearExpiry",
     .needs = kClock,
     .own_process = true,
     .run = &proactive},
    {.id = "refresh.not-needlessly",
     .title = "A fresh token is not refreshed",
     .clause = "RFC 6749 §1.5",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "ten calls an hour after a login that lives ten days",
     .requires_ = "No refresh.",
     .mend = "Refresh near the end of the token's life, or after a 401.",
     .motive = "heygen-cli NoNeedlessRefresh",
     .needs = kRefresh,
     .run = &not_needlessly},
    {.id = "refresh.skew.sane",
     .title = "A token that lives a minute is not refreshed at each call",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::refresh,
     .provokes = "expires_in 60 at the login and at each refresh; five calls in ten seconds",
     .requires_ = "At most one refresh.",
     .mend = "Refresh early by a part of the lifetime, not by a fixed time alone.",
     .needs = kRefresh,
     .run = &short_life},
    {.id = "refresh.clock-jump-back",
     .title = "A clock that is set back causes no storm",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::refresh,
     .provokes = "a call; the clock is set back by a day; three calls",
     .requires_ = "The calls succeed with one refresh at the most.",
     .mend = "Refresh when the end is near; do not mistrust a token that seems to come from the "
             "future.",
     .needs = kClock,
     .run = &clock_jump_back},
    {.id = "refresh.on-401",
     .title = "After a 401 the client refreshes once and tries again",
     .clause = "RFC 6750 §3.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::refresh,
     .provokes = "the access token dies early; a call of v1, of v2 and of v3; odd challenges in "
                 "WWW-Authenticate",
     .requires_ = "A refresh, the same request with the new token, and its answer.",
     .mend = "Take a 401 of the API for the end of the token, whatever its body says.",
     .motive = "heygen-cli RefreshesOn401_AndRetries",
     .needs = kRefresh,
     .run = &on_401},
    {.id = "refresh.on-401.no-loop",
     .title = "An API that answers 401 for ever causes no loop",
     .clause = "RFC 6750 §3.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "the API answers 401 to everything; one call",
     .requires_ = "At most one refresh and two API requests.",
     .mend = "Retry once after a refresh, and report the second 401.",
     .motive = "codex#2699; owncloud/client#6698",
     .needs = kRefresh,
     .run = &on_401_no_loop},
    {.id = "refresh.on-401.body-replayed",
     .title = "The request after a refresh is the same request",
     .clause = "RFC 6750 §3.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "a POST with a query and a body, whose token died early",
     .requires_ = "The second request has the method, path, query, body, Content-Type and "
                  "Idempotency-Key of the first.",
     .mend = "Keep the request until it is answered, and send it again as it was.",
     .motive = "heygen-cli RefreshAndRetry_ReplaysBody",
     .needs = kRefresh,
     .run = &body_replayed},
    {.id = "refresh.not-on-403",
     .title = "A 403 causes no refresh",
     .clause = "RFC 6750 §3.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::refresh,
     .provokes = "403 of the API, also with insufficient_scope",
     .requires_ = "No refresh.",
     .mend = "Refresh after 401 alone: a new token has the same rights.",
     .needs = kCall,
     .run = &not_on_403},
    {.id = "refresh.not-on-5xx-429",
     .title = "Other errors of the API cause no refresh",
     .clause = "RFC 6750 §3.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::refresh,
     .provokes = "400, 402, 404, 409, 429, 500, 502 and 503 of the API",
     .requires_ = "No refresh.",
     .mend = "Refresh after 401 alone.",
     .needs = kCall,
     .run = &not_on_other_errors},
};

}  // namespace

std::span<const Check> refresh_when_checks() { return kRefreshWhenChecks; }

}  // namespace heygen::conformance
