// X.509 certificates as this project needs them: a CA that may vouch for few names, and leaves.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/core/clock.h"
#include "mock_server/core/random.h"
#include "mock_server/tls/names.h"
#include "mock_server/tls/openssl.h"

namespace heygen::mock::tls {

struct Validity {
  TimePoint from;
  TimePoint to;
};

// A key pair on P-256. Throws std::runtime_error, as all that makes something here does.
[[nodiscard]] Key make_key();

// Self-signed, for signing alone, and only for these names and what lies below them
// (RFC 5280 §4.2.1.10): whoever trusts it trusts it for nothing else.
[[nodiscard]] Certificate make_ca(EVP_PKEY& key, const Names& names, const Validity& validity,
                                  RandomSource& random);

struct Issuer {
  X509& certificate;
  EVP_PKEY& key;
};
struct LeafNames {
  std::vector<std::string> domains;
  std::vector<std::string> addresses;
};
// For a TLS server. Without an issuer it is self-signed.
[[nodiscard]] Certificate make_leaf(EVP_PKEY& key, const LeafNames& names, const Validity& validity,
                                    const std::optional<Issuer>& issuer, RandomSource& random);

[[nodiscard]] std::string to_pem(const X509& certificate);
[[nodiscard]] std::string to_pem(const EVP_PKEY& key);  // PKCS #8, not encrypted
// Null when the text holds none.
[[nodiscard]] Certificate certificate_from_pem(std::string_view pem);
[[nodiscard]] Key key_from_pem(std::string_view pem);

// When it ceases to be valid.
[[nodiscard]] TimePoint valid_to(const X509& certificate);
// What a CA of make_ca() may vouch for; `suffixes` stay empty, since what lies below a domain is
// permitted with it.
[[nodiscard]] Names permitted_names(const X509& ca);

}  // namespace heygen::mock::tls
