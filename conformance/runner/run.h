// Runs checks against one kind of subject, several at a time, each in a sandbox of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "conformance/check.h"
#include "conformance/exchange.h"
#include "conformance/subject.h"
#include "conformance/world.h"
#include "mock_server/server.h"

namespace heygen::conformance {

struct CheckOutcome {
  const Check* check = nullptr;
  Verdict verdict;
  std::chrono::milliseconds duration{0};
  std::vector<Step> exchange;
};

// After each check, one call at a time.
using OnDone = std::function<void(const CheckOutcome&)>;

struct RunOptions {
  std::size_t jobs = 1;  // subjects at a time
  std::uint64_t seed = 0;
  std::chrono::milliseconds timeout{5000};  // of an operation
  std::string prefix;  // of sandbox names; runs that share a server differ in it
  // Once it is asked for, what runs ends as inconclusive, and so does all that has not begun.
  std::stop_token stop;
  OnDone on_done;
  // The world of a subject that cannot be configured; its checks run one after the other.
  std::optional<FixedWorld> world = std::nullopt;
  // As Stage::patience.
  std::chrono::milliseconds patience{20'000};
};

// In the order of `checks`. `first` is a subject that was started already, of the factory's kind;
// it is one of those that are used. Each is reused from check to check until one breaks it.
std::vector<CheckOutcome> run_checks(std::span<const Check* const> checks, mock::Server& server,
                                     SubjectFactory& factory, std::unique_ptr<Subject> first,
                                     const RunOptions& options);

}  // namespace heygen::conformance
