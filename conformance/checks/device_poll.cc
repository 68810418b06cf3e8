// How often, and how long, a device polls (RFC 8628 §3.2, §3.5). Time is the check's: the clocks
// are moved to just before a poll may come, and then to where it may.

#include "conformance/checks/checks.h"
#include "conformance/checks/device_steps.h"

namespace heygen::conformance {
namespace {

using std::chrono::seconds;

constexpr Capabilities kPolling{Capability::device, Capability::clock, Capability::state};

// --- how often ---------------------------------------------------------------------------------

// No client polls in this interval by habit.
Verdict interval(Trial& trial) {
  constexpr seconds kInterval{8};
  trial.policy("device_interval_s", std::int64_t{kInterval.count()});
  stop_clock(trial);
  const Mark before = trial.mark();
  (void)begin_device(trial);
  const bool at_once = poll_within(trial, before, kInterval - seconds{1}).has_value();
  if (!at_once) {
    require(trial, next_poll(trial, before, seconds{1}).has_value(), "no poll came for minutes");
  }
  for (int round = 0; round < 2; ++round) {
    Verdict verdict = expect_next_poll_after(trial, kInterval);
    if (verdict.result != Result::pass) return verdict;
  }
  return at_once ? warned("the first poll came before the interval had passed") : passed();
}

Verdict interval_left_out(Trial& trial) {
  trial.arm(Fault::at(Endpoint::device).without("interval").once());
  (void)begin_polling(trial, "without");
  trial.disarm();
  return expect_next_poll_after(trial, kDeviceInterval);
}

// Zero is none to live by: not a poll after the other without a pause.
Verdict interval_of_zero(Trial& trial) {
  constexpr std::size_t kMost = 2;
  trial.arm(Fault::at(Endpoint::device).patch("interval", "0").once());
  trial.arm(poll_answer("authorization_pending"));
  const Mark before = trial.mark();
  (void)begin_device(trial, "zero");
  (void)poll_within(trial, before, seconds{0});
  const std::size_t at_once = trial.device_requests(before).size() - 1;
  if (at_once > kMost) return failed("a pause between polls", "polls without one");
  require(trial, at_once > 0 || next_poll(trial, trial.mark()), "no poll came for minutes");
  return passed();
}

// RFC 8628 §3.2: without an interval it is 5 seconds.
Verdict default_interval(Trial& trial) {
  stop_clock(trial);
  Verdict verdict = interval_left_out(trial);
  return verdict.result == Result::pass ? interval_of_zero(trial) : verdict;
}

// The answer to each poll decides on the wait for the next.
Verdict slow_down(Trial& trial) {
  stop_clock(trial);
  const DeviceChallenge challenge = begin_polling(trial);
  seconds gap = kDeviceInterval;
  for (const std::string_view answer : {"slow_down", "slow_down", "authorization_pending"}) {
    trial.arm(poll_answer(answer));
    Verdict verdict = expect_next_poll_after(trial, gap);
    trial.disarm();
    if (verdict.result != Result::pass) return verdict;
    if (answer == "slow_down") gap += seconds{5};
  }
  trial.decide_device(challenge.user_code);
  Verdict verdict = expect_next_poll_after(trial, gap);
  if (verdict.result != Result::pass) return verdict;
  return expect_state_soon(trial, LoginState::logged_in);
}

// 429 without an OAuth error is the same wish.
Verdict too_many_requests(Trial& trial) {
  constexpr seconds kAsked{20};
  stop_clock(trial);
  (void)begin_polling(trial);
  Fault fault = poll_answer("");
  fault.rule().action.oauth_error.reset();
  trial.arm(fault.status(429).body("").retry_after("20"));
  require(trial, next_poll(trial, trial.mark()).has_value(), "no second poll came for minutes");
  trial.disarm();
  return expect_next_poll_after(trial, kAsked);
}

// --- how long ----------------------------------------------------------------------------------

Verdict pending_continues(Trial& trial) {
  constexpr int kPolls = 5;
  stop_clock(trial);
  const DeviceChallenge challenge = begin_polling(trial);
  for (int poll = 1; poll <= kPolls; ++poll) {
    if (poll == kPolls) trial.decide_device(challenge.user_code);
    if (!next_poll(trial, trial.mark())) {
      return failed("polls until there are tokens", "none after " + std::to_string(poll));
    }
  }
  return expect_state_soon(trial, LoginState::logged_in);
}

// One after the other: each poll would else be answered by another login's error.
Verdict terminal(Trial& trial) {
  stop_clock(trial);
  for (const std::string_view error :
       {"access_denied", "expired_token", "invalid_grant", "odd_error"}) {
    trial.arm(poll_answer(error));
    (void)begin_polling(trial);
    trial.disarm();
    if (poll_within(trial, trial.mark(), seconds{60})) {
      return failed("no poll after " + std::string(error), "one");
    }
  }
  return passed();
}

Verdict stops_at_expiry(Trial& trial) {
  constexpr seconds kLife{12};
  trial.policy("device_ttl_s", std::int64_t{kLife.count()});
  stop_clock(trial);
  trial.arm(poll_answer("authorization_pending"));
  (void)begin_polling(trial);
  // The end, and one interval more for a poll that was on its way.
  (void)poll_within(trial, trial.mark(), kLife);
  for (const seconds later : {kDeviceInterval, 2 * kDeviceInterval}) {
    const Mark before = trial.mark();
    if (poll_within(trial, before, later)) {
      return failed("no poll after the device code has expired", "one");
    }
  }
  return passed();
}

constexpr Check kDevicePollChecks[] = {
    {.id = "device.poll.interval",
     .title = "Polls are no closer together than the interval",
     .clause = "RFC 8628 §3.5",
     .level = Level::must,
     .phase = Phase::device,
     .provokes = "a device login with an interval of 8 seconds, and three polls",
     .requires_ =
         "8 seconds between polls; before the first, too. (The first wait is the suite's demand.)",
     .mend = "Wait for the interval that the answer names before each poll.",
     .motive = "octokit/auth-oauth-device.js#334",
     .needs = kPolling,
     .own_process = true,  // a login that is still polled for must not be another check's
     .run = &interval},
    {.id = "device.poll.default-interval",
     .title = "Without an interval there are 5 seconds between polls",
     .clause = "RFC 8628 §3.2",
     .level = Level::must,
     .phase = Phase::device,
     .provokes = "an answer without interval, and one where it is 0",
     .requires_ =
         "5 seconds between polls; with 0 a pause as well. (The pause is the suite's demand.)",
     .mend = "Take 5 for a missing interval, and never less than 1.",
     .motive = "netbirdio/netbird#7013 (panic at 0)",
     .needs = kPolling,
     .own_process = true,  // a login that is still polled for must not be another check's
     .run = &default_interval},
    {.id = "device.poll.slow-down",
     .title = "Each slow_down adds 5 seconds to the interval, for good",
     .clause = "RFC 8628 §3.5",
     .level = Level::must,
     .phase = Phase::device,
     .provokes = "slow_down twice, then pending, then the tokens",
     .requires_ = "5 seconds before the first, then 10, 15 and 15 between polls, and a login.",
     .mend =
         "Keep the interval in a variable and add 5 to it with each slow_down; polling goes on.",
     .motive = "cli/oauth#76; netbirdio/netbird#7013; openclaw#103434",
     .needs = kPolling,
     .own_process = true,  // a login that is still polled for must not be another check's
     .run = &slow_down},
    {.id = "device.429",
     .title = "429 to a poll slows polling down",
     .clause = "RFC 6585 §4; RFC 8628 §3.5",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::device,
     .provokes = "429 with Retry-After: 20 and no body",
     .requires_ = "The next poll comes 20 seconds later, or after that.",
     .mend = "Treat 429 as slow_down, and Retry-After as a floor.",
     .motive = "heygen-com/hyperframes",
     .needs = kPolling,
     .own_process = true,  // a login that is still polled for must not be another check's
     .run = &too_many_requests},
    {.id = "device.poll.pending-continues",
     .title = "authorization_pending keeps polling",
     .clause = "RFC 8628 §3.5",
     .level = Level::must,
     .phase = Phase::device,
     .provokes = "five times authorization_pending, then the tokens",
     .requires_ = "The login succeeds. (The clause says SHOULD.)",
     .mend = "Poll until there are tokens, another error, or the code expires.",
     .needs = kPolling,
     .own_process = true,  // a login that is still polled for must not be another check's
     .run = &pending_continues},
    {.id = "device.poll.terminal",
     .title = "Any other error ends polling at once",
     .clause = "RFC 8628 §3.5",
     .level = Level::must,
     .phase = Phase::device,
     .provokes = "access_denied, expired_token, invalid_grant and an unknown error",
     .requires_ = "No poll after it.",
     .mend = "Go on for authorization_pending and slow_down alone.",
     .needs = kPolling,
     .own_process = true,  // a login that is still polled for must not be another check's
     .run = &terminal},
    {.id = "device.poll.stops-at-expiry",
     .title = "Polling ends when the device code has expired",
     .clause = "RFC 8628 §3.2, §3.5",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::device,
     .provokes = "a code that lives 12 seconds, and pending for ever",
     .requires_ = "No poll after that, but for one interval's grace.",
     .mend = "Keep expires_in and stop by it.",
     .needs = kPolling,
     .own_process = true,  // a login that is still polled for must not be another check's
     .run = &stops_at_expiry},
};

}  // namespace

std::span<const Check> device_poll_checks() { return kDevicePollChecks; }

}  // namespace heygen::conformance
