#include "mock_server/notation/duration.h"

#include <array>
#include <cstdint>

namespace heygen::mock {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr std::array<Unit, 5> kUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::int64_t kMostMs = std::int64_t{10'000} * 366 * 86'400'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads digits off the front; nothing when there are none, or more than any duration needs.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) {
    if (digits == 15) return std::nullopt;
    value = value * 10 + (text[digits] - '0');
    ++digits;
  }
  text.remove_prefix(digits);
  return digits == 0 ? std::nullopt : std::optional{value};
}

std::string_view take_letters(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && !is_digit(text[n])) ++n;
  const auto letters = text.substr(0, n);
  text.remove_prefix(n);
  return letters;
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text, bool signed_ok) {
  const bool negative = signed_ok && text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  std::size_t next = 0;  // units from here on may follow
  while (!text.empty()) {
    const auto whole = take_number(text);
    if (!whole) return std::nullopt;
    std::int64_t thousandths = 0;
    const bool fraction = text.starts_with('.');
    if (fraction) {
      text.remove_prefix(1);
      std::int64_t scale = 100;
      std::size_t digits = 0;
      for (; digits < text.size() && is_digit(text[digits]); ++digits, scale /= 10) {
        thousandths += (text[digits] - '0') * scale;
      }
      if (digits == 0) return std::nullopt;
      text.remove_prefix(digits);
    }
    const auto name = take_letters(text);
    while (next < kUnits.size() && kUnits[next].name != name) ++next;
    if (next == kUnits.size() || (fraction && !text.empty())) return std::nullopt;
    const std::int64_t unit = kUnits[next++].ms;
    if (*whole > kMostMs / unit) return std::nullopt;
    total += *whole * unit + thousandths * unit / 1000;
    if (total > kMostMs) return std::nullopt;
  }
  return milliseconds{negative ? -total : total};
}

std::string format_duration(milliseconds duration) {
  std::int64_t left = duration.count();
  if (left == 0) return "0s";
  std::string out;
  // Unsigned, so that the smallest number has a positive twin.
  auto magnitude = static_cast<std::uint64_t>(left);
  if (left < 0) {
    out = "-";
    magnitude = ~magnitude + 1;
  }
  for (const Unit& unit : kUnits) {
    const auto size = static_cast<std::uint64_t>(unit.ms);
    if (magnitude >= size) {
      out += std::to_string(magnitude / size);
      out += unit.name;
      magnitude %= size;
    }
  }
  return out;
}

}  // namespace heygen::mock
