// epoll, edge-triggered: one wait serves every worker, each event wakes one of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "mock_server/wire/unique_fd.h"
#include "mock_server/wire/wake_fd.h"

namespace heygen::mock::wire {

struct ReactorEvent {
  void* owner = nullptr;   // null: wake_all() was called
  std::uint32_t mask = 0;  // EPOLL* bits
};

// Thread-safe. An event may come after its socket was closed, when another thread had taken it up
// already: owners must outlive the reactor's waiters.
class Reactor {
 public:
  Reactor();

  // Reports when the socket becomes readable or breaks. False when the kernel refuses.
  bool add(int fd, void* owner) const noexcept;
  void remove(int fd) const noexcept;
  // Adds "becomes writable", and reports at once when it is.
  void watch_writable(int fd, void* owner) const noexcept;

  // One event, so that no worker holds another's while its handler blocks; nothing on time-out
  // (a negative one is never).
  [[nodiscard]] std::optional<ReactorEvent> wait(std::chrono::milliseconds timeout) const noexcept;

  // From now on every wait returns at once with a null owner.
  void wake_all() const noexcept;

 private:
  UniqueFd epoll_;
  WakeFd wake_;
};

}  // namespace heygen::mock::wire
