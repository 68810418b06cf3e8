// What a client asks a proxy for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mock_server/wire/message.h"

namespace heygen::mock::proxy {

struct Target {
  std::string host;  // without brackets, as given
  std::uint16_t port = 0;
};

// "api2.heygen.com:443", "[::1]:80": the authority-form of RFC 9112 §3.2.3, with its port. Nothing
// on anything else.
[[nodiscard]] std::optional<Target> parse_target(std::string_view text);

// The host of an absolute "http://HOST[:PORT]/…"; the port is 80 when it has none.
[[nodiscard]] std::optional<Target> parse_absolute(std::string_view target);

// The name of Proxy-Authorization's Basic credentials (RFC 7617); "" without any. The password is
// not looked at.
[[nodiscard]] std::string proxy_user(const wire::Headers& headers);

}  // namespace heygen::mock::proxy
