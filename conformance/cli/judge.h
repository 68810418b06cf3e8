// What every command does around the subject that it judges: which checks, the run, the reports.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/cli/commands.h"
#include "conformance/runner/expected_failures.h"
#include "conformance/runner/run.h"
#include "conformance/subject.h"
#include "conformance/world.h"
#include "mock_server/server.h"

namespace heygen::conformance {

// What the command line asks for, read and found good.
struct Plan {
  std::vector<const Check*> checks;
  ExpectedFailures expected;
  std::string wrong;  // "", or in one line what is wrong with it
};
[[nodiscard]] Plan plan_of(const CommonOptions& common);

// Whom to judge.
struct Judged {
  std::string kind;  // "adapter": of the report
  mock::Server& server;
  SubjectFactory& factory;
  std::unique_ptr<Subject> first;  // of the factory's kind, started already
  std::optional<FixedWorld> world = std::nullopt;
};

// A subject that is reached in another way: how the report names it, and what runs the plan's
// checks on it.
struct JudgedAt {
  std::string kind;  // "server": of the report
  std::string name;
  std::vector<std::string> capabilities;
  std::function<std::vector<CheckOutcome>(std::uint64_t seed, const OnDone& on_done)> run;
};

// Runs the checks, shows them, writes the reports; the exit code.
int judge(const CommonOptions& common, const Plan& plan, Judged judged,
          const CommandContext& context);
int judge(const CommonOptions& common, const Plan& plan, const JudgedAt& judged,
          const CommandContext& context);

// Where a person reads: standard error when a report takes standard output.
std::ostream& console_of(const CommonOptions& common, const CommandContext& context);

// Says in one line why nothing is judged; returns the code.
int refuse(const CommandContext& context, int code, std::string_view why);

}  // namespace heygen::conformance
