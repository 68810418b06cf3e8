// Makes requests overlap: each waits until enough of them are there.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "mock_server/faults/rule.h"

namespace heygen::mock {

// Thread-safe. Goes round and round: when one group has left, the next may gather.
class Barrier {
 public:
  explicit Barrier(BarrierSpec spec) : spec_(spec) {}
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;

  enum class Released : std::uint8_t {
    complete,  // all parties came
    timeout,   // the real time since the group's first arrival was over
    opened,    // open() was called
  };
  // Waits. Everyone in a group is released together and told the same.
  Released arrive();
  // Lets all go, now and from now on.
  void open();
  [[nodiscard]] std::uint32_t waiting() const;

 private:
  struct Group;
  void release(Released how);  // the group that gathers; with the lock held

  const BarrierSpec spec_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<Group> gathering_;  // null: nobody waits
  bool open_ = false;
};

}  // namespace heygen::mock
