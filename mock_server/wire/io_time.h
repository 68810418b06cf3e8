// I/O time: time-outs and delays on sockets are real, whatever a sandbox's own clock says.
#pragma once

#include <chrono>

namespace heygen::mock::wire {

using IoClock = std::chrono::steady_clock;
using IoTime = IoClock::time_point;

inline constexpr IoTime kNever = IoTime::max();

}  // namespace heygen::mock::wire
