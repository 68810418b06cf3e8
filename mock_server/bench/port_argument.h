// The one argument of a benchmark server.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace heygen::mock::bench {

// `arguments` as main() has them; nothing unless there is exactly one and it is a port.
[[nodiscard]] inline std::optional<std::uint16_t> port_argument(std::span<char* const> arguments) {
  if (arguments.size() != 2) return std::nullopt;
  const char* const text = arguments[1];
  const char* const end = text + std::strlen(text);
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(text, end, port);
  if (parsed.ec != std::errc{} || parsed.ptr != end || port == 0) return std::nullopt;
  return port;
}

}  // namespace heygen::mock::bench
