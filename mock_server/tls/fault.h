// What can be wrong with a TLS server on purpose, to see whether a client minds (RFC 6749 §10.9).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace heygen::mock::tls {

enum class TlsFault : std::uint8_t {
  none,
  self_signed,  // "self-signed": the right names, but no CA vouches for them
  expired,      // "expired": yesterday
  wrong_host,   // "wrong-host": the CA vouches for another name
  plain_http,   // "plain-http": no TLS at all on the port of an https:// address
};

[[nodiscard]] std::optional<TlsFault> parse_tls_fault(std::string_view name) noexcept;

}  // namespace heygen::mock::tls
