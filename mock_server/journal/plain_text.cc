#include "mock_server/journal/plain_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace heygen::mock {
namespace {

struct Sequence {
  std::size_t length;  // of the maximal subpart: at least 1
  bool valid;
};

std::uint8_t byte_at(std::string_view text, std::size_t i) noexcept {
  return static_cast<std::uint8_t>(text[i]);
}

// Unicode 15, table 3-7: how long a sequence with this first byte is, and what its second byte may
// be.
Sequence sequence_at(std::string_view text) noexcept {
  struct Row {
    std::uint8_t first, last, low, high, length;
  };
  static constexpr std::array kRows{Row{0xC2, 0xDF, 0x80, 0xBF, 2}, Row{0xE0, 0xE0, 0xA0, 0xBF, 3},
                                    Row{0xE1, 0xEC, 0x80, 0xBF, 3}, Row{0xED, 0xED, 0x80, 0x9F, 3},
                                    Row{0xEE, 0xEF, 0x80, 0xBF, 3}, Row{0xF0, 0xF0, 0x90, 0xBF, 4},
                                    Row{0xF1, 0xF3, 0x80, 0xBF, 4}, Row{0xF4, 0xF4, 0x80, 0x8F, 4}};
  const auto lead = byte_at(text, 0);
  if (lead < 0x80) return {1, true};
  for (const auto& row : kRows) {
    if (lead < row.first || lead > row.last) continue;
    std::size_t n = 1;
    for (; n < row.length && n < text.size(); ++n) {
      const auto low = n == 1 ? row.low : std::uint8_t{0x80};
      const auto high = n == 1 ? row.high : std::uint8_t{0xBF};
      if (byte_at(text, n) < low || byte_at(text, n) > high) break;
    }
    return {n, n == row.length};
  }
  return {1, false};
}

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

std::string to_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto [length, valid] = sequence_at(text);
    out.append(valid ? text.substr(0, length) : std::string_view{"\xEF\xBF\xBD"});
    text.remove_prefix(length);
  }
  return out;
}

std::string_view cut_utf8(std::string_view text, std::size_t bytes) noexcept {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (byte_at(text, bytes) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes);
}

std::string loosely_decoded(std::string_view text) { return decoded(text, false); }

std::string loosely_form_decoded(std::string_view text) { return decoded(text, true); }

Fields loosely_parsed(std::string_view form, std::size_t limit) {
  Fields fields;
  while (!form.empty() && fields.size() < limit) {
    const auto end = std::min(form.find('&'), form.size());
    const auto piece = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    if (piece.empty()) continue;
    const auto equals = std::min(piece.find('='), piece.size());
    fields.emplace_back(
        loosely_form_decoded(piece.substr(0, equals)),
        equals == piece.size() ? std::string{} : loosely_form_decoded(piece.substr(equals + 1)));
  }
  return fields;
}

}  // namespace heygen::mock
