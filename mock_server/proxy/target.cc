#include "mock_server/proxy/target.h"

#include <algorithm>
#include <charconv>

#include "mock_server/core/crypto.h"

namespace heygen::mock::proxy {
namespace {

constexpr std::size_t kLongestHost = 255;

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

bool is_address_character(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == '.' ||
         c == ':';
}

}  // namespace

std::optional<Target> parse_target(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto port = text.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.size() > kLongestHost ||
      !std::ranges::all_of(host, bracketed ? is_address_character : is_host_character)) {
    return std::nullopt;
  }
  Target target;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), target.port);
  if (error != std::errc{} || end != port.data() + port.size() || target.port == 0) {
    return std::nullopt;
  }
  target.host = host;
  return target;
}

std::optional<Target> parse_absolute(std::string_view target) {
  constexpr std::string_view kScheme = "http://";
  if (target.size() < kScheme.size() || !wire::iequals(target.substr(0, kScheme.size()), kScheme)) {
    return std::nullopt;
  }
  target.remove_prefix(kScheme.size());
  const std::string authority{target.substr(0, target.find_first_of("/?#"))};
  const bool has_port = authority.rfind(':') != std::string::npos && !authority.ends_with(']');
  return parse_target(has_port ? authority : authority + ":80");
}

std::string proxy_user(const wire::Headers& headers) {
  constexpr std::string_view kBasic = "Basic ";
  const auto value = headers.get("Proxy-Authorization");
  if (value.size() < kBasic.size() || !wire::iequals(value.substr(0, kBasic.size()), kBasic)) {
    return {};
  }
  const auto credentials = base64_decode(value.substr(kBasic.size()));
  return credentials ? credentials->substr(0, credentials->find(':')) : "";
}

}  // namespace heygen::mock::proxy
