#include "client_under_test/lib/retry_after.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "client_under_test/lib/text.h"

namespace heygen::client {
namespace {

template <typename Number>
std::optional<Number> digits(std::string_view text) {
  Number value{};
  const bool all_digits =
      !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!all_digits) return std::nullopt;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<Instant> parse_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") {
    return std::nullopt;
  }
  const auto day = digits<unsigned>(text.substr(5, 2));
  const auto* const month = std::ranges::find(kMonths, text.substr(8, 3));
  const auto year = digits<int>(text.substr(12, 4));
  const auto hour = digits<int>(text.substr(17, 2));
  const auto minute = digits<int>(text.substr(20, 2));
  const auto second = digits<int>(text.substr(23, 2));
  if (!day || month == kMonths.end() || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year{*year},
      std::chrono::month{static_cast<unsigned>(month - kMonths.begin()) + 1U},
      std::chrono::day{*day}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         std::chrono::seconds{*second};
}

}  // namespace

std::optional<Instant> parse_retry_after(std::string_view value, Instant now) {
  value = trim(value);
  const Instant latest = now + kLongestRetryAfter;
  const bool number =
      !value.empty() && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  if (number) {
    const auto seconds = digits<std::int64_t>(value);
    if (!seconds) return latest;  // more digits than an integer holds
    const auto bound = std::chrono::duration_cast<std::chrono::seconds>(kLongestRetryAfter).count();
    return now + std::chrono::seconds{std::min<std::int64_t>(*seconds, bound)};
  }
  const std::optional<Instant> date = parse_date(value);
  if (!date) return std::nullopt;
  return std::min(*date, latest);
}

}  // namespace heygen::client
