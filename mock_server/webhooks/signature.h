// How a delivery proves where it comes from.
#pragma once

#include <string>
#include <string_view>

namespace heygen::mock {

// Hex HMAC-SHA256 (RFC 2104) of the body's bytes, as the vendor signs (heygen_api.md §2).
std::string webhook_signature(std::string_view body, std::string_view secret);

}  // namespace heygen::mock
