#include "mock_server/sandbox/virtual_clock.h"

#include <utility>

namespace heygen::mock {
namespace {

bool in_range(TimePoint t) { return t >= kEarliest && t <= kLatest; }

}  // namespace

TimePoint VirtualClock::now_locked() const { return frozen_ ? stands_at_ : base_.now() + offset_; }

VirtualClock::Reading VirtualClock::read() const {
  const std::lock_guard lock{mutex_};
  const auto mode = frozen_ ? Mode::frozen : offset_.count() != 0 ? Mode::offset : Mode::real;
  return {now_locked(), mode};
}

bool VirtualClock::advance(std::chrono::milliseconds by) {
  {
    const std::lock_guard lock{mutex_};
    const TimePoint from = now_locked();
    // Compared this way round, so that no sum can overflow.
    if (by > kLatest - from || by < kEarliest - from) return false;
    if (frozen_) {
      stands_at_ += by;
    } else {
      offset_ += by;
    }
  }
  tell();
  return true;
}

bool VirtualClock::set(TimePoint to) {
  if (!in_range(to)) return false;
  {
    const std::lock_guard lock{mutex_};
    if (frozen_) {
      stands_at_ = to;
    } else {
      offset_ = to - base_.now();
    }
  }
  tell();
  return true;
}

void VirtualClock::freeze() {
  {
    const std::lock_guard lock{mutex_};
    if (frozen_) return;
    stands_at_ = now_locked();
    frozen_ = true;
  }
  tell();
}

void VirtualClock::thaw() {
  {
    const std::lock_guard lock{mutex_};
    if (!frozen_) return;
    offset_ = stands_at_ - base_.now();
    frozen_ = false;
  }
  tell();
}

void VirtualClock::reset() {
  {
    const std::lock_guard lock{mutex_};
    offset_ = std::chrono::milliseconds{0};
    frozen_ = false;
  }
  tell();
}

void VirtualClock::on_move(std::function<void()> moved) {
  const std::lock_guard lock{mutex_};
  moved_ = std::move(moved);
}

void VirtualClock::tell() const {
  std::function<void()> moved;
  {
    const std::lock_guard lock{mutex_};
    moved = moved_;
  }
  if (moved) moved();
}

}  // namespace heygen::mock
