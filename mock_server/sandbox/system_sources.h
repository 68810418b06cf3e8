// The one place that asks the system for the time and for randomness.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <span>

#include "mock_server/core/clock.h"
#include "mock_server/core/random.h"

namespace heygen::mock {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
};

// Thread-safe. Asks OpenSSL for many bytes at once: its generator takes a microsecond for any
// number of them. What was given is wiped.
class SystemRandom final : public RandomSource {
 public:
  void fill(std::span<std::byte> out) override;  // throws std::runtime_error when OpenSSL cannot

 private:
  std::mutex mutex_;
  std::array<std::byte, 4096> pool_{};
  std::size_t left_ = 0;
};

}  // namespace heygen::mock
