// The cryptography the core needs, over OpenSSL, and base64url (RFC 4648 §5, without padding).
// All functions are thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mock_server/core/random.h"

namespace heygen::mock {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view bytes);
std::string hex(std::span<const unsigned char> bytes);
std::string base64url(std::span<const unsigned char> bytes);
std::string base64_padded(std::span<const unsigned char> bytes);  // RFC 4648 §4

// Accepts either alphabet, with or without padding; nothing on other input.
std::optional<std::string> base64_decode(std::string_view text);

// The time taken depends on the lengths alone, not on where the two differ.
bool constant_time_equal(std::string_view a, std::string_view b) noexcept;

// `length` characters of the alphabet, which has 2 to 256, each equally likely.
std::string random_text(RandomSource& random, std::string_view alphabet, std::size_t length);
// The same of [A-Za-z0-9]: log2(62) = 5.95 bits a character.
std::string random_alphanumeric(RandomSource& random, std::size_t length);

// What fingerprint() shows, as bytes.
using Fingerprint = std::array<unsigned char, 6>;
Fingerprint fingerprint_of(std::string_view secret);
std::string to_string(const Fingerprint& fingerprint);
std::optional<Fingerprint> parse_fingerprint(std::string_view text);

// The first 12 hex digits of the SHA-256, as "fp-…": names a secret without telling it. Whoever
// holds the secret can compute it: printf %s "$TOKEN" | sha256sum | cut -c1-12
std::string fingerprint(std::string_view secret);

}  // namespace heygen::mock
