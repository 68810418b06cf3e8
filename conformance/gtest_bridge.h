// Every check as a GoogleTest case, for a subject that is linked in. In main(), before
// RUN_ALL_TESTS():
//
//   InProcessFactory factory("my client", {Capability::refresh}, [] { return …; });
//   register_client_checks(factory);
//
// A case is named for its check, in the suite "Conformance", with '_' where the id has '-': that is
// a minus in --gtest_filter. A check that is not applicable is skipped, a warning is printed, and
// all else that is no pass fails. Header only, so that it is GoogleTest as you build it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "conformance/catalogue.h"
#include "conformance/report/console.h"
#include "conformance/runner/report_of.h"
#include "conformance/runner/run.h"
#include "conformance/runner/run_server.h"
#include "conformance/runner/select.h"
#include "conformance/subject.h"
#include "mock_server/server.h"

namespace heygen::conformance {

struct BridgeOptions {
  Selection selection;        // its side is not looked at
  ExpectedFailures expected;  // parse_expected_failures(text)
  std::uint64_t seed = 1;
  std::chrono::milliseconds timeout{5000};  // of an operation
  // For the own time-out of a client without Capability::timeout; zero: it is not waited for.
  std::chrono::milliseconds patience{20'000};
};

namespace bridge {

// What a person needs to mend it.
inline std::string words_of(const CheckReport& check) {
  std::string text = check.title + "\n  clause:   " + clause_line(check) +
                     "\n  requires: " + check.requires_ + "\n  provoked: " + check.provokes +
                     "\n  seen:     " + std::string(to_string(check.result)) + ": " + check.message;
  for (const Step& step : collapsed(check.exchange)) text += "\n    " + step_line(step);
  return text + "\n  mend:     " + check.mend;
}

inline void conclude(const CheckReport& check) {
  if (check.stale()) {
    ADD_FAILURE() << check.id << " passes, but is listed as an expected failure ("
                  << check.expected_reason << ")";
  } else if (check.result == Result::not_applicable) {
    GTEST_SKIP() << check.message;
  } else if (check.expected_failure && !check.alarming()) {
    GTEST_SKIP() << "expected: " << check.expected_reason;
  } else if (check.result == Result::warn) {
    std::cout << "warning: " << words_of(check) << "\n";
  } else if (check.result != Result::pass) {
    ADD_FAILURE() << words_of(check);
  }
}

using Judge = std::function<CheckOutcome(const Check&)>;

class Case : public testing::Test {
 public:
  Case(const Check& check, std::shared_ptr<const Judge> run,
       std::shared_ptr<const ExpectedFailures> expected)
      : check_(check), run_(std::move(run)), expected_(std::move(expected)) {}
  void TestBody() override { conclude(report_of((*run_)(check_), *expected_)); }

 private:
  const Check& check_;
  const std::shared_ptr<const Judge> run_;
  const std::shared_ptr<const ExpectedFailures> expected_;
};

inline std::size_t register_checks(Side side, const BridgeOptions& options, Judge run) {
  Selection selection = options.selection;
  selection.side = side;
  const auto checks = select_checks(all_checks(), selection);
  if (checks.empty()) throw std::invalid_argument("no check is left to run");
  const auto shared = std::make_shared<const Judge>(std::move(run));
  const auto expected = std::make_shared<const ExpectedFailures>(options.expected);
  for (const Check* check : checks) {
    std::string name(check->id);
    std::ranges::replace(name, '-', '_');
    testing::RegisterTest("Conformance", name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [check, shared, expected]() -> testing::Test* {
                            return new Case(*check, shared, expected);
                          });
  }
  return checks.size();
}

}  // namespace bridge

// How many were registered. The factory must outlive the tests; the mock is started here.
inline std::size_t register_client_checks(SubjectFactory& factory, BridgeOptions options = {}) {
  auto started = mock::Server::start({});
  if (!started.server) throw std::runtime_error(started.error);
  const std::shared_ptr<mock::Server> server = std::move(started.server);
  return bridge::register_checks(
      Side::client, options, [server, &factory, options](const Check& check) {
        auto first = factory.start();
        if (!first) {
          return CheckOutcome{&check, {Result::error, first.failure().message}, {}, {}};
        }
        RunOptions run;
        run.seed = options.seed;
        run.timeout = options.timeout;
        run.patience = options.patience;
        const Check* const one = &check;
        return std::move(
            run_checks({&one, 1}, *server, factory, std::move(first).value(), run).front());
      });
}

// The target must be complete(): see server/target.h. It is copied.
inline std::size_t register_server_checks(const ServerTarget& target, BridgeOptions options = {}) {
  return bridge::register_checks(Side::server, options, [target, options](const Check& check) {
    ServerRunOptions run;
    run.seed = options.seed;
    run.timeout = options.timeout;
    run.prefix = "gtest-";
    const Check* const one = &check;
    return std::move(run_server_checks({&one, 1}, target, run).front());
  });
}

}  // namespace heygen::conformance
