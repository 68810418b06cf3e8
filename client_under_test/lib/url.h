// URLs as libcurl reads them, so that what is judged here is what is connected to. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "client_under_test/lib/result.h"

namespace heygen::client {

struct Url {
  std::string scheme;  // lower case
  std::string host;    // lower case, an IPv6 address in brackets, IPv4 in its usual form
  std::string port;    // always given, the scheme's own when the text has none
  std::string path;    // as written, "/" when empty
  std::string query;
  bool has_query = false;
  bool has_fragment = false;
  bool has_user = false;
};

// http and https only. `base` resolves a relative reference (RFC 3986 §5).
[[nodiscard]] std::optional<Url> parse_url(std::string_view text);
[[nodiscard]] std::optional<std::string> resolve_url(std::string_view base,
                                                     std::string_view reference);

// Scheme, host and port (RFC 6454 §4); host alone is not an origin.
[[nodiscard]] std::string origin_of(const Url& url);
[[nodiscard]] bool same_origin(std::string_view a, std::string_view b);

// 127.0.0.0/8, [::1], localhost and *.localhost (RFC 8252 §7.3, RFC 6761 §6.3).
[[nodiscard]] bool is_loopback_host(std::string_view host);

// RFC 6749 §3.1.2.1, §3.2 and RFC 6750 §5.3: https, or http that does not leave the machine; no
// user name in it. `what` names the setting in the message.
[[nodiscard]] Result<Url> require_secure_url(std::string_view text, std::string_view what);

}  // namespace heygen::client
