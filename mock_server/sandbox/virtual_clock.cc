#include "mock_server/sandbox/virtual_clock.h"

#include <utility>

namespace heygen::mock {

bool ClockState::advance(std::chrono::milliseconds by, TimePoint base) {
  const TimePoint from = now(base);
  // Compared this way round, so that no sum can overflow.
  if (by > kLatest - from || by < kEarliest - from) return false;
  if (frozen) {
    stands_at += by;
  } else {
    offset += by;
  }
  return true;
}

bool ClockState::set(TimePoint to, TimePoint base) {
  if (to < kEarliest || to > kLatest) return false;
  if (frozen) {
    stands_at = to;
  } else {
    offset = to - base;
  }
  return true;
}

void ClockState::freeze(TimePoint base) {
  if (frozen) return;
  stands_at = now(base);
  frozen = true;
}

void ClockState::thaw(TimePoint base) {
  if (!frozen) return;
  offset = stands_at - base;
  frozen = false;
}

VirtualClock::Reading VirtualClock::read() const {
  const std::lock_guard lock{mutex_};
  const auto mode = state_.frozen                ? Mode::frozen
                    : state_.offset.count() != 0 ? Mode::offset
                                                 : Mode::real;
  return {state_.now(base_.now()), mode};
}

bool VirtualClock::advance(std::chrono::milliseconds by) {
  return change([by](ClockState& state, TimePoint base) { return state.advance(by, base); }, {});
}

bool VirtualClock::set(TimePoint to) {
  return change([to](ClockState& state, TimePoint base) { return state.set(to, base); }, {});
}

void VirtualClock::freeze() {
  change([](ClockState& state, TimePoint base) { return state.freeze(base), true; }, {});
}

void VirtualClock::thaw() {
  change([](ClockState& state, TimePoint base) { return state.thaw(base), true; }, {});
}

void VirtualClock::reset() {
  change([](ClockState& state, TimePoint) { return state = {}, true; }, {});
}

bool VirtualClock::change(const Edit& edit, const Keep& keep) {
  std::function<void()> moved;
  {
    const std::lock_guard lock{mutex_};
    ClockState next = state_;
    if (!edit(next, base_.now())) return false;
    if (next == state_ && !keep) return true;  // nothing moved
    const Keep& keeps = keep ? keep : keep_;
    if (keeps) keeps(next);
    state_ = next;
    moved = moved_;
  }
  if (moved) moved();
  return true;
}

void VirtualClock::keep_with(Keep keep) {
  const std::lock_guard lock{mutex_};
  keep_ = std::move(keep);
}

void VirtualClock::restore(const ClockState& state) {
  const std::lock_guard lock{mutex_};
  state_ = state;
}

void VirtualClock::on_move(std::function<void()> moved) {
  const std::lock_guard lock{mutex_};
  moved_ = std::move(moved);
}

}  // namespace heygen::mock
