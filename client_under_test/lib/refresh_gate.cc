#include "client_under_test/lib/refresh_gate.h"

#include <future>
#include <mutex>

namespace heygen::client {
namespace {

Result<TokenRecord> refresh_locked(const TokenRecord& seen, const RefreshSteps& steps) {
  const Result<std::unique_ptr<StoreLock>> lock = steps.lock();
  if (!lock) return lock.error();
  // Read again under the lock: another process may have refreshed while we waited for it.
  const std::optional<TokenRecord> current = steps.current();
  if (!current) return Error{ErrorKind::login_required, "not logged in"};
  if (current->access_token != seen.access_token) return *current;
  return steps.spend(*current);
}

class SingleFlightGate final : public RefreshGate {
 public:
  Result<TokenRecord> refresh(const TokenRecord& seen, const RefreshSteps& steps) override {
    std::promise<Result<TokenRecord>> promise;
    std::shared_future<Result<TokenRecord>> flight;
    {
      const std::lock_guard lock(mutex_);
      if (flight_.valid()) {
        flight = flight_;
      } else {
        flight_ = promise.get_future().share();
      }
    }
    if (flight.valid()) return flight.get();
    return lead(seen, steps, promise);
  }

 private:
  // Whatever happens, the waiters are released and the next caller starts afresh.
  Result<TokenRecord> lead(const TokenRecord& seen, const RefreshSteps& steps,
                           std::promise<Result<TokenRecord>>& promise) {
    try {
      Result<TokenRecord> outcome = refresh_locked(seen, steps);
      land();
      promise.set_value(outcome);
      return outcome;
    } catch (...) {
      land();
      promise.set_exception(std::current_exception());
      throw;
    }
  }

  void land() {
    const std::lock_guard lock(mutex_);
    flight_ = {};
  }

  std::mutex mutex_;
  std::shared_future<Result<TokenRecord>> flight_;
};

}  // namespace

std::unique_ptr<RefreshGate> make_single_flight_gate() {
  return std::make_unique<SingleFlightGate>();
}

}  // namespace heygen::client
