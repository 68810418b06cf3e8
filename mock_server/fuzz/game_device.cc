// The device flow's moves (RFC 8628).
#include <array>

#include "mock_server/core/device.h"
#include "mock_server/fuzz/game.h"
#include "tests/fuzz/target.h"

namespace heygen::mock::game {

// A new request, a decision, or a poll.
void Game::device(std::string_view& bytes) {
  const unsigned what = fuzz::take_byte(bytes) % 4;
  const std::string client = fuzz::take_byte(bytes) % 2 == 0 ? "cli" : "other";
  if (what == 0 || devices_.empty()) {
    const auto started = start_device(context(), *store_.find_client(client), "openid");
    devices_.push_back({started.device_code, started.user_code, client, false, false,
                        saturating_add(clock_.now(), policy_.device_ttl)});
    return;
  }
  Device& device = devices_[fuzz::take_byte(bytes) % devices_.size()];
  const bool alive = clock_.now() < device.expires_at;
  if (what == 1) {
    const bool open = alive && !device.approved;
    const bool taken =
        store_.decide_device(device.user_code, "ann", clock_.now()) == DeviceDecision::taken;
    law(taken == open, "a device is decided once, and while its code lives");
    device.approved |= taken;
    return;
  }
  const auto given = poll_device(context(), *store_.find_client(client), device.device_code);
  const bool expected = alive && device.approved && !device.spent && device.client == client;
  law(given.ok() == expected, expected ? "an approved device gets its tokens"
                                       : "no tokens for a device that nobody approved, or twice");
  if (!given || !expected) return;
  device.spent = true;
  model_.give(model_.add_grant(client), *given);
  token_values_.push_back(given->access.value);
  if (given->refresh) token_values_.push_back(given->refresh->value);
}

}  // namespace heygen::mock::game
