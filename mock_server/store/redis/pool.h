// The connections of this process to one Redis. For this folder.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "mock_server/store/redis/connection.h"

namespace heygen::mock::redis {

// Thread-safe. A command waits for a connection, makes one, or throws StoreUnavailable; never
// longer than the time limits say.
//
// When Redis cannot be reached, one caller at a time tries, at growing distances; the others are
// told so at once. Otherwise each of a thousand requests would wait for its own time-out.
class Pool {
 public:
  static constexpr std::size_t kMost = 64;

  explicit Pool(Address address, TimeLimits limits = {});

  Reply run(const Command& command);

  [[nodiscard]] const Address& address() const noexcept { return address_; }

 private:
  using Clock = std::chrono::steady_clock;
  class Lease;
  std::unique_ptr<Connection> take();
  void give_back(std::unique_ptr<Connection> connection);  // null: it is of no use any more
  void reached();
  void missed(const std::string& why);

  const Address address_;
  const TimeLimits limits_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t in_use_ = 0;
  std::chrono::milliseconds pause_{0};  // until the next try; 0: the last one succeeded
  Clock::time_point next_try_;
  bool trying_ = false;
  std::string why_;  // the last failure
};

}  // namespace heygen::mock::redis
