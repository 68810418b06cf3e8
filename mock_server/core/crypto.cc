#include "mock_server/core/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <stdexcept>

namespace heygen::mock {
namespace {

constexpr std::string_view kUrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kStandardAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string encode64(std::span<const unsigned char> bytes, std::string_view alphabet, bool pad) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t block = std::uint32_t{bytes[i]} << 16U;
    if (n > 1) block |= std::uint32_t{bytes[i + 1]} << 8U;
    if (n > 2) block |= bytes[i + 2];
    for (std::size_t k = 0; k <= n; ++k) out += alphabet[(block >> (18 - 6 * k)) & 0x3FU];
    if (pad) out.append(3 - n, '=');
  }
  return out;
}

int value64(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-' || c == '+') return 62;
  if (c == '_' || c == '/') return 63;
  return -1;
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  // Fetched once, and a context kept for each thread: OpenSSL 3 otherwise looks the algorithm up
  // and makes its state anew on each call, which takes longer than the hash of a token.
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
  Sha256 digest{};
  unsigned int size = 0;
  if (kAlgorithm == nullptr || context == nullptr ||
      EVP_DigestInit_ex2(context.get(), kAlgorithm, nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1) {
    throw std::runtime_error("OpenSSL offers no SHA-256");
  }
  return digest;
}

std::string hex(std::span<const unsigned char> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char b : bytes) {
    out += kDigits[b >> 4U];
    out += kDigits[b & 0xFU];
  }
  return out;
}

std::string base64url(std::span<const unsigned char> bytes) {
  return encode64(bytes, kUrlAlphabet, false);
}

std::string base64_padded(std::span<const unsigned char> bytes) {
  return encode64(bytes, kStandardAlphabet, true);
}

std::optional<std::string> base64_decode(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t block = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const int v = value64(c);
    if (v < 0) return std::nullopt;
    block = (block << 6U) | static_cast<std::uint32_t>(v);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>((block >> bits) & 0xFFU);
    }
  }
  return out;
}

bool constant_time_equal(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_text(RandomSource& random, std::string_view alphabet, std::size_t length) {
  // Bytes beyond the last whole round are thrown away, so that the remainder is without bias.
  const std::size_t limit = 256 / alphabet.size() * alphabet.size();
  std::string out;
  out.reserve(length);
  std::array<std::byte, 64> pool{};
  while (out.size() < length) {
    random.fill(pool);
    for (const std::byte b : pool) {
      const auto value = std::to_integer<std::size_t>(b);
      if (value >= limit) continue;
      out += alphabet[value % alphabet.size()];
      if (out.size() == length) break;
    }
  }
  return out;
}

std::string random_alphanumeric(RandomSource& random, std::size_t length) {
  return random_text(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
                     length);
}

Fingerprint fingerprint_of(std::string_view secret) {
  const Sha256 digest = sha256(secret);
  Fingerprint out{};
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

std::string to_string(const Fingerprint& fingerprint) { return "fp-" + hex(fingerprint); }

std::optional<Fingerprint> parse_fingerprint(std::string_view text) {
  constexpr std::string_view kPrefix = "fp-";
  Fingerprint out{};
  if (text.size() != kPrefix.size() + 2 * out.size()) return std::nullopt;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto* const digits = text.data() + kPrefix.size() + 2 * i;
    std::from_chars(digits, digits + 2, out[i], 16);
  }
  // Written in one way alone: what is not read above does not come out the same.
  return to_string(out) == text ? std::optional{out} : std::nullopt;
}

std::string fingerprint(std::string_view secret) { return to_string(fingerprint_of(secret)); }

}  // namespace heygen::mock
