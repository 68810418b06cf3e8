#include "mock_server/control/secrets.h"

#include <algorithm>
#include <utility>

namespace heygen::mock {

std::function<bool(std::string_view)> secrets_of(std::weak_ptr<Sandbox> sandbox) {
  return [held = std::move(sandbox)](std::string_view text) {
    const auto box = held.lock();
    if (!box || text.empty()) return false;
    const Store& store = box->store();
    if (store.find_token(text, box->clock().now()) || store.find_code(text)) return true;
    const auto settings = box->settings();
    if (std::ranges::find(settings->config.api_keys, text) != settings->config.api_keys.end()) {
      return true;
    }
    return std::ranges::any_of(store.clients(), [&](const auto& c) { return c->secret == text; });
  };
}

}  // namespace heygen::mock
