#include "client_under_test/lib/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstdint>
#include <stdexcept>

namespace heygen::client {
namespace {

std::string encode(std::span<const std::byte> bytes, std::string_view alphabet) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (const std::byte byte : bytes) {
    bits = (bits << 8U) | std::to_integer<std::uint32_t>(byte);
    held += 8;
    while (held >= 6) {
      held -= 6;
      out.push_back(alphabet[(bits >> static_cast<unsigned>(held)) & 63U]);
    }
  }
  if (held > 0) out.push_back(alphabet[(bits << static_cast<unsigned>(6 - held)) & 63U]);
  return out;
}

}  // namespace

Sha256Digest sha256(std::string_view text) {
  Sha256Digest digest{};
  unsigned int length = 0;
  const int done =
      EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &length,
                 EVP_sha256(), nullptr);
  if (done != 1 || length != digest.size()) throw std::runtime_error("SHA-256 is not available");
  return digest;
}

std::string base64url(std::span<const std::byte> bytes) {
  return encode(bytes, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}

std::string base64(std::string_view text) {
  std::string out = encode(std::as_bytes(std::span(text)),
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  while (out.size() % 4 != 0) out.push_back('=');
  return out;
}

bool constant_time_equal(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace heygen::client
