#include "conformance/check.h"

#include <algorithm>
#include <array>
#include <utility>

namespace heygen::conformance {
namespace {

constexpr std::array<std::string_view, 3> kLevels{"must", "should", "may"};
constexpr std::array<std::string_view, 3> kSources{"N", "V", "I"};
constexpr std::array<std::string_view, 2> kSides{"client", "server"};
constexpr std::array<std::string_view, 12> kPhases{"authorize", "state",    "pkce",    "callback",
                                                   "token",     "response", "refresh", "bearer",
                                                   "secrecy",   "logout",   "device",  "server"};
constexpr std::array<std::string_view, 6> kResults{"pass",           "fail",         "warn",
                                                   "not-applicable", "inconclusive", "error"};

template <typename Enum, std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

template <typename Enum, std::size_t N>
std::optional<Enum> find_in(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

int badness(Result result) {
  switch (result) {
    case Result::fail:
      return 5;
    case Result::error:
      return 4;
    case Result::inconclusive:
      return 3;
    case Result::warn:
      return 2;
    case Result::pass:
      return 1;
    case Result::not_applicable:
      return 0;
  }
  return 0;
}

}  // namespace

std::string_view to_string(Level level) noexcept { return name_in(kLevels, level); }
std::string_view to_string(Source source) noexcept { return name_in(kSources, source); }
std::string_view to_string(Side side) noexcept { return name_in(kSides, side); }
std::string_view to_string(Phase phase) noexcept { return name_in(kPhases, phase); }
std::string_view to_string(Result result) noexcept { return name_in(kResults, result); }
std::optional<Level> parse_level(std::string_view name) noexcept {
  return find_in<Level>(kLevels, name);
}
std::optional<Side> parse_side(std::string_view name) noexcept {
  return find_in<Side>(kSides, name);
}

Verdict passed(std::string message) { return {Result::pass, std::move(message)}; }
Verdict failed(std::string message) { return {Result::fail, std::move(message)}; }
Verdict failed(std::string_view expected, std::string_view seen) {
  return failed("expected " + std::string(expected) + "; seen: " + std::string(seen));
}
Verdict warned(std::string message) { return {Result::warn, std::move(message)}; }
Verdict inconclusive(std::string message) { return {Result::inconclusive, std::move(message)}; }
Verdict not_applicable(std::string message) { return {Result::not_applicable, std::move(message)}; }

Verdict worst_of(std::vector<Verdict> verdicts) {
  const auto worst = std::ranges::max_element(verdicts, [](const Verdict& a, const Verdict& b) {
    return badness(a.result) < badness(b.result);
  });
  if (worst == verdicts.end()) return inconclusive("nothing was judged");
  return std::move(*worst);
}

}  // namespace heygen::conformance
