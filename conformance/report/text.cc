#include "conformance/report/text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace heygen::conformance {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// The length of the well-formed sequence at the start, 0 when there is none (RFC 3629 §4).
std::size_t sequence_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xC2   ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length == 0 || text.size() < length) return 0;
  std::uint32_t point = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    point = (point << 6) | (byte(i) & 0x3F);
  }
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  const bool unfit = point == 0xFFFE || point == 0xFFFF;  // not in XML 1.0 §2.2
  return point < kLeast[length] || point > 0x10FFFF || surrogate || unfit ? 0 : length;
}

bool is_control(char c) noexcept {
  const auto u = static_cast<unsigned char>(c);
  return u < 0x20 || u == 0x7F;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    clean += length == 0 ? kReplacement : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

std::string printable(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const std::string valid = valid_utf8(text);
  std::string clean;
  clean.reserve(valid.size());
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto u = static_cast<unsigned char>(valid[i]);
    // U+0080 to U+009F: what terminals take for control characters as well.
    const bool c1 =
        u == 0xC2 && i + 1 < valid.size() && static_cast<unsigned char>(valid[i + 1]) < 0xA0;
    if (!is_control(valid[i]) && !c1) {
      clean += valid[i];
      continue;
    }
    const unsigned char shown = c1 ? static_cast<unsigned char>(valid[++i]) : u;
    clean += "\\x";
    clean += kHex[shown >> 4];
    clean += kHex[shown & 0xF];
  }
  return clean;
}

std::size_t columns_of(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string pad(std::string_view text, std::size_t columns) {
  std::string padded(text);
  const std::size_t taken = columns_of(text);
  if (taken < columns) padded.append(columns - taken, ' ');
  return padded;
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
  std::string lines;
  std::size_t taken = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const std::size_t wide = columns_of(word);
    if (taken != 0 && taken + 1 + wide > columns) {
      lines += "\n" + std::string(indent, ' ');
      taken = 0;
    } else if (taken != 0) {
      lines += ' ';
      ++taken;
    }
    lines += word;
    taken += wide;
  }
  return lines;
}

std::string html_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace heygen::conformance
