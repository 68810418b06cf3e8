// Many calls, or many processes, that find the same access token dead: one refresh (RFC 9700
// §4.14.2: a refresh token that is spent twice may cost the whole login).

#include <algorithm>
#include <chrono>

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

using std::chrono::milliseconds;

constexpr Capabilities kConcurrent{Capability::begin,   Capability::callback,
                                   Capability::state,   Capability::call_api,
                                   Capability::refresh, Capability::concurrency};

// A second refresh has this long to show itself beside the first.
constexpr milliseconds kHeld{40};
// What must happen for a check to go on happens sooner.
constexpr milliseconds kPatience{2000};

Verdict expect_shared_refresh(Trial& trial, Mark since,
                              const std::vector<Outcome<ApiAnswer>>& answers) {
  std::vector<Verdict> verdicts{expect_one_refresh(trial, since)};
  for (const auto& answer : answers) verdicts.push_back(expect_call_succeeds(answer));
  return worst_of(std::move(verdicts));
}

// All have sent the old token before any of them is refused.
Verdict refused_together(Trial& trial) {
  constexpr std::uint32_t kCalls = 6;
  trial.expire_access_tokens();
  trial.arm(Fault::at(Endpoint::api).barrier(kCalls, kHeld).first(kCalls));
  trial.arm(Fault::at(Endpoint::refresh).barrier(2, kHeld).first(kCalls));
  const Mark before = trial.mark();
  const auto answers = trial.call_api_at_once(kCalls);
  trial.disarm();
  return expect_shared_refresh(trial, before, answers);
}

// The first to be refused learns of it when the second has refreshed already.
Verdict refused_late(Trial& trial) {
  trial.expire_access_tokens();
  trial.arm(Fault::at(Endpoint::api).after_commit().barrier(2, kPatience).nth(1));
  const Mark before = trial.mark();
  auto one = trial.start_call();
  auto other = trial.start_call();
  const auto is_good_call = [](const Seen& seen) {
    return seen.entry().endpoint == Endpoint::api && seen.status() == 200;
  };
  const bool went_on = trial.wait_for(before, is_good_call, kPatience / 2).has_value();
  trial.disarm();
  std::vector<Outcome<ApiAnswer>> answers;
  answers.push_back(trial.settle(one));
  answers.push_back(trial.settle(other));
  require(trial, went_on, "no call got through beside one that was held");
  return expect_shared_refresh(trial, before, answers);
}

bool refreshes_after_401(Trial& trial) {
  trial.expire_access_tokens();
  const Mark before = trial.mark();
  (void)trial.call_api();
  return !trial.refreshes(before).empty();
}

Verdict single_flight_401(Trial& trial) {
  trial.login();
  if (!refreshes_after_401(trial)) {
    return not_applicable("the client does not refresh after a 401");
  }
  for (int round = 0; round < 3; ++round) {
    Verdict verdict = refused_late(trial);
    if (verdict.result != Result::pass) return verdict;
  }
  return refused_together(trial);
}

// The refresh fails for all who wait for it; what then?
Verdict failure_unblocks(Trial& trial) {
  constexpr std::size_t kCalls = 6;
  trial.login();
  for (const bool lost : {false, true}) {
    end_access_token(trial);
    const Fault fault = Fault::at(Endpoint::refresh);
    trial.arm(lost ? Fault(fault).reset().first(60) : Fault(fault).status(500).first(60));
    const Mark before = trial.mark();
    const auto answers = trial.call_api_at_once(kCalls);
    trial.disarm();
    if (trial.refreshes(before).empty()) {
      return not_applicable("the client does not refresh for a call, as far as it can be made to");
    }
    for (const auto& answer : answers) {
      const bool hangs = !answer && answer.failure().origin == Failure::Origin::timeout;
      if (hangs) return failed("every call ends", answer.failure().message);
    }
    Verdict verdict = expect_recovery(trial);
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

// --- two processes -------------------------------------------------------------------------------

Outcome<ApiAnswer> call_of_other(Trial& trial, Subject& other) {
  auto pending = other.call_api(trial.session_name(kFirst), {});
  return trial.settle(pending);
}

void end_for_both(Trial& trial, Subject& other) {
  end_access_token(trial);
  if (trial.has(Capability::clock)) (void)other.set_time(trial.mock().clock().now()).wait();
}

// Both have the login in memory; one refreshes, then the other finds its token dead.
Verdict one_after_the_other(Trial& trial, Subject& other) {
  end_for_both(trial, other);
  const Mark before = trial.mark();
  const auto first = trial.call_api();
  require(trial, !trial.refreshes(before).empty(), "the client did not refresh");
  const auto second = call_of_other(trial, other);
  return worst_of({expect_call_succeeds(first), expect_call_succeeds(second)});
}

// Both at once: the first refresh is held until the second comes, if it does.
Verdict both_at_once(Trial& trial, Subject& other, milliseconds held) {
  end_for_both(trial, other);
  trial.arm(Fault::at(Endpoint::refresh).barrier(2, held).first(2));
  auto first = trial.start_call();
  auto second = other.call_api(trial.session_name(kFirst), {});
  const auto one = trial.settle(first);
  const auto two = trial.settle(second);
  trial.disarm();
  return worst_of({expect_call_succeeds(one), expect_call_succeeds(two)});
}

Verdict multi_process(Trial& trial) {
  trial.login();
  Subject& other = trial.second_process();
  require(trial, expect_call_succeeds(call_of_other(trial, other)).result == Result::pass,
          "the second process does not know the first one's login");
  const auto begun = std::chrono::steady_clock::now();
  std::vector<Verdict> verdicts{one_after_the_other(trial, other)};
  // Two calls and a refresh took this long, on a machine that may be busy: a process that does not
  // wait for the other has sent its refresh by then.
  const auto held = std::max(
      kHeld, std::chrono::ceil<milliseconds>(std::chrono::steady_clock::now() - begun) * 2);
  for (int round = 0; round < 2 && verdicts.back().result == Result::pass; ++round) {
    verdicts.push_back(both_at_once(trial, other, held));
  }
  verdicts.push_back(expect_usable(trial));
  verdicts.push_back(expect_call_succeeds(call_of_other(trial, other)));
  return worst_of(std::move(verdicts));
}

constexpr Check kRefreshFlightChecks[] = {
    {.id = "refresh.single-flight.401",
     .title =
         "Many calls that are refused with 401 cost one refresh, however late they learn of it",
     .clause = "RFC 9700 §4.14.2",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "six calls that are refused together; two of which one is refused after the other "
                 "has refreshed",
     .requires_ = "One refresh each time, and all calls succeed.",
     .mend = "After a 401 compare the token that was sent with the one at hand: if they differ, "
             "try again with that one.",
     .motive = "heygen-cli ConcurrentReactiveRefresh_Coalesces",
     .needs = kConcurrent,
     .run = &single_flight_401},
    {.id = "refresh.single-flight.failure-unblocks",
     .title = "A refresh that fails lets go of all who wait for it",
     .clause = "suite",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "six calls at once whose refresh gets 500, or no answer; then a healthy server",
     .requires_ = "All six end; the next call refreshes and succeeds.",
     .mend = "Release the lock on every way out, and keep no failure for those who come later.",
     .motive = "editor-code-assistant/eca#462",
     .needs = kConcurrent,
     .run = &failure_unblocks},
    {.id = "refresh.multi-process",
     .title = "Two processes with one store do not spend each other's refresh token",
     .clause = "RFC 9700 §4.14.2",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::refresh,
     .provokes = "two processes with one store whose access token is dead, one after the other and "
                 "both at once",
     .requires_ = "All calls succeed, and both stay logged in.",
     .mend = "Lock the store for a refresh, and read it again under the lock.",
     .motive = "editor-code-assistant/eca#462; HQBase/hqbase#41",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::call_api,
               Capability::refresh, Capability::two_processes},
     .own_process = true,
     .run = &multi_process},
};

}  // namespace

std::span<const Check> refresh_flight_checks() { return kRefreshFlightChecks; }

}  // namespace heygen::conformance
