// A logout while a refresh, or a call that will ask for one, is on its way.

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

using std::chrono::milliseconds;

constexpr Capabilities kNeeds{Capability::begin,      Capability::callback, Capability::state,
                              Capability::call_api,   Capability::refresh,  Capability::logout,
                              Capability::concurrency};

bool is_refresh(const Seen& seen) { return seen.entry().endpoint == Endpoint::refresh; }

// A call that is refused after the logout has nothing to refresh with.
Verdict during_call(Trial& trial) {
  constexpr milliseconds kHeld{150};
  constexpr milliseconds kSoon{400};
  trial.login(kSecond);
  trial.expire_access_tokens();
  trial.arm(Fault::at(Endpoint::api).after_commit().delay(kHeld).first(10));
  trial.arm(Fault::at(Endpoint::revoke).status(503).first(10));
  const Mark before = trial.mark();
  auto call = trial.start_call(kSecond);
  const auto is_call = [](const Seen& seen) { return seen.entry().endpoint == Endpoint::api; };
  const bool under_way = trial.wait_for(before, is_call, kSoon).has_value();
  const auto out = trial.logout(kSecond);
  (void)trial.settle(call);
  trial.disarm();
  if (!under_way) return passed();
  if (!out) return failed("a logout", out.failure().message);
  if (trial.state(kSecond) == LoginState::logged_in) {
    return failed("no login after the logout", "a call that was refused has brought it back");
  }
  return passed();
}

// The new token may come before the logout has ended, or never be used: after both, nothing of the
// login is left.
Verdict during_refresh(Trial& trial) {
  constexpr milliseconds kHeld{150};
  constexpr milliseconds kSoon{400};
  trial.control();
  trial.login();
  end_access_token(trial);
  trial.arm(Fault::at(Endpoint::refresh).after_commit().delay(kHeld).first(10));
  trial.arm(Fault::at(Endpoint::api).after_commit().delay(kHeld).first(10));
  // Were the tokens dead at the server, a login that comes back would not be seen to work.
  trial.arm(Fault::at(Endpoint::revoke).status(503).first(10));
  const Mark before = trial.mark();
  auto call = trial.start_call();
  const bool under_way = trial.wait_for(before, &is_refresh, kSoon).has_value();
  const auto out = trial.logout();
  (void)trial.settle(call);
  trial.disarm();
  if (!under_way) return not_applicable("the client does not refresh for a call");
  if (!out) return failed("a logout", out.failure().message);
  const Mark after = trial.mark();
  (void)trial.call_api();
  for (const Seen& request : trial.seen(after)) {
    if (request.bearer() || is_refresh(request)) {
      return failed("no request with a token after the logout", "one");
    }
  }
  Verdict verdict = expect_state(trial, LoginState::login_required);
  if (verdict.result != Result::pass) return verdict;
  if (trial.has(Capability::restart)) {
    trial.restart();
    verdict = expect_state(trial, LoginState::login_required);
    if (verdict.result != Result::pass) {
      return failed("no login for the next process to find", verdict.message);
    }
  }
  verdict = during_call(trial);
  if (verdict.result != Result::pass) return verdict;
  trial.control();
  return passed();
}

constexpr Check kLogoutFlightChecks[] = {
    {.id = "logout.during-refresh",
     .title = "A logout during a refresh leaves the user logged out",
     .clause = "suite",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::logout,
     .provokes = "a call whose refresh is slow, a logout in the meantime whose revocation fails, "
                 "and a restart",
     .requires_ = "The session is logged out, and the new token is not used.",
     .mend = "Count logouts, and drop what a refresh brings that was begun before the last one.",
     .needs = kNeeds,
     .own_process = true,
     .run = &during_refresh},
};

}  // namespace

std::span<const Check> logout_flight_checks() { return kLogoutFlightChecks; }

}  // namespace heygen::conformance
