// Which function of the vendor's surface a request asks for: the function, not the path, since one
// function may be served on several paths, and one path may serve several functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace heygen::mock {

enum class Endpoint : std::uint8_t {
  authorize,     // RFC 6749 §3.1, and the consent page's answer
  token,         // RFC 6749 §3.2: any grant but refresh_token
  refresh,       // grant_type=refresh_token, at either of its routes
  revoke,        // RFC 7009
  device,        // RFC 8628 §3.1, and the page where the user enters the code
  api,           // whatever an access token or an API key opens
  metadata,      // RFC 8414
  registration,  // RFC 7591
  webhook,       // the other way round: the mock tells an app of an event
  none,          // nothing of the vendor's: answered 404
};

std::string_view to_string(Endpoint endpoint) noexcept;
// "token", "refresh", … as above; nothing for any other text.
std::optional<Endpoint> parse_endpoint(std::string_view name) noexcept;

}  // namespace heygen::mock
