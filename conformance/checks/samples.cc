#include "conformance/checks/samples.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "conformance/expect.h"
#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kSmall = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kCapital = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::string unhex(std::string_view text) {
  const auto value = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::string octets;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    octets.push_back(static_cast<char>(value(text[i]) * 16 + value(text[i + 1])));
  }
  return octets;
}

// --- the bound ---------------------------------------------------------------------------------

// The smallest usual alphabet that all of these are of.
double alphabet_size(const std::set<char>& seen) {
  const auto all_in = [&](std::initializer_list<std::string_view> parts) {
    return std::ranges::all_of(seen, [&](char c) {
      return std::ranges::any_of(
          parts, [&](std::string_view part) { return part.find(c) != std::string_view::npos; });
    });
  };
  if (all_in({kDigits})) return 10;
  if (all_in({kHex}) || all_in({"0123456789ABCDEF"})) return 16;
  if (all_in({kSmall}) || all_in({kCapital})) return 26;
  if (all_in({kCapital, "234567"}) || all_in({kSmall, "234567"})) return 32;
  if (all_in({kSmall, kDigits}) || all_in({kCapital, kDigits})) return 36;
  if (all_in({kSmall, kCapital, kDigits, "+/-_="})) return 64;
  return all_in({kSmall, kCapital, kDigits, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ "}) ? 95 : 256;
}

// ln n!, for the symbols that a byte has, and none. (std::lgamma writes its sign to a global, and
// checks run at the same time.)
double log_factorial(double n) {
  static const auto kSums = [] {
    std::array<double, 258> sums{};
    for (std::size_t i = 1; i < sums.size(); ++i) {
      sums.at(i) = sums.at(i - 1) + std::log(static_cast<double>(i));
    }
    return sums;
  }();
  return kSums.at(static_cast<std::size_t>(n));
}

// ln C(n, k)
double log_choose(double n, double k) {
  return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

// How many symbols a position may have of which so many were seen: the most for which seeing no
// more is not out of the question.
double plausible_symbols(double seen, double samples, double most) {
  constexpr double kOutOfTheQuestion = -21;  // e^-21 is below 10^-9
  double symbols = seen;
  while (symbols + 1 <= most) {
    const double next = symbols + 1;
    if (log_choose(next, seen) + samples * std::log(seen / next) < kOutOfTheQuestion) break;
    symbols = next;
  }
  return symbols;
}

// Which samples have the same symbol at a position, whatever the symbols are.
using Pattern = std::vector<std::size_t>;

Pattern pattern_of(const std::vector<int>& column) {
  std::map<int, std::size_t> known;
  Pattern pattern;
  for (const int symbol : column) {
    pattern.push_back(known.try_emplace(symbol, known.size()).first->second);
  }
  return pattern;
}

// Whether two positions that have nothing to do with each other could both look like this: with few
// samples each may show no symbol twice.
bool could_be_chance(double seen, double samples, double symbols) {
  constexpr double kHardly = -14;  // e^-14 is about 10^-6
  return log_factorial(symbols) - log_factorial(symbols - seen) - samples * std::log(symbols) >
         kHardly;
}

// --- numbers -----------------------------------------------------------------------------------

// What is the same at both ends says nothing of the order.
std::vector<std::string> without_common_ends(std::vector<std::string> texts) {
  const auto strip = [&](auto at, auto erase) {
    while (std::ranges::all_of(texts, [&](const std::string& text) {
      return !text.empty() && at(text) == at(texts.front());
    })) {
      for (std::string& text : texts) erase(text);
    }
  };
  strip([](const std::string& text) { return text.front(); },
        [](std::string& text) { text.erase(0, 1); });
  strip([](const std::string& text) { return text.back(); },
        [](std::string& text) { text.pop_back(); });
  return texts;
}

// Modulo 2^64: equal steps stay equal. Nothing when a character is no digit.
std::optional<std::uint64_t> number_of(std::string_view text, std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const std::size_t digit = digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value * digits.size() + digit;
  }
  return value;
}

bool has_equal_steps(const std::vector<std::uint64_t>& values) {
  const std::uint64_t step = values[1] - values[0];
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i] - values[i - 1] != step) return false;
  }
  return step != 0;
}

bool count_in(const std::vector<std::string>& texts, std::string_view digits) {
  std::vector<std::uint64_t> values;
  for (const std::string& text : texts) {
    const auto value = number_of(text, digits);
    if (!value) return false;
    values.push_back(*value);
  }
  return has_equal_steps(values);
}

std::string every_octet() {
  std::string octets;
  for (int value = 0; value < 256; ++value) octets.push_back(static_cast<char>(value));
  return octets;
}

bool count_up(const std::vector<std::string>& texts) {
  const std::string small(kSmall);
  const std::string capital(kCapital);
  const std::string digits(kDigits);
  const std::string octets = every_octet();
  for (const std::string& alphabet :
       {digits, std::string(kHex), std::string("0123456789ABCDEF"), digits + small,
        digits + capital, digits + capital + small, digits + small + capital,
        capital + small + digits, capital + small + digits + "-_", capital + small + digits + "+/",
        octets}) {
    if (count_in(texts, alphabet)) return true;
  }
  return false;
}

// --- readings ----------------------------------------------------------------------------------

// The same reading of each sample; an empty list when one cannot be read so.
using Reading = std::optional<std::string> (*)(std::string_view);

std::optional<std::string> as_it_is(std::string_view text) { return std::string(text); }
std::optional<std::string> as_base64(std::string_view text) { return mock::base64_decode(text); }
std::optional<std::string> as_hex(std::string_view text) {
  std::string digits(text);
  std::erase(digits, '-');
  if (digits.empty() || digits.size() % 2 != 0 || !is_hex(digits)) return std::nullopt;
  return unhex(digits);
}
std::optional<std::string> backwards(std::string_view text) {
  const auto octets = as_hex(text).value_or(std::string(text));
  return std::string(octets.rbegin(), octets.rend());
}

std::vector<std::string> read_all(Samples samples, Reading reading) {
  std::vector<std::string> texts;
  for (const std::string& sample : samples) {
    const auto text = reading(sample);
    if (!text) return {};
    texts.push_back(*text);
  }
  return texts;
}

bool any_reading(Samples samples,
                 const std::function<bool(const std::vector<std::string>&)>& holds) {
  for (const Reading reading : {&as_it_is, &as_base64, &as_hex, &backwards}) {
    const auto texts = read_all(samples, reading);
    if (!texts.empty() && holds(texts)) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> draw_samples(Trial& trial, std::string_view param, std::size_t count) {
  std::vector<std::string> samples;
  for (std::size_t i = 0; i < count; ++i) {
    samples.push_back(trial.begin("sample-" + std::to_string(i % 4)).param(param));
    require(trial, !samples.back().empty(), std::string(param) + " was not sent");
  }
  return samples;
}

std::vector<std::string> draw_after_failures(Trial& trial, std::string_view param) {
  std::vector<std::string> samples;
  const auto begin = [&] {
    const Begun begun = trial.begin("unlucky");
    samples.push_back(begun.param(param));
    require(trial, !samples.back().empty(), std::string(param) + " was not sent");
    return begun;
  };
  const auto land = [&](const CallbackUrl& url) { (void)trial.callback(url, "unlucky"); };
  CallbackUrl denied = trial.authorize(begin());
  denied.drop("code").append("error", "access_denied");
  land(denied);
  for (const Fault& fault : {Fault::at(Endpoint::token).error("invalid_grant").first(20),
                             Fault::at(Endpoint::token).reset().first(20)}) {
    trial.arm(fault);
    land(trial.authorize(begin()));
    trial.disarm();
  }
  CallbackUrl foreign = trial.authorize(begin());
  foreign.set("state", "not-the-state-of-this-login-0123456789");
  land(foreign);
  land(trial.authorize(begin()));
  // Where whoever is logged in is not let begin another login, somebody else does.
  const auto again = trial.begin_again("unlucky");
  samples.push_back((again ? *again : trial.begin("next")).param(param));
  require(trial, !samples.back().empty(), std::string(param) + " was not sent");
  return samples;
}

double entropy_bound(Samples samples) {
  constexpr int kNothing = -1;  // the sample is shorter
  std::size_t longest = 0;
  for (const std::string& sample : samples) longest = std::max(longest, sample.size());
  std::set<char> varying;
  std::multimap<Pattern, double> seen_by_pattern;
  for (std::size_t at = 0; at < longest; ++at) {
    std::vector<int> column;
    for (const std::string& sample : samples) {
      column.push_back(at < sample.size() ? static_cast<unsigned char>(sample[at]) : kNothing);
    }
    const std::set<int> seen(column.begin(), column.end());
    if (seen.size() < 2) continue;
    for (const int symbol : seen) {
      if (symbol != kNothing) varying.insert(static_cast<char>(symbol));
    }
    seen_by_pattern.emplace(pattern_of(column), static_cast<double>(seen.size()));
  }
  const auto count = static_cast<double>(samples.size());
  double bits = 0;
  const Pattern* before = nullptr;
  for (const auto& [pattern, seen] : seen_by_pattern) {
    const double most = std::max(seen, alphabet_size(varying));
    const bool repeats = before != nullptr && *before == pattern;
    before = &pattern;
    if (repeats && !could_be_chance(seen, count, most)) continue;
    bits += std::log2(plausible_symbols(seen, count, most));
  }
  return bits;
}

bool have_equal_steps(Samples samples) {
  if (samples.size() < 3) return false;
  return any_reading(samples, [](const std::vector<std::string>& texts) {
    return count_up(texts) || count_up(without_common_ends(texts));
  });
}

bool are_sorted(Samples samples) {
  if (samples.size() < 3) return false;
  const auto before = [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  };
  return any_reading(samples, [&](const std::vector<std::string>& texts) {
    const auto unordered = [&](const std::string& a, const std::string& b) {
      return !before(a, b);
    };
    const auto unreversed = [&](const std::string& a, const std::string& b) {
      return !before(b, a);
    };
    return std::ranges::adjacent_find(texts, unordered) == texts.end() ||
           std::ranges::adjacent_find(texts, unreversed) == texts.end();
  });
}

bool hold_time(Samples samples, std::chrono::sys_seconds from, std::chrono::sys_seconds to) {
  const auto first = static_cast<std::uint64_t>(from.time_since_epoch().count());
  const auto last = static_cast<std::uint64_t>(to.time_since_epoch().count());
  // A longer decimal number, of milliseconds say, begins with the seconds.
  const auto within = [&](std::string_view text, std::size_t width, std::string_view digits,
                          std::uint64_t unit) {
    for (std::size_t at = 0; at + width <= text.size(); ++at) {
      const auto value = number_of(text.substr(at, width), digits);
      if (value && *value / unit >= first && *value / unit <= last) return true;
    }
    return false;
  };
  const std::string octets = every_octet();
  return any_reading(samples, [&](const std::vector<std::string>& texts) {
    return std::ranges::all_of(texts, [&](const std::string& text) {
      return within(text, 10, kDigits, 1) || within(text, 8, kHex, 1) ||
             within(text, 11, kHex, 1000) || within(text, 4, octets, 1) ||
             within(text, 6, octets, 1000);
    });
  });
}

std::vector<std::string> readings_of(std::string_view text) {
  std::vector<std::string> readings{std::string(text)};
  const auto add = [&](std::string_view part) {
    for (const Reading reading : {&as_base64, &as_hex}) {
      if (auto decoded = reading(part)) readings.push_back(*std::move(decoded));
    }
  };
  add(text);
  if (text.find('.') == std::string_view::npos) return readings;
  while (true) {
    const std::string_view part = text.substr(0, text.find('.'));
    add(part);
    if (part.size() == text.size()) return readings;
    text.remove_prefix(part.size() + 1);
  }
}

}  // namespace heygen::conformance
