// The one place that reads the operating system's randomness.
#pragma once

#include "client_under_test/lib/random.h"

namespace heygen::client {

class OsRandom final : public RandomSource {
 public:
  void fill(std::span<std::byte> out) override;
};

}  // namespace heygen::client
