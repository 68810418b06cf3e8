// The names that certificates are made for: what an own CA may vouch for, and nothing else.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace heygen::mock::tls {

// The hosts of the vendor that the proxy answers for, and whose names the CA may certify.
[[nodiscard]] std::span<const std::string_view> vendor_hosts() noexcept;
// Case-insensitive.
[[nodiscard]] bool is_vendor_host(std::string_view host) noexcept;

// What one server answers to.
struct Names {
  std::vector<std::string> domains;    // exactly, lower case
  std::vector<std::string> suffixes;   // NAME.SUFFIX, any NAME of one label; lower case
  std::vector<std::string> addresses;  // IPv4 and IPv6 as text

  // Whether a certificate may be made for this host name.
  [[nodiscard]] bool cover(std::string_view domain) const;

  friend bool operator==(const Names&, const Names&) = default;
};

// Loopback, the vendor's hosts, the suffixes of sandbox names, and those `hosts` that are names or
// addresses of their own (not 0.0.0.0 or ::, which name none). What can be no host name is left
// out.
[[nodiscard]] Names served_names(std::span<const std::string> hosts,
                                 std::span<const std::string> suffixes);

}  // namespace heygen::mock::tls
