#include "mock_server/faults/barrier.h"

#include <optional>

namespace heygen::mock {

// Outlives its release, so that a member who wakes late does not read the next group's fate.
struct Barrier::Group {
  std::chrono::steady_clock::time_point deadline;
  std::uint32_t size = 0;
  std::optional<Released> released;
};

Barrier::Released Barrier::arrive() {
  std::unique_lock lock{mutex_};
  if (open_) return Released::opened;
  if (!gathering_) {
    gathering_ = std::make_shared<Group>();
    gathering_->deadline = std::chrono::steady_clock::now() + spec_.timeout;
  }
  const auto mine = gathering_;
  if (++mine->size >= spec_.parties) {
    release(Released::complete);
  } else if (!changed_.wait_until(lock, mine->deadline,
                                  [&] { return mine->released.has_value(); })) {
    release(Released::timeout);  // it is `mine` that gathers, since nobody has released it
  }
  return *mine->released;
}

void Barrier::open() {
  const std::lock_guard lock{mutex_};
  open_ = true;
  if (gathering_) release(Released::opened);
}

std::uint32_t Barrier::waiting() const {
  const std::lock_guard lock{mutex_};
  return gathering_ ? gathering_->size : 0;
}

void Barrier::release(Released how) {
  gathering_->released = how;
  gathering_.reset();
  changed_.notify_all();
}

}  // namespace heygen::mock
