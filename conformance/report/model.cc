#include "conformance/report/model.h"

#include <algorithm>

namespace heygen::conformance {

bool CheckReport::alarming() const {
  switch (result) {
    case Result::fail:
    case Result::warn:
      return !expected_failure;
    case Result::inconclusive:
    case Result::error:
      return true;
    case Result::pass:
    case Result::not_applicable:
      return false;
  }
  return true;
}

std::size_t Report::count(Result result) const {
  return static_cast<std::size_t>(std::ranges::count(checks, result, &CheckReport::result));
}

std::size_t Report::expected() const {
  return static_cast<std::size_t>(std::ranges::count_if(checks, [](const CheckReport& check) {
    return check.expected_failure && (check.result == Result::fail || check.result == Result::warn);
  }));
}

std::size_t Report::stale() const {
  return static_cast<std::size_t>(std::ranges::count_if(checks, &CheckReport::stale));
}

bool Report::good() const {
  return std::ranges::none_of(checks, [](const CheckReport& check) {
    return check.stale() || (check.alarming() && check.result != Result::warn);
  });
}

std::string clause_line(const CheckReport& check) {
  std::string line = check.clause + " (" + std::string(to_string(check.source));
  switch (check.source) {
    case Source::normative:
      return line + ": the clause says so)";
    case Source::vendor:
      return line + ": the vendor's guide or client says so)";
    case Source::judgement:
      return line + ": the suite demands it)";
  }
  return line + ")";
}

std::string summary_line(const Report& report) {
  std::string line;
  for (const Result result : {Result::fail, Result::error, Result::inconclusive, Result::warn,
                              Result::pass, Result::not_applicable}) {
    const std::size_t n = report.count(result);
    if (n == 0) continue;
    if (!line.empty()) line += ", ";
    line += std::to_string(n) + " " + std::string(to_string(result));
  }
  if (const std::size_t n = report.expected(); n != 0) {
    line += " (" + std::to_string(n) + " as expected)";
  }
  if (const std::size_t n = report.stale(); n != 0) {
    line += ", " + std::to_string(n) + " expected to fail but passed";
  }
  return line;
}

}  // namespace heygen::conformance
