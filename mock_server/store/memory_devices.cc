// MemoryStore: devices (RFC 8628).
#include <utility>

#include "mock_server/store/memory.h"

namespace heygen::mock {
namespace {

using Lock = std::lock_guard<std::mutex>;

}  // namespace

bool MemoryStore::put_device(DeviceRequest request) {
  const Lock lock(mutex_);
  if (devices_.contains(request.user_code)) return false;
  while (device_order_.size() >= limits_.devices) {
    if (const auto oldest = devices_.find(device_order_.front()); oldest != devices_.end()) {
      user_codes_.erase(oldest->second.device_code);
      devices_.erase(oldest);
    }
    device_order_.pop_front();
  }
  device_order_.push_back(request.user_code);
  user_codes_.insert_or_assign(request.device_code, request.user_code);
  DeviceRecord record;
  static_cast<DeviceRequest&>(record) = std::move(request);
  std::string key = record.user_code;
  devices_.emplace(std::move(key), std::move(record));
  return true;
}

std::optional<StoredDevice> MemoryStore::find_device(std::string_view user_code) const {
  const Lock lock(mutex_);
  const auto it = devices_.find(user_code);
  if (it == devices_.end()) return std::nullopt;
  return static_cast<const StoredDevice&>(it->second);
}

DeviceDecision MemoryStore::decide_device(std::string_view user_code,
                                          std::optional<std::string_view> user, TimePoint now) {
  const Lock lock(mutex_);
  const auto it = devices_.find(user_code);
  if (it == devices_.end()) return DeviceDecision::unknown;
  DeviceRecord& device = it->second;
  if (device.state != DeviceState::pending) return DeviceDecision::already_taken;
  if (now >= device.expires_at) return DeviceDecision::expired;
  device.state = user ? DeviceState::approved : DeviceState::denied;
  device.user = user.value_or("");
  return DeviceDecision::taken;
}

DevicePoll MemoryStore::poll_device(std::string_view device_code, std::string_view client_id,
                                    const TokenSet& tokens, TimePoint now) {
  // RFC 8628 §3.5: the interval grows by five seconds with each slow_down.
  constexpr std::chrono::seconds kStep{5};
  const Lock lock(mutex_);
  const auto code = user_codes_.find(device_code);
  if (code == user_codes_.end()) return DeviceUnknown{};
  DeviceRecord& device = devices_.find(code->second)->second;
  if (device.client_id != client_id) return DeviceUnknown{};
  switch (device.state) {
    case DeviceState::spent:
      return DeviceSpent{};
    case DeviceState::denied:
      return DeviceDenied{};
    case DeviceState::pending:
    case DeviceState::approved:
      break;
  }
  if (now >= device.expires_at) return DeviceExpired{};
  if (device.state == DeviceState::approved) {
    device.state = DeviceState::spent;
    Grant& grant = add_grant(device.client_id, device.user, device.scope);
    const GrantId id = grant.id;
    add_tokens(grant, fingerprint_of(device_code), tokens);
    make_room(tokens.issued_at);
    return DeviceGranted{id};
  }
  const auto before = std::exchange(device.polled_at, now);
  if (before && now < saturating_add(*before, device.interval)) {
    device.interval += kStep;
    return DeviceSlowDown{device.interval};
  }
  return DevicePending{};
}

}  // namespace heygen::mock
