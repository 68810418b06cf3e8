// The secrets of one trial as canaries: each is searched for wherever it must not be, and taken out
// of whatever is shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heygen::conformance {

enum class SecretKind : std::uint8_t {
  code,
  access_token,
  refresh_token,
  verifier,
  state,
  device_code,
  client_secret,
  api_key,
};
std::string_view to_string(SecretKind kind) noexcept;  // "the access token"

struct Leak {
  enum class Form : std::uint8_t { raw, percent_encoded, base64, hexadecimal, prefix, suffix };
  SecretKind kind = SecretKind::code;
  Form form = Form::raw;

  [[nodiscard]] std::string describe() const;  // "the access token, base64-encoded"
};

class Secrets {
 public:
  // What is shorter than this could be anywhere by chance, and is neither searched for nor hidden.
  static constexpr std::size_t kShortest = 8;

  void add(SecretKind kind, std::string_view value);

  // The worst leak in the text: a whole secret before its first or last eight characters or more.
  // The kinds that do not matter in this place are left out.
  [[nodiscard]] std::optional<Leak> find_in(std::string_view text,
                                            const std::vector<SecretKind>& except = {}) const;

  // The text with each secret, plain or encoded, replaced by its fingerprint.
  [[nodiscard]] std::string scrub(std::string_view text) const;

  [[nodiscard]] std::vector<std::string> values(SecretKind kind) const;

 private:
  struct Secret {
    SecretKind kind;
    std::string value;
    std::string encoded;              // "" when it is the value
    std::string hex;                  // in small letters
    std::vector<std::string> listed;  // byte by byte, as a debugger prints an array
    std::vector<std::string> base64;  // what every base64 text around it holds, by alignment
  };
  std::vector<Secret> secrets_;
};

}  // namespace heygen::conformance
