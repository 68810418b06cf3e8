// A device login under way (RFC 8628), whose polls the check waits for by moving the clocks.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "conformance/expect.h"

namespace heygen::conformance {

// RFC 8628 §3.2, and what the mock names unless it is told otherwise.
inline constexpr std::chrono::seconds kDeviceInterval{5};

// The mock's clock stands still at a whole second from now on, and the subject's is set to it: the
// time of a poll is told to the second.
void stop_clock(Trial& trial);

// Begun; ends the check when that fails. The device code is in the trial's secrets.
DeviceChallenge begin_device(Trial& trial, std::string_view session = kFirst);

// Moves the clocks in one go, once the subject has taken in the last answer; the poll that comes of
// it within a moment, if one does.
std::optional<Seen> poll_within(Trial& trial, Mark since, std::chrono::seconds span);
// The next poll after the mark: after this time, or later; nothing when none comes within minutes.
std::optional<Seen> next_poll(Trial& trial, Mark since,
                              std::chrono::seconds expected = kDeviceInterval);
// A device login whose first poll has come, and was answered; ends the check when none does.
DeviceChallenge begin_polling(Trial& trial, std::string_view session = kFirst);

// No poll sooner than this after the last; then one. The clocks have not been moved since the last.
Verdict expect_next_poll_after(Trial& trial, std::chrono::seconds gap);

// Polls alone, and no other request of the token endpoint.
Fault at_polls();
// The answers to polls from now on, until disarmed.
Fault poll_answer(std::string_view error);

// Polling is in the background: the state is asked for until it is this, for a second at most.
Verdict expect_state_soon(Trial& trial, LoginState wanted, std::string_view session = kFirst);

}  // namespace heygen::conformance
