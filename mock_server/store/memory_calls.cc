// MemoryStore: calls that may be repeated.
#include <algorithm>
#include <utility>

#include "mock_server/store/memory.h"

namespace heygen::mock {

CallOutcome MemoryStore::begin_call(std::string_view key, std::string_view digest,
                                    std::chrono::seconds lease, TimePoint now) {
  const std::lock_guard lock(mutex_);
  RepeatableCall fresh{std::string{digest}, now, saturating_add(now, lease), std::nullopt};
  const auto it = calls_.find(key);
  if (it != calls_.end() && now < it->second.expires_at) {
    const RepeatableCall& known = it->second;
    if (known.digest != digest) return CallDiffers{};
    if (!known.answer) return CallInProgress{};
    return CallAnswered{*known.answer, known.begun};
  }
  if (it != calls_.end()) {
    it->second = std::move(fresh);
    return CallBegun{};
  }
  while (call_order_.size() >= limits_.calls) {
    calls_.erase(call_order_.front());
    call_order_.pop_front();
  }
  call_order_.emplace_back(key);
  calls_.try_emplace(std::string{key}, std::move(fresh));
  return CallBegun{};
}

void MemoryStore::end_call(std::string_view key, std::optional<KeptAnswer> answer,
                           TimePoint until) {
  const std::lock_guard lock(mutex_);
  const auto it = calls_.find(key);
  if (it == calls_.end()) return;  // forgotten meanwhile
  if (answer) {
    it->second.answer = std::move(answer);
    it->second.expires_at = until;
    return;
  }
  calls_.erase(it);
  call_order_.erase(std::ranges::find(call_order_, key));
}

}  // namespace heygen::mock
