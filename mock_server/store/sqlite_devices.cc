// SqliteStore: devices (RFC 8628).
#include <utility>

#include "mock_server/store/records.h"
#include "mock_server/store/sqlite.h"
#include "mock_server/store/sqlite_file.h"
#include "mock_server/store/sqlite_values.h"

namespace heygen::mock {

static_assert(static_cast<int>(DeviceState::pending) == 0 &&
              static_cast<int>(DeviceState::approved) == 1 &&
              static_cast<int>(DeviceState::denied) == 2 &&
              static_cast<int>(DeviceState::spent) == 3);  // as the table has them

bool SqliteStore::put_device(DeviceRequest request) {
  const std::string digest = digest_of(std::exchange(request.device_code, {}));
  const std::string record = records::write(request);
  return file_->transact([&](SqliteConnection& c) {
    const int added = c.change(
        "INSERT INTO devices (sandbox, user_code, digest, record, interval) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (sandbox, user_code) DO NOTHING",
        sandbox_, request.user_code, digest, Blob{record}, std::int64_t{request.interval.count()});
    if (added == 0) return false;
    make_room_for(c,
                  "DELETE FROM devices WHERE seq IN (SELECT seq FROM devices WHERE sandbox = ? "
                  "ORDER BY seq DESC LIMIT -1 OFFSET ?)",
                  sandbox_, limits_.devices);
    return true;
  });
}

// Its device code is not told: it is not kept.
std::optional<StoredDevice> SqliteStore::find_device(std::string_view user_code) const {
  return file_->run([&](SqliteConnection& c) -> std::optional<StoredDevice> {
    Rows rows = c.query(
        "SELECT record, state, user, interval FROM devices WHERE sandbox = ? AND user_code = ?",
        sandbox_, user_code);
    if (!rows.next()) return std::nullopt;
    StoredDevice device;
    static_cast<DeviceRequest&>(device) = records::read_device(rows.text(0));
    device.state = static_cast<DeviceState>(rows.number(1));
    device.user = rows.text(2);
    device.interval = std::chrono::seconds{rows.number(3)};
    return device;
  });
}

DeviceDecision SqliteStore::decide_device(std::string_view user_code,
                                          std::optional<std::string_view> user, TimePoint now) {
  return file_->transact([&](SqliteConnection& c) {
    {
      Rows rows = c.query("SELECT record, state FROM devices WHERE sandbox = ? AND user_code = ?",
                          sandbox_, user_code);
      if (!rows.next()) return DeviceDecision::unknown;
      if (rows.number(1) != 0) return DeviceDecision::already_taken;
      if (now >= records::read_device(rows.text(0)).expires_at) return DeviceDecision::expired;
    }
    const auto state = user ? DeviceState::approved : DeviceState::denied;
    (void)c.change("UPDATE devices SET state = ?, user = ? WHERE sandbox = ? AND user_code = ?",
                   static_cast<std::int64_t>(state), user.value_or(""), sandbox_, user_code);
    return DeviceDecision::taken;
  });
}

DevicePoll SqliteStore::poll_device(std::string_view device_code, std::string_view client_id,
                                    const TokenSet& tokens, TimePoint now) {
  // RFC 8628 §3.5: the interval grows by five seconds with each slow_down.
  constexpr std::int64_t kStep = 5;
  return file_->transact([&](SqliteConnection& c) -> DevicePoll {
    std::int64_t seq = 0;
    DeviceRequest request;
    DeviceState state{};
    std::string user;
    std::int64_t interval = 0;
    std::optional<TimePoint> before;
    {
      Rows rows = c.query(
          "SELECT seq, record, state, user, interval, polled_at FROM devices "
          "WHERE sandbox = ? AND digest = ?",
          sandbox_, digest_of(device_code));
      if (!rows.next()) return DeviceUnknown{};
      seq = rows.number(0);
      request = records::read_device(rows.text(1));
      state = static_cast<DeviceState>(rows.number(2));
      user = rows.text(3);
      interval = rows.number(4);
      if (!rows.null(5)) before = rows.time(5);
    }
    if (request.client_id != client_id) return DeviceUnknown{};
    if (state == DeviceState::spent) return DeviceSpent{};
    if (state == DeviceState::denied) return DeviceDenied{};
    if (now >= request.expires_at) return DeviceExpired{};
    if (state == DeviceState::approved) {
      (void)c.change("UPDATE devices SET state = ? WHERE seq = ?",
                     static_cast<std::int64_t>(DeviceState::spent), seq);
      const GrantId grant = add_grant(c, request.client_id, user, request.scope);
      add_tokens(c, grant, device_code, tokens);
      return DeviceGranted{grant};
    }
    const bool early = before && now < saturating_add(*before, std::chrono::seconds{interval});
    if (early) interval += kStep;
    (void)c.change("UPDATE devices SET polled_at = ?, interval = ? WHERE seq = ?", now, interval,
                   seq);
    if (early) return DeviceSlowDown{std::chrono::seconds{interval}};
    return DevicePending{};
  });
}

}  // namespace heygen::mock
