#include <charconv>

#include "client_under_test/cli/options.h"

namespace heygen::client {

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::uint32_t amount = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (failure != std::errc{}) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit == "ms") return std::chrono::milliseconds{amount};
  if (unit == "s" || unit.empty()) return std::chrono::seconds{amount};
  if (unit == "m") return std::chrono::minutes{amount};
  if (unit == "h") return std::chrono::hours{amount};
  return std::nullopt;
}

}  // namespace heygen::client
