// The suite judged itself: every flawed client and server must be caught, by a check that was meant
// for it, and every sound one must pass.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/check.h"
#include "conformance/flawed/flaws.h"
#include "conformance/subject.h"
#include "mock_server/server.h"

namespace heygen::conformance {

struct FlawResult {
  const Flaw* flaw = nullptr;
  std::vector<std::string> killed_by;  // failed or warned, and the sound client did not
  std::string error;                   // it could not be judged at all
  std::string excuse;  // of the first check that was meant for it and did not catch it: why

  [[nodiscard]] bool killed() const;  // by a check that was meant for it
};
struct SoundResult {
  std::string name;
  Side subject = Side::client;
  std::vector<std::string> failed;  // or inconclusive, or an error
  std::vector<std::string> warned;
  std::string error;
};
struct SelfTestReport {
  std::uint64_t seed = 0;
  std::int64_t duration_ms = 0;
  bool interrupted = false;
  std::vector<FlawResult> flaws;
  std::vector<SoundResult> sound;

  [[nodiscard]] bool good() const;
};

struct SelfTestOptions {
  std::size_t jobs = 8;  // subjects at a time
  std::uint64_t seed = 0;
  std::chrono::milliseconds timeout{5000};
  // Every check against every flaw; else those that are meant for it, and the others where none of
  // these catches it.
  bool whole_matrix = false;
  std::stop_token stop;
  std::function<void(std::string_view subject, bool bad)> on_done;
};

// Makes the subjects of one flaw, or of one sound client, by its name.
using FactoryOf = std::function<std::unique_ptr<SubjectFactory>(std::string_view name)>;

// `checks` are of both sides. Servers are made here; `server` is the mock that clients are pointed
// at.
SelfTestReport self_test(std::span<const Flaw* const> flaws, std::span<const Check* const> checks,
                         mock::Server& server, const FactoryOf& factory_of,
                         const SelfTestOptions& options);

// The contract's shape, version 1.
std::string self_test_json(const SelfTestReport& report);
// Flaw by flaw, who caught it.
std::string self_test_table(const SelfTestReport& report, bool color);

}  // namespace heygen::conformance
