#include "client_under_test/lib/real_clock.h"

#include <algorithm>

namespace heygen::client {
namespace {

using std::chrono::milliseconds;

// The wall clock may be adjusted while we wait: look again at least this often.
constexpr milliseconds kLongestNap = std::chrono::seconds{30};

}  // namespace

Instant RealClock::now_locked() const {
  if (!base_) return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  const auto passed = std::chrono::steady_clock::now() - base_->taken;
  return base_->instant + std::chrono::floor<milliseconds>(passed);
}

Instant RealClock::now() const {
  const std::lock_guard lock(mutex_);
  return now_locked();
}

bool RealClock::wait_until(Instant deadline, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const Instant current = now_locked();
    if (current >= deadline) return true;
    const unsigned seen = settings_;
    const milliseconds nap = std::min<milliseconds>(deadline - current, kLongestNap);
    changed_.wait_for(lock, stop, nap, [&] { return settings_ != seen; });
  }
  return false;
}

void RealClock::set(Instant instant) {
  {
    const std::lock_guard lock(mutex_);
    base_ = Base{instant, std::chrono::steady_clock::now()};
    ++settings_;
  }
  changed_.notify_all();
}

}  // namespace heygen::client
