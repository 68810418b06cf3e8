// Time as the core sees it: an argument. Nothing in this folder asks the system for it.
#pragma once

#include <chrono>
#include <limits>

namespace heygen::mock {

// Milliseconds since the Unix epoch, UTC. Covers far more than the years 1 to 9999.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

inline constexpr TimePoint kNever = TimePoint::max();

// t + d, stopping at the ends of the range: a policy of 2^62 seconds must not expire in the past.
constexpr TimePoint saturating_add(TimePoint t, std::chrono::seconds d) noexcept {
  using Ms = std::chrono::milliseconds;
  constexpr auto kMax = std::numeric_limits<Ms::rep>::max();
  constexpr auto kMin = std::numeric_limits<Ms::rep>::min();
  const auto base = t.time_since_epoch().count();
  if (d.count() > 0 && (d.count() > kMax / 1000 || base > kMax - d.count() * 1000)) {
    return TimePoint::max();
  }
  if (d.count() < 0 && (d.count() < kMin / 1000 || base < kMin - d.count() * 1000)) {
    return TimePoint::min();
  }
  return t + d;
}

// Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
};

}  // namespace heygen::mock
