#include "mock_server/tls/names.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace heygen::mock::tls {
namespace {

constexpr std::array<std::string_view, 3> kVendorHosts{"app.heygen.com", "api2.heygen.com",
                                                       "api.heygen.com"};
constexpr std::size_t kLongestName = 253;  // RFC 1035 §2.3.4
constexpr std::size_t kLongestLabel = 63;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLongestLabel && label.front() != '-' &&
         label.back() != '-' && std::ranges::all_of(label, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

bool is_domain(std::string_view name) {
  if (name.empty() || name.size() > kLongestName) return false;
  for (;;) {
    const auto dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool is_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

void add(std::vector<std::string>& names, std::string name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
}

}  // namespace

std::span<const std::string_view> vendor_hosts() noexcept { return kVendorHosts; }

bool is_vendor_host(std::string_view host) noexcept {
  return std::ranges::any_of(kVendorHosts, [&](std::string_view vendor) {
    return std::ranges::equal(host, vendor, {}, lower);
  });
}

bool Names::cover(std::string_view domain) const {
  const std::string name = lowered(domain);
  if (!is_domain(name)) return false;
  if (std::ranges::find(domains, name) != domains.end()) return true;
  const auto dot = name.find('.');
  return dot != std::string::npos &&
         std::ranges::find(suffixes, name.substr(dot + 1)) != suffixes.end();
}

Names served_names(std::span<const std::string> hosts, std::span<const std::string> suffixes) {
  Names names;
  names.addresses = {"127.0.0.1", "::1"};
  names.domains = {"localhost"};
  for (const auto vendor : vendor_hosts()) names.domains.emplace_back(vendor);
  for (const auto& suffix : suffixes) {
    if (!is_domain(lowered(suffix))) continue;
    add(names.domains, lowered(suffix));
    add(names.suffixes, lowered(suffix));
  }
  for (const auto& host : hosts) {
    std::string own = lowered(host);
    if (is_address(own)) {
      if (own != "0.0.0.0" && own != "::") add(names.addresses, std::move(own));
    } else if (is_domain(own)) {
      add(names.domains, std::move(own));
    }
  }
  return names;
}

}  // namespace heygen::mock::tls
