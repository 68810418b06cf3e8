// A device flow in trouble: no answer to a poll (RFC 8628 §3.5), and an address that no person
// should be sent to.

#include <array>

#include "conformance/checks/checks.h"
#include "conformance/checks/device_steps.h"

namespace heygen::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Capabilities kPolling{Capability::device, Capability::clock, Capability::state};

bool is_poll(const Seen& seen) { return seen.has_param("device_code"); }
bool is_nothing(const Seen& /*seen*/) { return false; }

Fault no_answer(milliseconds held) {
  Fault fault = poll_answer("");
  fault.rule().action.oauth_error.reset();
  return fault.delay(held).reset();
}

// A poll that gets no answer; the next one, if there is one, comes later than the interval says.
// By the clause's letter a time-out has to have passed: where the client cannot be told a short
// one, a connection that breaks stands for it.
Verdict backs_off(Trial& trial) {
  constexpr milliseconds kTakenIn{300};
  const bool real = trial.has(Capability::timeout);
  const milliseconds held = real ? trial.await_own_timeout() : milliseconds{0};
  stop_clock(trial);
  (void)begin_polling(trial);
  trial.arm(no_answer(held));
  const Mark before = trial.mark();
  require(trial, next_poll(trial, before).has_value(), "no second poll came for minutes");
  if (real) (void)trial.wait_for(trial.mark(), &is_nothing, kTakenIn);
  // The subject's clock has gone on while it waited, so that its next poll is that much later.
  const seconds span = real ? kDeviceInterval + seconds{2} : kDeviceInterval;
  const Mark since = trial.mark();
  const bool polled = poll_within(trial, since, span).has_value() ||
                      trial.wait_for(since, &is_poll, kTakenIn).has_value();
  if (!polled) return passed();
  const std::string why = real ? "a poll that timed out" : "a poll whose connection broke";
  Verdict verdict = failed("a longer pause after " + why, "the same interval");
  return real ? verdict : warned(verdict.message);
}

Verdict uri_safe(Trial& trial) {
  constexpr std::array kUnsafe{
      std::string_view{R"j("javascript:alert(1)")j"},
      std::string_view{R"j("file:///etc/passwd")j"},
      std::string_view{R"j("http://evil.example/device")j"},
      std::string_view{R"j("https://app.heygen.com@evil.example/device")j"},
      std::string_view{R"j("https://evil.example/device\r\nLocation: x")j"},
      std::string_view{R"j("data:text/html,<script>1</script>")j"}};
  const auto good = trial.begin_device_login("good");
  if (!good) trial.give_up("begin_device_login failed: " + good.failure().message);
  for (std::size_t i = 0; i < kUnsafe.size(); ++i) {
    trial.arm(Fault::at(Endpoint::device)
                  .patch("verification_uri", kUnsafe[i])
                  .without("verification_uri_complete")
                  .once());
    const auto shown = trial.begin_device_login("unsafe-" + std::to_string(i + 1));
    trial.disarm();
    if (!shown || shown->verification_uri.empty()) continue;
    const std::string uri = shown->verification_uri;
    if (uri == good->verification_uri) continue;  // its own, whatever the server says
    return failed("an error, or another address", "the user is shown " + std::string(kUnsafe[i]));
  }
  return passed();
}

constexpr Check kDeviceTroubleChecks[] = {
    {.id = "device.poll.timeout-backoff",
     .title = "After a poll without an answer the next one comes later",
     .clause = "RFC 8628 §3.5",
     .level = Level::must,
     .phase = Phase::device,
     .provokes = "a poll that is not answered before the client's time-out; where none can be "
                 "told, one whose connection breaks, which is a warning at most",
     .requires_ = "The next poll comes later than the interval says, or none does.",
     .mend = "Double the interval after each poll that brought no answer.",
     .needs = kPolling,
     .own_process = true,  // a login that is still polled for must not be another check's
     .run = &backs_off},
    {.id = "device.uri.safe",
     .title = "The user is not sent to an address that is none",
     .clause = "vendor's client",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::device,
     .provokes = "verification_uri with a script, a file, plain http elsewhere, a user name and a "
                 "line end",
     .requires_ = "The client refuses, or shows another address.",
     .mend = "Show https alone, and http on loopback; nothing with a user name or a control "
             "character in it.",
     .motive = "hyperframes normalizeSafeVerificationUri",
     .needs = {Capability::device},
     .own_process = true,  // a login that is still polled for must not be another check's
     .run = &uri_safe},
};

}  // namespace

std::span<const Check> device_trouble_checks() { return kDeviceTroubleChecks; }

}  // namespace heygen::conformance
