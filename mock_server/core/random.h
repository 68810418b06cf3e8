// Randomness as the core sees it: an argument. Nothing in this folder draws its own.
#pragma once

#include <cstddef>
#include <span>

namespace heygen::mock {

// Implementations are thread-safe and fit for secrets, unless they were seeded on purpose.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual void fill(std::span<std::byte> out) = 0;
};

}  // namespace heygen::mock
