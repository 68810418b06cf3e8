// The parts of a URI (RFC 3986 §3), as far as redirect URIs need them. No part is decoded or
// normalised: what is compared here is compared byte for byte (RFC 9700 §2.1).
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace heygen::mock {

// Views into the parsed text, which must outlive them.
struct Uri {
  std::string_view scheme;
  std::optional<std::string_view> userinfo;
  std::string_view host;                     // IPv6 with its brackets: "[::1]"
  std::optional<std::string_view> port;      // digits
  std::string_view path;                     // "" or from its '/'
  std::optional<std::string_view> query;     // without '?'
  std::optional<std::string_view> fragment;  // without '#'
};

// Nothing unless the text is absolute with an authority ("scheme://host…") and printable ASCII.
std::optional<Uri> parse_uri(std::string_view text);

// 127.0.0.0/8 and [::1] are loopback addresses (RFC 8252 §7.3); "localhost" is a name, and counts
// only where `allow_name` says so (§8.3).
bool is_loopback_host(std::string_view host, bool allow_name) noexcept;

using Parameter = std::pair<std::string_view, std::string_view>;

// Appends parameters to the URI's query, which is kept (RFC 6749 §3.1.2, §4.1.2), before a
// fragment. Values are percent-encoded.
std::string append_query(std::string_view uri, std::initializer_list<Parameter> parameters);

std::string percent_encode(std::string_view text);  // all but unreserved, RFC 3986 §2.3

}  // namespace heygen::mock
