// Randomness that a seed fixes: the same seed and name give the same bytes on every machine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>

#include "mock_server/core/random.h"

namespace heygen::mock {

// SHA-256 in counter mode, keyed by seed and name. Fit for tests alone: whoever knows the seed
// knows every token. Thread-safe; with several threads the bytes are the same, who gets which is
// not.
class SeededRandom final : public RandomSource {
 public:
  SeededRandom(std::uint64_t seed, std::string_view name);
  void fill(std::span<std::byte> out) override;

 private:
  const std::array<unsigned char, 32> key_;
  std::mutex mutex_;
  std::uint64_t counter_ = 0;
  std::array<unsigned char, 32> block_{};
  std::size_t used_ = 32;
};

}  // namespace heygen::mock
