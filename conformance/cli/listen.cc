#include "conformance/cli/listen.h"

#include <charconv>
#include <ostream>

namespace heygen::conformance {

std::optional<Listen> parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  Listen listen{std::string(text.substr(0, colon)), 0};
  if (listen.host.starts_with('[') && listen.host.ends_with(']')) {
    listen.host = listen.host.substr(1, listen.host.size() - 2);
  }
  const std::string_view digits = text.substr(colon + 1);
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, listen.port);
  if (error != std::errc{} || stopped != end || digits.empty()) return std::nullopt;
  return listen;
}

std::optional<mock::Client> parse_client(std::string_view text) {
  constexpr std::string_view kSecret = ",secret=";
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) {
    return std::nullopt;
  }
  mock::Client client;
  client.id = text.substr(0, equals);
  std::string_view uri = text.substr(equals + 1);
  if (const std::size_t comma = uri.find(kSecret); comma != std::string_view::npos) {
    client.secret = std::string(uri.substr(comma + kSecret.size()));
    uri = uri.substr(0, comma);
  }
  client.redirect_uris = {std::string(uri)};
  return client;
}

void print_addresses(std::ostream& out, const std::string& base) {
  out << "Point the app at these addresses:\n"
      << "  HEYGEN_AUTHORIZE_URL=" << base << "/oauth/authorize\n"
      << "  HEYGEN_TOKEN_URL=" << base << "/v1/oauth/token\n"
      << "  HEYGEN_REFRESH_URL=" << base << "/v1/oauth/refresh_token\n"
      << "  HEYGEN_REVOKE_URL=" << base << "/v1/oauth/revoke\n"
      << "  HEYGEN_API_URL=" << base << "\n"
      << std::flush;
}

}  // namespace heygen::conformance
