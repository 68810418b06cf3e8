// The mock's own store with a verb or two that go wrong: a class that overrides them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

#include "conformance/flawed/server_seams.h"
#include "mock_server/store/memory.h"

namespace heygen::conformance {

// A store of that kind for each sandbox.
template <typename Flawed, typename... Given>
MakeStore store_of(Given... given) {
  return [given...] { return std::make_unique<Flawed>(given...); };
}

// Between what a flawed store reads and what it writes: the window that a race needs, as long as it
// takes until another request stands in it. Who is alone goes on after a while. Thread-safe.
class Window {
 public:
  void wait_for_another() {
    constexpr std::chrono::milliseconds kAlone{100};
    std::unique_lock lock(mutex_);
    if (one_waits_) {
      one_waits_ = false;
      ++pairs_;
      met_.notify_all();
      return;
    }
    one_waits_ = true;
    const auto mine = pairs_;
    if (!met_.wait_for(lock, kAlone, [&] { return pairs_ != mine; })) one_waits_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable met_;
  bool one_waits_ = false;
  unsigned pairs_ = 0;
};

}  // namespace heygen::conformance
