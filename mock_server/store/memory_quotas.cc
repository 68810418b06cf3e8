// MemoryStore: how often somebody has called.
#include "mock_server/store/memory.h"

namespace heygen::mock {

QuotaAnswer MemoryStore::take_quota(std::string_view key, std::int64_t limit,
                                    std::chrono::seconds window, TimePoint now) {
  const std::lock_guard lock(mutex_);
  auto it = quotas_.find(key);
  if (it == quotas_.end()) {
    while (quota_order_.size() >= limits_.quotas) {
      quotas_.erase(quota_order_.front());
      quota_order_.pop_front();
    }
    quota_order_.emplace_back(key);
    it = quotas_.try_emplace(std::string{key}, Quota{now, 0}).first;
  }
  Quota& quota = it->second;
  // A clock that was moved back must not leave a caller waiting for a window of the future.
  if (now < quota.begun || now >= saturating_add(quota.begun, window)) quota = {now, 0};
  const TimePoint until = saturating_add(quota.begun, window);
  if (quota.taken >= limit) return {false, until};
  ++quota.taken;
  return {true, until};
}

}  // namespace heygen::mock
