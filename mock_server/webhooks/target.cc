#include "mock_server/webhooks/target.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

#include "mock_server/core/uri.h"

namespace heygen::mock {
namespace {

constexpr std::size_t kLongestUrl = 2048;

struct Net {
  std::uint32_t base;
  int bits;
};
constexpr std::array kNear4{
    Net{0x7f000000, 8},  Net{0x0a000000, 8},  Net{0xac100000, 12},
    Net{0xc0a80000, 16}, Net{0xa9fe0000, 16},
};

constexpr const Net& kLoopback4 = kNear4.front();

bool is_in(const Net& net, std::uint32_t address) {
  return (address ^ net.base) >> (32 - net.bits) == 0;
}

bool is_near4(std::uint32_t address) {
  return std::ranges::any_of(kNear4, [&](const Net& net) { return is_in(net, address); });
}

std::optional<std::uint32_t> mapped4(const in6_addr& address) {
  if (!IN6_IS_ADDR_V4MAPPED(&address)) return std::nullopt;
  const auto& b = address.s6_addr;
  return std::uint32_t{b[12]} << 24 | std::uint32_t{b[13]} << 16 | std::uint32_t{b[14]} << 8 |
         b[15];
}

bool is_near6(const in6_addr& address) {
  if (const auto v4 = mapped4(address)) return is_near4(*v4);
  return IN6_IS_ADDR_LOOPBACK(&address) || (address.s6_addr[0] & 0xfe) == 0xfc ||
         IN6_IS_ADDR_LINKLOCAL(&address);
}

bool is_loopback6(const in6_addr& address) {
  if (const auto v4 = mapped4(address)) return is_in(kLoopback4, *v4);
  return IN6_IS_ADDR_LOOPBACK(&address);
}

// By the address's family; neither: false.
bool is_address(const sockaddr& address, bool (*four)(std::uint32_t),
                bool (*six)(const in6_addr&)) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return four(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    return six(v6.sin6_addr);
  }
  return false;
}

bool is_near_name(std::string host) {
  std::ranges::transform(host, host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (host.ends_with('.')) host.pop_back();
  const bool number = std::ranges::all_of(
      host, [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == 'x'; });
  if (number) return false;  // an address in a spelling that inet_pton does not take
  if (host.find('.') == std::string::npos) return true;
  return std::ranges::any_of(
      std::array<std::string_view, 4>{".localhost", ".local", ".internal", ".test"},
      [&](std::string_view ending) { return host.ends_with(ending); });
}

}  // namespace

std::string check_webhook_url(std::string_view url) {
  const auto uri = url.size() <= kLongestUrl ? parse_uri(url) : std::nullopt;
  if (!uri || (uri->scheme != "http" && uri->scheme != "https") || uri->host.empty()) {
    return "url must be an http or https URL";
  }
  if (uri->userinfo) return "url must not hold a user name or password";
  if (uri->fragment) return "url must not have a fragment";
  return {};
}

bool is_near_url(std::string_view url) {
  const auto uri = parse_uri(url);
  if (!uri) return false;
  std::string host{uri->host};
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return is_near4(ntohl(v4.s_addr));
  if (host.starts_with('[') && host.ends_with(']')) {
    in6_addr v6{};
    host = host.substr(1, host.size() - 2);
    return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && is_near6(v6);
  }
  return is_near_name(std::move(host));
}

bool is_near_address(const sockaddr& address) { return is_address(address, is_near4, is_near6); }

bool is_loopback_address(const sockaddr& address) {
  return is_address(
      address, [](std::uint32_t v4) { return is_in(kLoopback4, v4); }, is_loopback6);
}

}  // namespace heygen::mock
