#include "mock_server/core/endpoint.h"

#include <array>
#include <cstddef>

namespace heygen::mock {
namespace {

constexpr std::array<std::string_view, 10> kNames{"authorize", "token", "refresh",  "revoke",
                                                  "device",    "api",   "metadata", "registration",
                                                  "webhook",   "none"};
static_assert(static_cast<std::size_t>(Endpoint::none) + 1 == kNames.size());

}  // namespace

std::string_view to_string(Endpoint endpoint) noexcept {
  return kNames[static_cast<std::size_t>(endpoint)];
}

std::optional<Endpoint> parse_endpoint(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Endpoint>(i);
  }
  return std::nullopt;
}

}  // namespace heygen::mock
