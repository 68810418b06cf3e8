// The one place that reads the machine's clocks.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "client_under_test/lib/clock.h"

namespace heygen::client {

// The wall clock, until set(): from then on the given instant plus the monotonic time since, so
// that time still passes but no adjustment of the machine's clock is seen.
class RealClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  bool wait_until(Instant deadline, const std::stop_token& stop) override;

  // Wakes every waiter whose deadline this passes.
  void set(Instant instant);

 private:
  struct Base {
    Instant instant;
    std::chrono::steady_clock::time_point taken;
  };

  [[nodiscard]] Instant now_locked() const;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Base> base_;
  unsigned settings_ = 0;
};

}  // namespace heygen::client
