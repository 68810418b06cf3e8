#include "mock_server/store/redis/address.h"

#include <charconv>
#include <stdexcept>

namespace heygen::mock::redis {
namespace {

constexpr std::string_view kScheme = "redis://";

[[noreturn]] void refuse(const std::string& mend) { throw std::invalid_argument(mend); }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 3986 §2.1: a password may hold what means something else in a URL.
std::string decode_credential(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
    if (low < 0) refuse("user and password have a bad percent-escape: write % as %25");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

int read_number(std::string_view text, int least, int most, const char* mend) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < least || number > most) {
    refuse(mend);
  }
  return number;
}

void read_credentials(std::string_view text, Address& address) {
  const auto colon = text.find(':');
  address.user = decode_credential(text.substr(0, colon));
  if (colon != std::string_view::npos) address.password = decode_credential(text.substr(colon + 1));
  if (address.password.empty()) refuse("a user needs a password: redis://USER:PASSWORD@HOST/0");
}

void read_host_and_port(std::string_view text, Address& address) {
  std::string_view port;
  if (text.starts_with('[')) {  // RFC 3986 §3.2.2
    const auto end = text.find(']');
    if (end == std::string_view::npos) refuse("an IPv6 address ends with ']'");
    address.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    const auto colon = text.find(':');
    address.host = text.substr(0, colon);
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  if (address.host.empty()) refuse("the host is missing: redis://HOST:6379/0");
  if (port.empty()) return;
  constexpr const char* kMend = "the port is a number from 1 to 65535";
  if (!port.starts_with(':')) refuse(kMend);
  address.port = static_cast<std::uint16_t>(read_number(port.substr(1), 1, 65535, kMend));
}

}  // namespace

Address parse_address(std::string_view url) {
  if (url.starts_with("rediss://")) {
    refuse("this build has no TLS to Redis: write redis://, and let a tunnel (stunnel) encrypt");
  }
  if (!url.starts_with(kScheme)) refuse("write redis://[USER:PASSWORD@]HOST[:PORT][/DB]");
  url.remove_prefix(kScheme.size());
  if (url.find_first_of("?#") != std::string_view::npos) {
    refuse("options are not understood: redis://[USER:PASSWORD@]HOST[:PORT][/DB]");
  }
  Address address;
  // The last: a password that was not escaped may hold '@' and is taken as it is meant.
  if (const auto at = url.rfind('@'); at != std::string_view::npos) {
    read_credentials(url.substr(0, at), address);
    url.remove_prefix(at + 1);
  }
  const auto slash = url.find('/');
  read_host_and_port(url.substr(0, slash), address);
  if (slash != std::string_view::npos && slash + 1 < url.size()) {
    address.database = read_number(url.substr(slash + 1), 0, 1'000'000,
                                   "the database is a number: redis://HOST:6379/0");
  }
  return address;
}

std::string Address::shown() const {
  const bool v6 = host.find(':') != std::string::npos;
  return std::string{kScheme} + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port) + "/" +
         std::to_string(database);
}

}  // namespace heygen::mock::redis
