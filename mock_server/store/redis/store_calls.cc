// RedisStore: devices (RFC 8628), quotas, calls that may be repeated.
#include <utility>

#include "mock_server/store/records.h"
#include "mock_server/store/redis/answers.h"
#include "mock_server/store/redis/store.h"

namespace heygen::mock::redis {
namespace {

DeviceState device_state(std::string_view name) {
  if (name == "pending") return DeviceState::pending;
  if (name == "approved") return DeviceState::approved;
  if (name == "denied") return DeviceState::denied;
  if (name == "spent") return DeviceState::spent;
  refuse_outcome(name);
}

}  // namespace

bool RedisStore::put_device(DeviceRequest request) {
  const Reply reply = run(
      "put_device", {request.user_code, request.device_code, records::write(request),
                     request.client_id, request.scope, records::write_time(request.expires_at),
                     std::to_string(request.interval.count()), std::to_string(limits_.devices)});
  return flag_at(reply, 1);
}

std::optional<StoredDevice> RedisStore::find_device(std::string_view user_code) const {
  const Reply reply = run("find_device", {std::string{user_code}});
  const auto record = optional_text_at(reply, 1);
  if (!record) return std::nullopt;
  StoredDevice device;
  static_cast<DeviceRequest&>(device) = records::read_device(*record);
  device.state = device_state(text_at(reply, 2));
  device.user = text_at(reply, 3);
  device.interval = std::chrono::seconds{integer_at(reply, 4)};
  return device;
}

DeviceDecision RedisStore::decide_device(std::string_view user_code,
                                         std::optional<std::string_view> user, TimePoint now) {
  const Reply reply =
      run("decide_device", {std::string{user_code}, user ? "1" : "0",
                            std::string{user.value_or("")}, records::write_time(now)});
  const std::string_view what = outcome(reply);
  if (what == "taken") return DeviceDecision::taken;
  if (what == "already_taken") return DeviceDecision::already_taken;
  if (what == "expired") return DeviceDecision::expired;
  if (what == "unknown") return DeviceDecision::unknown;
  refuse_outcome(what);
}

DevicePoll RedisStore::poll_device(std::string_view device_code, std::string_view client_id,
                                   const TokenSet& tokens, TimePoint now) {
  Arguments arguments{std::string{device_code}, std::string{client_id}, records::write_time(now)};
  append(arguments, tokens);
  const Reply reply = run("poll_device", std::move(arguments));
  const std::string_view what = outcome(reply);
  if (what == "granted") return DeviceGranted{grant_at(reply, 1)};
  if (what == "pending") return DevicePending{};
  if (what == "slow_down") return DeviceSlowDown{std::chrono::seconds{integer_at(reply, 1)}};
  if (what == "denied") return DeviceDenied{};
  if (what == "expired") return DeviceExpired{};
  if (what == "spent") return DeviceSpent{};
  if (what == "unknown") return DeviceUnknown{};
  refuse_outcome(what);
}

QuotaAnswer RedisStore::take_quota(std::string_view key, std::int64_t limit,
                                   std::chrono::seconds window, TimePoint now) {
  const auto length = saturating_add(TimePoint{}, window);
  const Reply reply =
      run("take_quota", {std::string{key}, std::to_string(limit), records::write_time(length),
                         records::write_time(now), std::to_string(limits_.quotas)});
  return {flag_at(reply, 1), saturating_add(time_at(reply, 2), window)};
}

CallOutcome RedisStore::begin_call(std::string_view key, std::string_view digest,
                                   std::chrono::seconds lease, TimePoint now) {
  const Reply reply =
      run("begin_call",
          {std::string{key}, std::string{digest}, records::write_time(now),
           records::write_time(saturating_add(now, lease)), std::to_string(limits_.calls)});
  const std::string_view what = outcome(reply);
  if (what == "begun") return CallBegun{};
  if (what == "in_progress") return CallInProgress{};
  if (what == "differs") return CallDiffers{};
  if (what == "answered") {
    return CallAnswered{records::read_answer(text_at(reply, 1)), time_at(reply, 2)};
  }
  refuse_outcome(what);
}

void RedisStore::end_call(std::string_view key, std::optional<KeptAnswer> answer, TimePoint until) {
  run("end_call",
      {std::string{key}, answer ? records::write(*answer) : "", records::write_time(until)});
}

}  // namespace heygen::mock::redis
