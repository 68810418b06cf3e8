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

// How far a clock is from its base, as a value. `base` is what the base says now.
struct ClockState {
  std::chrono::milliseconds offset{0};
  bool frozen = false;
  TimePoint stands_at{};  // while frozen

  friend bool operator==(const ClockState&, const ClockState&) = default;
  [[nodiscard]] TimePoint now(TimePoint base) const { return frozen ? stands_at : base + offset; }

  // False, and nothing changed, when the time would leave kEarliest..kLatest.
  bool advance(std::chrono::milliseconds by, TimePoint base);  // negative: back; frozen stays so
  bool set(TimePoint to, TimePoint base);
  void freeze(TimePoint base);
  void thaw(TimePoint base);  // goes on from where it stands
};

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
  using Keep = std::function<void(const ClockState&)>;
  using Edit = std::function<bool(ClockState&, TimePoint base)>;

  explicit VirtualClock(const Clock& base) : base_(base) {}

  [[nodiscard]] TimePoint now() const override { return read().now; }
  [[nodiscard]] Reading read() const;

  // False, and nothing changed, when the time would leave kEarliest..kLatest.
  bool advance(std::chrono::milliseconds by);  // negative: back; a frozen clock stays frozen
  bool set(TimePoint to);
  void freeze();
  void thaw();   // goes on from where it stands
  void reset();  // the base's time again

  // Several of these as one change, unless `edit` says false. `keep` is called with what comes of
  // it, the clock held: when it throws, nothing was changed. Null: what keep_with() was given.
  bool change(const Edit& edit, const Keep& keep);
  // Called so by all of the above from now on.
  void keep_with(Keep keep);
  void restore(const ClockState& state);  // as it was kept; keeps nothing

  // Called after each change, by whoever made it, without a lock. Replaces the one before.
  void on_move(std::function<void()> moved);

 private:
  const Clock& base_;
  mutable std::mutex mutex_;
  ClockState state_;
  Keep keep_;
  std::function<void()> moved_;
};

}  // namespace heygen::mock
