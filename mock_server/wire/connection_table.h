// Every connection of a listener, open or waiting to be used again. Their memory is never given
// back while the listener lives, so that a late event finds an object, if an idle one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

#include "mock_server/wire/connection.h"

namespace heygen::mock::wire {

// Thread-safe.
class ConnectionTable {
 public:
  // A connection to open; nothing when `limit` are open.
  Connection* take(const ConnectionContext& context, std::size_t limit);
  // `connection` is closed and may be taken again.
  void give_back(Connection& connection);

  [[nodiscard]] std::size_t open() const;
  // All there are, open or not: signals to those that are not are without effect.
  [[nodiscard]] std::vector<Connection*> all();
  // Those idle or half-sent for longest, at most `count`.
  [[nodiscard]] std::vector<Connection*> longest_waiting(std::size_t count);
  // False on time-out.
  bool wait_until_none_is_open(std::chrono::milliseconds timeout);

 private:
  mutable std::mutex mutex_;
  std::condition_variable none_open_;
  std::deque<Connection> connections_;
  std::vector<Connection*> free_;
};

}  // namespace heygen::mock::wire
