// An answer without a refresh token (RFC 6749 §5.1: optional).

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kNeeds{Capability::begin, Capability::callback, Capability::state,
                              Capability::call_api};

Fault no_refresh_token() { return Fault::at(Endpoint::token).without("refresh_token"); }

// No login before it in this session: there is no older refresh token to fall back on.
Verdict absent_at_login(Trial& trial) {
  const Login login = login_answered_with(trial, no_refresh_token().once());
  Verdict usable = expect_logged_in(trial, login);
  if (usable.result != Result::pass) return usable;
  const Mark before = trial.mark();
  end_access_token(trial);
  (void)trial.call_api();
  if (trial.has(Capability::refresh)) (void)trial.refresh();
  const auto refreshes = trial.refreshes(before);
  if (!refreshes.empty()) {
    const std::string sent = refreshes.front().param("refresh_token");
    const bool odd = sent.empty() || sent == "undefined" || sent == "null" || sent == "None";
    return failed("no refresh request", odd ? "one with refresh_token=" + sent
                                            : "one with a refresh token that was never given");
  }
  trial.control();
  return passed();
}

// What a refresh of the old login brings comes after the new one has begun to count.
Verdict login_during_refresh(Trial& trial) {
  constexpr std::chrono::milliseconds kHeld{150};
  constexpr std::chrono::milliseconds kSoon{400};
  trial.login(kSecond);
  end_access_token(trial);
  const Mark before = trial.mark();
  trial.arm(Fault::at(Endpoint::refresh).after_commit().delay(kHeld).first(4));
  auto call = trial.start_call(kSecond);
  const auto is_refresh = [](const Seen& seen) {
    return seen.entry().endpoint == Endpoint::refresh;
  };
  const bool under_way = trial.wait_for(before, is_refresh, kSoon).has_value();
  const Login fresh = trial.login(kSecond);
  (void)trial.settle(call);
  trial.disarm();
  if (!under_way) return passed();
  const Mark after = trial.mark();
  (void)trial.call_api(kSecond);
  const std::string wanted = json_text(fresh.token_requests.back().response(), "access_token");
  for (const Seen& request : trial.api_requests(after)) {
    if (request.bearer().value_or(wanted) == wanted) continue;
    return failed("the new login's token", "one that a refresh of the old login brought");
  }
  return passed();
}

Verdict fresh_login_drops_old(Trial& trial) {
  trial.login();
  const std::string old = trial.secrets().values(SecretKind::refresh_token).front();
  const Login again = login_answered_with(trial, no_refresh_token().once());
  require(trial, again.done(), "the second login, without a refresh token, did not succeed");
  const Mark before = trial.mark();
  end_access_token(trial);
  (void)trial.call_api();
  if (trial.has(Capability::refresh)) (void)trial.refresh();
  for (const Seen& refresh : trial.refreshes(before)) {
    if (refresh.param("refresh_token") == old) {
      return failed("no refresh with the earlier login's token", "one");
    }
  }
  return trial.has(Capability::concurrency) && trial.has(Capability::refresh)
             ? login_during_refresh(trial)
             : passed();
}

constexpr Check kResponseRefreshTokenChecks[] = {
    {.id = "response.refresh-absent.initial",
     .title = "Without a refresh token there is a login, and later a new one",
     .clause = "RFC 6749 §5.1",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "a login whose answer has no refresh_token, and the end of its access token",
     .requires_ = "The login works; no refresh is asked for, least of all with undefined or null.",
     .mend = "Keep the refresh token as optional; when there is none, ask for a new login.",
     .needs = kNeeds,
     .run = &absent_at_login},
    {.id = "response.fresh-login-drops-old-refresh",
     .title = "A new login's answer replaces the old one as a whole",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::response,
     .provokes = "a login with a refresh token, one without in the same session, and its end",
     .requires_ = "The first login's refresh token is not sent.",
     .mend = "Keep an old refresh token through a refresh, not through a new login.",
     .motive = "hyperframes persistOAuth(preserveMissing:false)",
     .needs = kNeeds,
     .run = &fresh_login_drops_old},
};

}  // namespace

std::span<const Check> response_refresh_token_checks() { return kResponseRefreshTokenChecks; }

}  // namespace heygen::conformance
