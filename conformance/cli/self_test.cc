#include "conformance/self_test.h"

#include <algorithm>
#include <ostream>

#include "conformance/catalogue.h"
#include "conformance/cli/commands.h"
#include "conformance/cli/judge.h"
#include "conformance/cli/output.h"
#include "conformance/report/text.h"
#include "conformance/runner/select.h"
#include "conformance/subjects/adapter.h"

namespace heygen::conformance {
namespace {

std::vector<const Flaw*> select_flaws(const std::vector<std::string>& globs) {
  std::vector<const Flaw*> chosen;
  for (const Flaw& flaw : all_flaws()) {
    const bool wanted = globs.empty() || std::ranges::any_of(globs, [&](const auto& glob) {
                          return glob_matches(glob, flaw.id);
                        });
    if (wanted) chosen.push_back(&flaw);
  }
  return chosen;
}

}  // namespace

int run_self_test(const SelfTestCommand& command, const CommandContext& context) {
  const auto flaws = select_flaws(command.flaws);
  if (flaws.empty()) return refuse(context, kExitUsage, "no flaw matches --flaw");
  if (const std::string wrong = unwritable_report(command.common); !wrong.empty()) {
    return refuse(context, kExitUsage, wrong);
  }
  auto started = mock::Server::start({});
  if (!started.server) return refuse(context, kExitNotGood, started.error);
  const auto& checks = all_checks();  // of both sides
  const FactoryOf factory_of = [&](std::string_view name) {
    return std::make_unique<AdapterFactory>(AdapterOptions{
        {context.own_program, "flawed-adapter", std::string(name)}, {}, command.common.timeout});
  };
  SelfTestReport report;
  {
    Progress progress(context, flaws.size() + sound_clients().size() + sound_servers().size());
    const SelfTestOptions options{command.common.jobs,
                                  command.common.seed.value_or(1),
                                  command.common.timeout,
                                  command.whole_matrix,
                                  context.stop,
                                  [&](std::string_view subject, bool bad) { progress.done(subject, bad); }};
    report = self_test(flaws, checks, *started.server, factory_of, options);
  }
  const std::string& json = command.common.json;
  const bool color =
      !command.common.no_color && (json == "-" ? context.err_is_terminal : context.out_is_terminal);
  (json == "-" ? context.err : context.out) << self_test_table(report, color) << std::flush;
  if (!json.empty()) {
    const std::string wrong = write_file(json, self_test_json(report), context.out);
    if (!wrong.empty()) return refuse(context, kExitUsage, wrong);
  }
  return report.good() ? kExitGood : kExitNotGood;
}

}  // namespace heygen::conformance
