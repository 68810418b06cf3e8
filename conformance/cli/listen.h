// Where a mock of the suite's own is met: its address, its clients, and how a person points an app
// at it.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "mock_server/core/types.h"

namespace heygen::conformance {

struct Listen {
  std::string host;
  std::uint16_t port = 0;  // 0: any
};
std::optional<Listen> parse_listen(std::string_view text);  // "HOST:PORT", "[::1]:0"

std::optional<mock::Client> parse_client(std::string_view text);  // "ID=URI[,secret=SECRET]"

// As lines of an environment.
void print_addresses(std::ostream& out, const std::string& base);

}  // namespace heygen::conformance
