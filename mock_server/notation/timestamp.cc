#include "mock_server/notation/timestamp.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace heygen::mock {
namespace {

using namespace std::chrono;

constexpr TimePoint kFirst{sys_days{year{1} / 1 / 1}};
constexpr TimePoint kLast{sys_days{year{10000} / 1 / 1} - milliseconds{1}};

// Reads exactly `digits` digits off the front.
std::optional<int> take(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take_one_of(std::string_view& text, std::string_view choices) {
  if (text.empty() || choices.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// ".123456" cut to milliseconds; 0 when there is none, nothing when it is malformed.
std::optional<int> take_fraction(std::string_view& text) {
  if (!text.starts_with('.')) return 0;
  text.remove_prefix(1);
  int ms = 0;
  int scale = 100;
  std::size_t n = 0;
  for (; n < text.size() && text[n] >= '0' && text[n] <= '9'; ++n, scale /= 10) {
    ms += (text[n] - '0') * scale;
  }
  text.remove_prefix(n);
  return n == 0 ? std::nullopt : std::optional{ms};
}

std::optional<minutes> take_offset(std::string_view& text) {
  if (take_one_of(text, "Zz")) return minutes{0};
  const bool west = text.starts_with('-');
  if (!take_one_of(text, "+-")) return std::nullopt;
  const auto h = take(text, 2);
  if (!h || *h > 23 || !take_one_of(text, ":")) return std::nullopt;
  const auto m = take(text, 2);
  if (!m || *m > 59) return std::nullopt;
  const minutes offset{*h * 60 + *m};
  return west ? -offset : offset;
}

}  // namespace

std::optional<TimePoint> parse_timestamp(std::string_view text) {
  const auto y = take(text, 4);
  if (!y || !take_one_of(text, "-")) return std::nullopt;
  const auto mon = take(text, 2);
  if (!mon || !take_one_of(text, "-")) return std::nullopt;
  const auto d = take(text, 2);
  if (!d || !take_one_of(text, "Tt ")) return std::nullopt;
  const auto h = take(text, 2);
  if (!h || *h > 23 || !take_one_of(text, ":")) return std::nullopt;
  const auto min = take(text, 2);
  if (!min || *min > 59 || !take_one_of(text, ":")) return std::nullopt;
  const auto s = take(text, 2);
  if (!s || *s > 59) return std::nullopt;
  const auto ms = take_fraction(text);
  const auto offset = ms ? take_offset(text) : std::nullopt;
  if (!offset || !text.empty()) return std::nullopt;
  const auto date = year{*y} / month{static_cast<unsigned>(*mon)} / day{static_cast<unsigned>(*d)};
  if (!date.ok()) return std::nullopt;
  const TimePoint time =
      sys_days{date} + hours{*h} + minutes{*min} + seconds{*s} + milliseconds{*ms} - *offset;
  if (time < kFirst || time > kLast) return std::nullopt;
  return time;
}

std::string format_timestamp(TimePoint time) {
  const TimePoint t = std::clamp(time, kFirst, kLast);
  const auto midnight = floor<days>(t);
  const year_month_day date{midnight};
  const hh_mm_ss clock{t - midnight};
  std::array<char, 40> text{};
  const auto ms = static_cast<int>(clock.subseconds().count());
  std::array<char, 8> fraction{};
  if (ms != 0) std::snprintf(fraction.data(), fraction.size(), ".%03d", ms % 1000);
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d%sZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), fraction.data());
  return text.data();
}

}  // namespace heygen::mock
