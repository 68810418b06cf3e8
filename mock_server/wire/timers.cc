#include "mock_server/wire/timers.h"

namespace heygen::mock::wire {

bool Timers::arm(Timer& timer, IoTime when) {
  const std::lock_guard lock(mutex_);
  const Entry entry{when, &timer};
  if (timer.slot_ == Timer::kUnarmed) {
    heap_.emplace_back();
    sift_up(heap_.size() - 1, entry);
  } else if (when < heap_[timer.slot_].when) {
    sift_up(timer.slot_, entry);
  } else {
    sift_down(timer.slot_, entry);
  }
  return timer.slot_ == 0;
}

void Timers::cancel(Timer& timer) {
  const std::lock_guard lock(mutex_);
  if (timer.slot_ != Timer::kUnarmed) remove(timer.slot_);
}

std::optional<IoTime> Timers::earliest() const {
  const std::lock_guard lock(mutex_);
  if (heap_.empty()) return std::nullopt;
  return heap_.front().when;
}

void Timers::take_due(IoTime now, std::vector<Timer*>& due) {
  const std::lock_guard lock(mutex_);
  while (!heap_.empty() && heap_.front().when <= now) {
    due.push_back(heap_.front().timer);
    remove(0);
  }
}

void Timers::place(std::size_t slot, Entry entry) {
  heap_[slot] = entry;
  entry.timer->slot_ = slot;
}

void Timers::sift_up(std::size_t slot, Entry entry) {
  while (slot > 0) {
    const auto parent = (slot - 1) / 2;
    if (heap_[parent].when <= entry.when) break;
    place(slot, heap_[parent]);
    slot = parent;
  }
  place(slot, entry);
}

void Timers::sift_down(std::size_t slot, Entry entry) {
  for (;;) {
    auto child = 2 * slot + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].when < heap_[child].when) ++child;
    if (entry.when <= heap_[child].when) break;
    place(slot, heap_[child]);
    slot = child;
  }
  place(slot, entry);
}

void Timers::remove(std::size_t slot) {
  heap_[slot].timer->slot_ = Timer::kUnarmed;
  const auto last = heap_.back();
  heap_.pop_back();
  if (slot == heap_.size()) return;
  if (slot > 0 && last.when < heap_[(slot - 1) / 2].when) {
    sift_up(slot, last);
  } else {
    sift_down(slot, last);
  }
}

}  // namespace heygen::mock::wire
