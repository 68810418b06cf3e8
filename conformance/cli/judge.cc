#include "conformance/cli/judge.h"

#include <array>
#include <fstream>
#include <iterator>
#include <ostream>
#include <utility>

#include "conformance/catalogue.h"
#include "conformance/cli/output.h"
#include "conformance/report/console.h"
#include "conformance/report/text.h"
#include "conformance/runner/report_of.h"
#include "conformance/runner/run.h"
#include "mock_server/core/random.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/sandbox/system_sources.h"

namespace heygen::conformance {
namespace {

constexpr std::string_view kTool = "heygen-conformance " HEYGEN_CONFORMANCE_VERSION;

// Small enough that a spreadsheet or a JavaScript program keeps every digit.
std::uint64_t any_seed() {
  std::array<std::byte, 4> bytes{};
  mock::SystemRandom().fill(bytes);
  std::uint64_t seed = 0;
  for (const std::byte byte : bytes) seed = seed << 8 | std::to_integer<std::uint64_t>(byte);
  return seed;
}

ExpectedFailures read_expected(const std::string& path) {
  if (path.empty()) return {};
  std::ifstream file(path, std::ios::binary);
  if (!file) throw mock::BadInput("--expected-failures", path + " cannot be read");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  try {
    return parse_expected_failures(text);
  } catch (const mock::BadInput& wrong) {
    throw mock::BadInput(path + ", " + wrong.key(), wrong.what());
  }
}

// What can be wrong with the command line once its words are known; "" when nothing is.
std::string judge_options(const CommonOptions& common, std::size_t chosen) {
  if (const std::string glob = useless_glob(all_checks(), common.selection); !glob.empty()) {
    return "no check matches \"" + glob + "\": see heygen-conformance list";
  }
  if (chosen == 0) return "no check is left to run: ask for less with --only, --skip or --level";
  return unwritable_report(common);
}

Report run(const CommonOptions& common, const Plan& plan, const JudgedAt& judged,
           const CommandContext& context) {
  const mock::SystemClock clock;
  Report report;
  report.tool = kTool;
  report.subject = {judged.kind, judged.name, judged.capabilities};
  report.seed = common.seed ? *common.seed : any_seed();
  report.started = clock.now();
  Progress progress(context, plan.checks.size());
  const auto outcomes = judged.run(report.seed, [&](const CheckOutcome& outcome) {
    progress.done(outcome.check->id, report_of(outcome, plan.expected).alarming());
  });
  for (const CheckOutcome& outcome : outcomes) {
    report.checks.push_back(report_of(outcome, plan.expected));
  }
  report.duration_ms = (clock.now() - report.started).count();
  report.interrupted = context.stop.stop_requested();
  return report;
}

bool out_is_taken(const CommonOptions& common) {
  return common.json == "-" || common.junit == "-" || common.html == "-" ||
         common.markdown == "-" || common.sarif == "-";
}

}  // namespace

int refuse(const CommandContext& context, int code, std::string_view why) {
  context.err << "heygen-conformance: " << printable(why) << "\n";
  return code;
}

std::ostream& console_of(const CommonOptions& common, const CommandContext& context) {
  return out_is_taken(common) ? context.err : context.out;
}

Plan plan_of(const CommonOptions& common) {
  Plan plan;
  plan.checks = select_checks(all_checks(), common.selection);
  plan.wrong = judge_options(common, plan.checks.size());
  if (!plan.wrong.empty()) return plan;
  try {
    plan.expected = read_expected(common.expected_failures);
  } catch (const mock::BadInput& wrong) {
    plan.wrong = wrong.key() + ": " + wrong.what();
  }
  return plan;
}

int judge(const CommonOptions& common, const Plan& plan, Judged judged,
          const CommandContext& context) {
  JudgedAt at{judged.kind, judged.first->name(), judged.first->capabilities().names(), {}};
  at.run = [&](std::uint64_t seed, const OnDone& on_done) {
    return run_checks(plan.checks, judged.server, judged.factory, std::move(judged.first),
                      {common.jobs, seed, common.timeout, "", context.stop, on_done,
                       std::move(judged.world), common.patience});
  };
  return judge(common, plan, at, context);
}

int judge(const CommonOptions& common, const Plan& plan, const JudgedAt& judged,
          const CommandContext& context) {
  const Report report = run(common, plan, judged, context);
  const bool terminal = out_is_taken(common) ? context.err_is_terminal : context.out_is_terminal;
  write_console(console_of(common, context), report, {terminal && !common.no_color, context.width});
  if (const std::string wrong = write_reports(common, report, context.out); !wrong.empty()) {
    return refuse(context, kExitUsage, wrong);
  }
  return report.good() ? kExitGood : kExitNotGood;
}

}  // namespace heygen::conformance
