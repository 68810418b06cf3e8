// A login as it is kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client_under_test/lib/config.h"
#include "client_under_test/lib/token_response.h"

namespace heygen::client {

struct TokenRecord {
  std::string access_token;
  std::optional<std::string> refresh_token{};
  std::string scope{};
  Instant received_at;
  std::optional<std::int64_t> lifetime{};
  std::optional<Instant> expires_at{};

  friend bool operator==(const TokenRecord&, const TokenRecord&) = default;
};

[[nodiscard]] TokenRecord to_record(TokenAnswer answer, std::string requested_scope);

// One line of JSON. The record is bound to the client and to the token endpoint's origin that
// issued it: read with another configuration it is no login, so that no token reaches a server it
// was not issued by (RFC 9700 §4.4).
[[nodiscard]] std::string serialize(const TokenRecord& record, const Config& config);
[[nodiscard]] std::optional<TokenRecord> deserialize(std::string_view text, const Config& config);

// Eight hexadecimal digits of a hash: tells two tokens apart without telling either.
[[nodiscard]] std::string fingerprint(std::string_view token);

}  // namespace heygen::client
