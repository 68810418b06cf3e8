// Randomness, as a seam: state and verifier come from here only.
#pragma once

#include <cstddef>
#include <span>

namespace heygen::client {

class RandomSource {
 public:
  RandomSource() = default;
  RandomSource(const RandomSource&) = delete;
  RandomSource& operator=(const RandomSource&) = delete;
  virtual ~RandomSource() = default;

  // Fills the whole span with unpredictable bytes. Thread-safe. Throws std::runtime_error when the
  // system has none to give: there is no sound way to go on.
  virtual void fill(std::span<std::byte> out) = 0;
};

}  // namespace heygen::client
