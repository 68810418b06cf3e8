#include "mock_server/core/uri.h"

#include <algorithm>

namespace heygen::mock {
namespace {

bool is_alpha(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_unreserved(char c) noexcept {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

bool is_scheme(std::string_view text) noexcept {
  return !text.empty() && is_alpha(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

bool is_octet(std::string_view text) noexcept {
  if (text.empty() || text.size() > 3 || !std::ranges::all_of(text, is_digit)) return false;
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value <= 255;
}

bool is_loopback_v4(std::string_view host) noexcept {
  if (!host.starts_with("127.")) return false;
  for (int part = 0; part < 3; ++part) {
    const auto dot = host.find('.');
    if (dot == std::string_view::npos || !is_octet(host.substr(0, dot))) return false;
    host.remove_prefix(dot + 1);
  }
  return is_octet(host);
}

// Splits "userinfo@host:port" into its parts; false when it is not well-formed.
bool split_authority(std::string_view authority, Uri& uri) {
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    uri.userinfo = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  std::size_t host_end = authority.find(':');
  if (authority.starts_with('[')) {
    const auto bracket = authority.find(']');
    if (bracket == std::string_view::npos) return false;
    host_end = bracket + 1;
    if (host_end != authority.size() && authority[host_end] != ':') return false;
  }
  uri.host = authority.substr(0, host_end);
  if (host_end < authority.size()) {
    const auto port = authority.substr(host_end + 1);
    if (port.size() > 5 || !std::ranges::all_of(port, is_digit)) return false;
    uri.port = port;
  }
  return !uri.host.empty();
}

}  // namespace

std::optional<Uri> parse_uri(std::string_view text) {
  if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; })) {
    return std::nullopt;
  }
  Uri uri;
  const auto colon = text.find("://");
  if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) return std::nullopt;
  uri.scheme = text.substr(0, colon);
  std::string_view rest = text.substr(colon + 3);
  if (const auto hash = rest.find('#'); hash != std::string_view::npos) {
    uri.fragment = rest.substr(hash + 1);
    rest = rest.substr(0, hash);
  }
  if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
    uri.query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  const auto slash = std::min(rest.find('/'), rest.size());
  uri.path = rest.substr(slash);
  if (!split_authority(rest.substr(0, slash), uri)) return std::nullopt;
  return uri;
}

bool is_loopback_host(std::string_view host, bool allow_name) noexcept {
  return host == "[::1]" || is_loopback_v4(host) || (allow_name && host == "localhost");
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 0xFU];
    }
  }
  return out;
}

std::string append_query(std::string_view uri, std::initializer_list<Parameter> parameters) {
  const auto hash = std::min(uri.find('#'), uri.size());
  std::string out{uri.substr(0, hash)};
  char separator = '?';
  if (const auto mark = out.find('?'); mark != std::string::npos) {
    separator = mark + 1 == out.size() || out.back() == '&' ? '\0' : '&';
  }
  for (const auto& [name, value] : parameters) {
    if (separator != '\0') out += separator;
    out.append(percent_encode(name)).append("=").append(percent_encode(value));
    separator = '&';
  }
  out.append(uri.substr(hash));
  return out;
}

}  // namespace heygen::mock
