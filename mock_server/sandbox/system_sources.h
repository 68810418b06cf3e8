// The one place that asks the system for the time and for randomness.
#pragma once

#include "mock_server/core/clock.h"
#include "mock_server/core/random.h"

namespace heygen::mock {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
};

class SystemRandom final : public RandomSource {
 public:
  void fill(std::span<std::byte> out) override;  // throws std::runtime_error when OpenSSL cannot
};

}  // namespace heygen::mock
