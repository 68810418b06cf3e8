// Hand-written fakes for the core's seams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>

#include "mock_server/core/clock.h"
#include "mock_server/core/random.h"

namespace heygen::mock::testing {

// A clock that moves only when it is told to. Not thread-safe.
class ManualClock final : public Clock {
 public:
  // 2026-01-01T00:00:00Z: a date in the past of whoever runs the tests shows what asks the system.
  explicit ManualClock(TimePoint start = TimePoint{std::chrono::seconds{1'767'225'600}})
      : now_(start) {}
  [[nodiscard]] TimePoint now() const override { return now_; }
  void advance(std::chrono::seconds by) { now_ = saturating_add(now_, by); }

 private:
  TimePoint now_;
};

// Bytes that follow from how many were drawn before: no two draws are alike, and each run of a test
// is like the last. Thread-safe.
class ScriptedRandom final : public RandomSource {
 public:
  void fill(std::span<std::byte> out) override {
    const std::lock_guard lock{mutex_};
    for (std::byte& b : out) {
      state_ = state_ * 6364136223846793005U + 1442695040888963407U;
      b = static_cast<std::byte>(state_ >> 56U);
    }
  }

 private:
  std::mutex mutex_;
  std::uint64_t state_ = 0;
};

}  // namespace heygen::mock::testing
