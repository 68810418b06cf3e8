// A clock that is set, moved and stopped by hand, over a base clock that goes by itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>

#include "mock_server/core/clock.h"

namespace heygen::mock {

// The years 1 to 9999: what an ISO 8601 date can say, and all the contract lets a clock be set to.
inline constexpr TimePoint kEarliest{std::chrono::sys_days{std::chrono::year{1} / 1 / 1}};
inline constexpr TimePoint kLatest{std::chrono::sys_days{std::chrono::year{10000} / 1 / 1} -
                                   std::chrono::milliseconds{1}};

// Thread-safe. The base must outlive it.
class VirtualClock final : public Clock {
 public:
  enum class Mode : std::uint8_t {
    real,    // follows the base
    offset,  // follows the base at a distance
    frozen,  // stands still
  };
  struct Reading {
    TimePoint now;
    Mode mode = Mode::real;
  };

  explicit VirtualClock(const Clock& base) : base_(base) {}

  [[nodiscard]] TimePoint now() const override { return read().now; }
  [[nodiscard]] Reading read() const;

  // False, and nothing changed, when the time would leave kEarliest..kLatest.
  bool advance(std::chrono::milliseconds by);  // negative: back; a frozen clock stays frozen
  bool set(TimePoint to);
  void freeze();
  void thaw();   // goes on from where it stands
  void reset();  // the base's time again

  // Called after each of these five, by whoever called it, without a lock. Replaces the one before.
  void on_move(std::function<void()> moved);

 private:
  [[nodiscard]] TimePoint now_locked() const;
  void tell() const;

  const Clock& base_;
  mutable std::mutex mutex_;
  std::chrono::milliseconds offset_{0};
  bool frozen_ = false;
  TimePoint stands_at_;
  std::function<void()> moved_;
};

}  // namespace heygen::mock
