// Time, as a seam: the library reads it from here only. Implementations are thread-safe.
#pragma once

#include <chrono>
#include <stop_token>

namespace heygen::client {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual Instant now() const = 0;

  // Blocks until now() has reached the deadline (true) or a stop is asked for (false).
  virtual bool wait_until(Instant deadline, const std::stop_token& stop) = 0;
};

}  // namespace heygen::client
