#include "mock_server/store/redis/pool.h"

#include <algorithm>
#include <utility>

#include "mock_server/core/store.h"

namespace heygen::mock::redis {
namespace {

constexpr std::chrono::milliseconds kFirstPause{10};
constexpr std::chrono::milliseconds kLongestPause{500};

}  // namespace

Pool::Pool(Address address, TimeLimits limits) : address_(std::move(address)), limits_(limits) {}

// Gives back what it holds, unless it was spoilt.
class Pool::Lease {
 public:
  explicit Lease(Pool& pool) : pool_(pool), connection_(pool.take()) {}
  ~Lease() { pool_.give_back(std::move(connection_)); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Connection& operator*() { return *connection_; }
  void spoilt() { connection_.reset(); }

 private:
  Pool& pool_;
  std::unique_ptr<Connection> connection_;
};

Reply Pool::run(const Command& command) {
  Lease lease{*this};
  try {
    return (*lease).run(command);
  } catch (...) {
    lease.spoilt();
    throw;
  }
}

std::unique_ptr<Connection> Pool::take() {
  std::unique_lock lock{mutex_};
  if (!returned_.wait_for(lock, limits_.command, [&] { return in_use_ < kMost; })) {
    throw StoreUnavailable(address_.shown() + ": all connections are in use");
  }
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (!connection->alive()) continue;
    ++in_use_;
    return connection;
  }
  if (pause_.count() > 0) {
    if (trying_ || Clock::now() < next_try_) throw StoreUnavailable(why_);
    trying_ = true;
  }
  ++in_use_;
  lock.unlock();
  try {
    auto connection = std::make_unique<Connection>(address_, limits_);
    reached();
    return connection;
  } catch (const std::exception& problem) {
    missed(problem.what());
    throw;
  }
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock{mutex_};
    --in_use_;
    if (connection) idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

void Pool::reached() {
  const std::lock_guard lock{mutex_};
  trying_ = false;
  pause_ = std::chrono::milliseconds{0};
}

void Pool::missed(const std::string& why) {
  {
    const std::lock_guard lock{mutex_};
    --in_use_;
    trying_ = false;
    pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
    next_try_ = Clock::now() + pause_;
    why_ = why;
  }
  returned_.notify_one();
}

}  // namespace heygen::mock::redis
