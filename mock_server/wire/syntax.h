// Character classes of RFC 9110 §5.5 and §5.6.2 and RFC 9112 §3, as tables.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace heygen::mock::wire {

class CharClass {
 public:
  template <typename Predicate>
  explicit constexpr CharClass(Predicate member) {
    for (std::size_t c = 0; c < table_.size(); ++c) table_[c] = member(static_cast<unsigned>(c));
  }
  [[nodiscard]] constexpr bool has(char c) const noexcept {
    return table_[static_cast<std::uint8_t>(c)];
  }
  [[nodiscard]] constexpr bool all(std::string_view text) const noexcept {
    return std::all_of(text.begin(), text.end(), [this](char c) { return has(c); });
  }

 private:
  std::array<bool, 256> table_{};
};

constexpr bool is_alnum(unsigned c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// Of ASCII alone, as names of fields and hosts are compared (RFC 9110 §5.1, §4.2.3).
constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
inline std::string lowered(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

// Of a hexadecimal digit; -1: it is none.
constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool is_one_of(unsigned c, std::string_view set) noexcept {
  return c != 0 && c < 0x80 && set.find(static_cast<char>(c)) != std::string_view::npos;
}

inline constexpr CharClass kDigit{[](unsigned c) { return c >= '0' && c <= '9'; }};
inline constexpr CharClass kToken{
    [](unsigned c) { return is_alnum(c) || is_one_of(c, "!#$%&'*+-.^_`|~"); }};
// Field values: visible, obs-text, space and tab; so neither CR, LF nor NUL.
inline constexpr CharClass kFieldValue{
    [](unsigned c) { return c == '\t' || (c >= 0x20 && c != 0x7F); }};
inline constexpr CharClass kTarget{[](unsigned c) { return c > 0x20 && c < 0x7F && c != '#'; }};
// uri-host [":" port] of RFC 3986 §3.2.
inline constexpr CharClass kHost{
    [](unsigned c) { return is_alnum(c) || is_one_of(c, "-._~!$&'()*+,;=%:[]"); }};

}  // namespace heygen::mock::wire
