// Deadlines, one for each owner: an indexed binary heap, so that moving a deadline costs O(log n)
// and leaves nothing stale behind.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "mock_server/wire/io_time.h"

namespace heygen::mock::wire {

// What has a deadline derives from this. It must be cancelled before it is destroyed.
class Timer {
 private:
  friend class Timers;
  static constexpr std::size_t kUnarmed = static_cast<std::size_t>(-1);
  std::size_t slot_ = kUnarmed;
};

// Thread-safe.
class Timers {
 public:
  // Sets or moves the deadline. True when it is now the earliest of all, so that who waits for it
  // has to be told.
  bool arm(Timer& timer, IoTime when);
  void cancel(Timer& timer);

  [[nodiscard]] std::optional<IoTime> earliest() const;

  // Takes out what is due at `now`, earliest first.
  void take_due(IoTime now, std::vector<Timer*>& due);

 private:
  struct Entry {
    IoTime when;
    Timer* timer = nullptr;
  };

  void place(std::size_t slot, Entry entry);
  void sift_up(std::size_t slot, Entry entry);
  void sift_down(std::size_t slot, Entry entry);
  void remove(std::size_t slot);

  mutable std::mutex mutex_;
  std::vector<Entry> heap_;
};

}  // namespace heygen::mock::wire
