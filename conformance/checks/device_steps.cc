#include "conformance/checks/device_steps.h"

namespace heygen::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A subject takes an answer in, and wakes up by the clock it was given, in its own time; where
// something must come, it has longer. Who polls in time is not waited for; who is slow on a busy
// machine must not be pushed on meanwhile, or it seems to poll too soon after that.
constexpr milliseconds kIntake{8};
constexpr milliseconds kMoment{25};
constexpr milliseconds kPatience{1500};

bool is_poll(const Seen& seen) {
  return seen.request().path() == "/v1/oauth/token" && seen.has_param("device_code");
}

bool is_nothing(const Seen& /*seen*/) { return false; }

void let_pass(Trial& trial, milliseconds span) {
  (void)trial.wait_for(trial.mark(), &is_nothing, span);
}

}  // namespace

void stop_clock(Trial& trial) {
  mock::VirtualClock& clock = trial.mock().clock();
  clock.freeze();
  clock.set(std::chrono::ceil<seconds>(clock.now()));
  trial.advance(seconds{0});
}

DeviceChallenge begin_device(Trial& trial, std::string_view session) {
  const auto challenge = trial.begin_device_login(session);
  if (!challenge) trial.give_up("begin_device_login failed: " + challenge.failure().message);
  (void)trial.secrets();  // the device code among them, from now on
  return *challenge;
}

std::optional<Seen> poll_within(Trial& trial, Mark since, seconds span) {
  let_pass(trial, kIntake);
  trial.advance(span);
  return trial.wait_for(since, &is_poll, kMoment);
}

std::optional<Seen> next_poll(Trial& trial, Mark since, seconds expected) {
  constexpr int kSteps = 8;
  constexpr seconds kStep{15};
  let_pass(trial, kIntake);
  trial.advance(expected);
  auto poll = trial.wait_for(since, &is_poll, kPatience);
  for (int step = 0; step < kSteps && !poll; ++step) poll = poll_within(trial, since, kStep);
  return poll;
}

DeviceChallenge begin_polling(Trial& trial, std::string_view session) {
  const Mark before = trial.mark();
  DeviceChallenge challenge = begin_device(trial, session);
  require(trial, next_poll(trial, before).has_value(), "no poll came for minutes");
  return challenge;
}

Verdict expect_next_poll_after(Trial& trial, seconds gap) {
  const Mark since = trial.mark();
  if (poll_within(trial, since, gap - seconds{1})) {
    return failed("no poll for " + std::to_string(gap.count()) + " s", "one sooner");
  }
  if (next_poll(trial, since, seconds{1})) return passed();
  return failed("another poll after " + std::to_string(gap.count()) + " s", "none for minutes");
}

Fault at_polls() {
  Fault fault = Fault::at(Endpoint::token);
  fault.rule().on.grant_type = "urn:ietf:params:oauth:grant-type:device_code";
  return fault;
}

Fault poll_answer(std::string_view error) { return at_polls().error(error).first(60); }

Verdict expect_state_soon(Trial& trial, LoginState wanted, std::string_view session) {
  constexpr int kTries = 100;
  for (int i = 0; i < kTries && trial.state(session) != wanted; ++i) {
    let_pass(trial, milliseconds{10});
  }
  return expect_state(trial, wanted, session);
}

}  // namespace heygen::conformance
