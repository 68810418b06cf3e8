#include "mock_server/control/secrets.h"

#include <algorithm>
#include <utility>

namespace heygen::mock {

bool is_known_secret(const Sandbox& box, std::string_view text) {
  if (text.empty()) return false;
  const Store& store = box.store();
  if (store.find_token(text, box.clock().now()) || store.find_code(text)) return true;
  const auto settings = box.settings();
  if (std::ranges::find(settings->config.api_keys, text) != settings->config.api_keys.end()) {
    return true;
  }
  return std::ranges::any_of(store.clients(), [&](const auto& c) { return c->secret == text; });
}

std::function<bool(std::string_view)> secrets_of(std::weak_ptr<Sandbox> sandbox) {
  return [held = std::move(sandbox)](std::string_view text) {
    const auto box = held.lock();
    return box && is_known_secret(*box, text);
  };
}

}  // namespace heygen::mock
