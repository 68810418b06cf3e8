// Refusals and failures of the token endpoint (RFC 6749 §5.2): how often a client asks again, and
// what is left of the login.

#include <array>
#include <ctime>

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state};
constexpr Capabilities kCall{Capability::begin, Capability::callback, Capability::state,
                             Capability::call_api};
constexpr Capabilities kRefresh{Capability::begin, Capability::callback, Capability::state,
                                Capability::call_api, Capability::refresh};

// An exchange that is answered like this ends the login, after so many requests at the most.
Verdict expect_given_up(Trial& trial, const Fault& fault, std::string_view session,
                        std::size_t most) {
  const Login login = login_answered_with(trial, fault, session);
  const std::size_t sent = login.token_requests.size();
  if (sent > most) {
    return failed("at most " + std::to_string(most) + " token requests for one code",
                  std::to_string(sent));
  }
  return expect_no_login(trial, session);
}

// A client that does not look at the status finds a token in the body.
Verdict error_400(Trial& trial) {
  trial.control();
  for (const std::string_view error : {"invalid_grant", "invalid_scope", "odd_error"}) {
    const Tokens good = access_tokens(trial);
    const Mark before = trial.mark();
    const std::string body =
        R"({"error":")" + std::string(error) +
        R"(","access_token":"token-in-an-error","token_type":"Bearer","expires_in":600})";
    Verdict verdict = expect_given_up(
        trial, Fault::at(Endpoint::token).status(400).body(body).first(20), error, 1);
    if (verdict.result == Result::pass) verdict = expect_login_unused(trial, error, good, before);
    if (verdict.result != Result::pass) return verdict;
  }
  trial.control();
  return passed();
}

Verdict error_in_200(Trial& trial) {
  trial.control();
  constexpr std::array<std::string_view, 3> kBodies{
      R"({"error":"invalid_grant"})",
      R"({"error":"bad_verification_code","error_description":"The code is incorrect.",)"
      R"("error_uri":"https://docs.test/"})",
      R"({"code":400112,"message":"Unauthorized"})"};
  for (std::size_t i = 0; i < kBodies.size(); ++i) {
    const std::string session = "error-" + std::to_string(i + 1);
    const Tokens good = access_tokens(trial);
    const Mark before = trial.mark();
    (void)login_answered_with(trial, exchange_answer(kBodies[i]), session);
    Verdict verdict = expect_login_unused(trial, session, good, before);
    if (verdict.result != Result::pass) return verdict;
  }
  trial.control();
  return passed();
}

// One more try, with the other way to authenticate, is odd and no loop.
Verdict error_401(Trial& trial) {
  trial.control();
  const Login login = login_answered_with(
      trial, Fault::at(Endpoint::token).status(401).error("invalid_client").first(20));
  const std::size_t sent = login.token_requests.size();
  if (sent > 2) return failed("one token request", std::to_string(sent));
  Verdict verdict = expect_no_login(trial, kFirst);
  if (verdict.result != Result::pass) return verdict;
  trial.control();
  return sent == 1 ? passed() : warned("the code is sent a second time after invalid_client");
}

Verdict error_5xx(Trial& trial) {
  trial.control();
  for (const int status : {500, 502, 503}) {
    Verdict verdict = expect_given_up(trial, Fault::at(Endpoint::token).status(status).first(20),
                                      "status-" + std::to_string(status), 2);
    if (verdict.result != Result::pass) return verdict;
  }
  trial.control();
  return passed();
}

Verdict connection_lost(Trial& trial) {
  trial.control();
  const std::vector<Fault> faults{Fault::at(Endpoint::token).reset().first(20),
                                  Fault::at(Endpoint::token).empty().first(20),
                                  Fault::at(Endpoint::token).after_commit().reset().first(20),
                                  Fault::at(Endpoint::token).after_commit().truncated().first(20)};
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const std::string session = "lost-" + std::to_string(i + 1);
    const Tokens good = access_tokens(trial);
    const Mark before = trial.mark();
    (void)login_answered_with(trial, faults[i], session);
    Verdict verdict = expect_login_unused(trial, session, good, before);
    if (verdict.result != Result::pass) return verdict;
    const Login again = trial.try_login(session);
    if (!again.done()) {
      return failed("the next login succeeds",
                    again.landed ? to_string(again.state) : again.landed.failure().message);
    }
  }
  return passed();
}

// --- Retry-After -------------------------------------------------------------------------------

// RFC 9110 §5.6.7
std::string http_date(mock::TimePoint when) {
  const std::time_t time = std::chrono::system_clock::to_time_t(when);
  std::tm utc{};
  gmtime_r(&time, &utc);
  std::array<char, 40> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return {text.data(), size};
}

enum class Wait { count, date };

// A refresh is told to come back in two seconds or more; two calls after that. Whoever waits, waits
// in real time, so that the time asked for is short.
Verdict expect_wait(Trial& trial, Wait wait) {
  constexpr milliseconds kLeast{1900};  // clocks are coarse
  trial.login();
  end_access_token(trial);
  const mock::TimePoint now = std::chrono::ceil<seconds>(trial.mock().clock().now());
  const std::string value = wait == Wait::count ? "2" : http_date(now + seconds{3});
  trial.arm(Fault::at(Endpoint::refresh).status(503).retry_after(value).first(1));
  const Mark before = trial.mark();
  (void)trial.call_api();
  if (trial.refreshes(before).empty()) (void)trial.refresh();
  (void)trial.call_api();
  trial.disarm();
  const auto refreshes = trial.refreshes(before);
  require(trial, !refreshes.empty(), "the client did not refresh");
  if (refreshes.size() == 1) return passed();
  const milliseconds waited = refreshes[1].entry().wall - refreshes[0].entry().wall;
  if (waited >= kLeast) return passed();
  return failed("no refresh before the time that Retry-After names",
                "one after " + std::to_string(waited.count()) + " ms");
}

Verdict retry_after(Trial& trial) {
  Verdict verdict = expect_wait(trial, Wait::count);
  if (verdict.result != Result::pass) return verdict;
  if (trial.has(Capability::clock)) {
    trial.advance(seconds{5});
    Verdict well_again = expect_recovery(trial);
    if (well_again.result != Result::pass) return well_again;
  }
  return expect_wait(trial, Wait::date);
}

Verdict too_many_requests(Trial& trial) {
  constexpr std::size_t kMost = 3;  // a retry or two is no storm
  trial.login();
  end_access_token(trial);
  trial.arm(Fault::at(Endpoint::refresh).status(429).first(30));
  const Mark before = trial.mark();
  (void)trial.call_api();
  if (trial.refreshes(before).empty()) (void)trial.refresh();
  trial.disarm();
  require(trial, !trial.refreshes(before).empty(), "the client did not refresh");
  Verdict verdict = expect_refreshes(trial, before, 1, kMost);
  if (verdict.result != Result::pass) return verdict;
  return expect_recovery(trial);
}

constexpr Check kResponseErrorChecks[] = {
    {.id = "response.error-400",
     .title = "A refused code ends the login",
     .clause = "RFC 6749 §5.2, §4.1.2",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "400 with invalid_grant, invalid_scope and an unknown error, and a token in the "
                 "same body",
     .requires_ = "One token request, and no login.",
     .mend = "Look at the status first; report the failed login and begin anew.",
     .needs = kCall,
     .run = &error_400},
    {.id = "response.error-in-200",
     .title = "An error under status 200 is an error",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "200 with an OAuth error, and with the vendor's envelope of one",
     .requires_ = "No login.",
     .mend = "Take an answer without an access token for a failure, whatever its status.",
     .motive = "golang/oauth2#441, #274 (GitHub)",
     .needs = kCall,
     .run = &error_in_200},
    {.id = "response.error-401-invalid-client",
     .title = "invalid_client is not answered by a loop",
     .clause = "RFC 6749 §5.2, §4.1.2",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "401 with invalid_client and a Basic challenge",
     .requires_ = "One token request, and no login.",
     .mend = "Report it: neither another try nor another user can mend a wrong client.",
     .motive = "cf-java-client#1026 (endless retry)",
     .needs = kLogin,
     .run = &error_401},
    {.id = "response.500-no-code-replay-storm",
     .title = "A failing server is not stormed with a code",
     .clause = "RFC 6749 §4.1.2",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::response,
     .provokes = "500, 502 and 503 to every exchange",
     .requires_ = "At most two token requests for a code, and no login.",
     .mend = "Do not retry a POST that spends a code; begin a new login.",
     .motive = "heygen-cli TestRetry_500NoRetry_POST",
     .needs = kLogin,
     .run = &error_5xx},
    {.id = "response.503-retry-after",
     .title = "Retry-After is a floor for the next refresh",
     .clause = "RFC 9110 §10.2.3",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::response,
     .provokes =
         "a refresh is answered with 503 and Retry-After, in seconds and as a date; another "
         "call at once",
     .requires_ = "No refresh before that time, and one after it.",
     .mend = "Keep the time that the server asks for, and fail calls that need a refresh until "
             "then.",
     .motive = "heygen-cli TestRetry_RetryAfterSeconds, -HTTPDate",
     .needs = kRefresh,
     .run = &retry_after},
    {.id = "response.429",
     .title = "429 to a refresh costs neither the login nor a storm",
     .clause = "RFC 6585 §4",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "429 to each refresh of one call, then a healthy server",
     .requires_ = "At most three refresh requests; later the refresh succeeds with the same token.",
     .mend = "Treat 429 as transient, and wait.",
     .motive = "Librechat-Mobile#233",
     .needs = kRefresh,
     .run = &too_many_requests},
    {.id = "response.connection-reset",
     .title = "A connection that breaks at the exchange leaves nothing behind",
     .clause = "RFC 9112 §8",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "the connection is reset, closed, or cut in the middle of the answer, before and "
                 "after the code is spent",
     .requires_ = "No login, an answer for the user, and the next login in the same session works.",
     .mend = "Report a failed login, and open a new connection for the next.",
     .needs = kCall,
     .run = &connection_lost},
};

}  // namespace

std::span<const Check> response_error_checks() { return kResponseErrorChecks; }

}  // namespace heygen::conformance
