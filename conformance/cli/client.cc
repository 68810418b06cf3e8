// Judges a client behind an adapter.

#include <fstream>
#include <iterator>
#include <ostream>

#include "conformance/catalogue.h"
#include "conformance/cli/commands.h"
#include "conformance/cli/output.h"
#include "conformance/report/console.h"
#include "conformance/report/text.h"
#include "conformance/runner/report_of.h"
#include "conformance/runner/run.h"
#include "conformance/subjects/adapter.h"
#include "mock_server/core/random.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/sandbox/system_sources.h"

namespace heygen::conformance {
namespace {

constexpr std::string_view kTool = "heygen-conformance " HEYGEN_CONFORMANCE_VERSION;

int refuse(const CommandContext& context, int code, std::string_view why) {
  context.err << "heygen-conformance: " << printable(why) << "\n";
  return code;
}

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

Report run(const CommonOptions& common, const std::vector<const Check*>& checks,
           const ExpectedFailures& expected, mock::Server& server, SubjectFactory& factory,
           std::unique_ptr<Subject> first, const CommandContext& context) {
  const mock::SystemClock clock;
  Report report;
  report.tool = kTool;
  report.subject = {"adapter", first->name(), first->capabilities().names()};
  report.seed = common.seed ? *common.seed : any_seed();
  report.started = clock.now();
  Progress progress(context, checks.size());
  RunOptions options{common.jobs, report.seed, common.timeout, "", context.stop, {}};
  options.on_done = [&](const CheckOutcome& outcome) {
    progress.done(outcome.check->id, report_of(outcome, expected).alarming());
  };
  for (const CheckOutcome& outcome :
       run_checks(checks, server, factory, std::move(first), options)) {
    report.checks.push_back(report_of(outcome, expected));
  }
  report.duration_ms = (clock.now() - report.started).count();
  report.interrupted = context.stop.stop_requested();
  return report;
}

}  // namespace

int run_client(const ClientCommand& command, const CommandContext& context) {
  const CommonOptions& common = command.common;
  const auto checks = select_checks(all_checks(), common.selection);
  if (const std::string wrong = judge_options(common, checks.size()); !wrong.empty()) {
    return refuse(context, kExitUsage, wrong);
  }
  ExpectedFailures expected;
  try {
    expected = read_expected(common.expected_failures);
  } catch (const mock::BadInput& wrong) {
    return refuse(context, kExitUsage, wrong.key() + ": " + wrong.what());
  }
  auto started = mock::Server::start({});
  if (!started.server) return refuse(context, kExitNotGood, started.error);
  AdapterFactory factory({command.command, {}, common.timeout});
  auto first = factory.start();
  if (!first) return refuse(context, kExitNoSubject, first.failure().message);
  const Report report =
      run(common, checks, expected, *started.server, factory, std::move(first).value(), context);
  const bool out_is_taken =
      common.json == "-" || common.junit == "-" || common.html == "-" || common.markdown == "-";
  const bool terminal = out_is_taken ? context.err_is_terminal : context.out_is_terminal;
  write_console(out_is_taken ? context.err : context.out, report,
                {terminal && !common.no_color, context.width});
  if (const std::string wrong = write_reports(common, report, context.out); !wrong.empty()) {
    return refuse(context, kExitUsage, wrong);
  }
  return report.good() ? kExitGood : kExitNotGood;
}

}  // namespace heygen::conformance
