// A joined thread with a small stack: std::thread gives no say in it, and a pool of hundreds that
// each reserve 8 MiB is refused on small machines.
#pragma once

#include <pthread.h>

#include <functional>

namespace heygen::mock::wire {

class Thread {
 public:
  Thread() = default;
  // Throws std::system_error when the system has no thread to give.
  explicit Thread(std::function<void()> body);
  ~Thread() { join(); }
  Thread(Thread&& other) noexcept;
  Thread& operator=(Thread&& other) noexcept;
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  void join() noexcept;

 private:
  pthread_t thread_{};
  bool joinable_ = false;
};

}  // namespace heygen::mock::wire
