// What a run came to, as a value: every reporter writes it, none looks anywhere else. Nothing in it
// is secret; anything in it may be hostile to the format it is written in.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/check.h"
#include "conformance/exchange.h"
#include "mock_server/core/clock.h"

namespace heygen::conformance {

struct CheckReport {
  std::string id;
  std::string title;
  Level level = Level::must;
  std::string clause;
  Source source = Source::normative;
  Phase phase = Phase::authorize;
  std::string provokes;
  std::string requires_;
  std::string mend;
  std::string motive;
  Result result = Result::error;
  std::string message;
  bool expected_failure = false;  // the list of expected failures names it
  std::string expected_reason;    // why, from that list
  std::int64_t duration_ms = 0;
  std::vector<Step> exchange;

  // It is named there and passes: the line should go.
  [[nodiscard]] bool stale() const { return expected_failure && result == Result::pass; }
  // It speaks against the subject, and nobody expected it.
  [[nodiscard]] bool alarming() const;
};

struct Report {
  std::string tool;  // "heygen-conformance 0.1.0"
  struct {
    std::string kind;  // "adapter"
    std::string name;
    std::vector<std::string> capabilities;
  } subject;
  std::uint64_t seed = 0;
  mock::TimePoint started;
  std::int64_t duration_ms = 0;
  bool interrupted = false;
  std::vector<CheckReport> checks;

  [[nodiscard]] std::size_t count(Result result) const;
  [[nodiscard]] std::size_t expected() const;  // failures and warnings that were
  [[nodiscard]] std::size_t stale() const;
  // Every MUST holds or fails as expected, nothing is inconclusive, no expected failure is stale.
  [[nodiscard]] bool good() const;
};

// All six, in the order of the contract's summary.
inline constexpr std::array kResults{Result::pass,           Result::fail,         Result::warn,
                                     Result::not_applicable, Result::inconclusive, Result::error};

// "RFC 6749 §10.12 (N)": who says so. For an I the suite, not the clause, demands it.
std::string clause_line(const CheckReport& check);
// "1 fail, 2 warn, 40 pass": those that are not zero, the worst first.
std::string summary_line(const Report& report);

}  // namespace heygen::conformance
