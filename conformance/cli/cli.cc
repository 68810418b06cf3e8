// Judges a command-line program, unmodified.

#include "conformance/subjects/cli.h"

#include <utility>

#include "conformance/cli/judge.h"

namespace heygen::conformance {

int run_cli(const CliCommandLine& command, const CommandContext& context) {
  const CommonOptions& common = command.common;
  const Plan plan = plan_of(common);
  if (!plan.wrong.empty()) return refuse(context, kExitUsage, plan.wrong);
  auto started = mock::Server::start({});
  if (!started.server) return refuse(context, kExitNotGood, started.error);
  CliFactory factory({command.login, command.call, command.refresh, command.logout, common.timeout},
                     *started.server);
  auto first = factory.start();
  if (!first) return refuse(context, kExitNoSubject, first.failure().message);
  return judge(common, plan, {"cli", *started.server, factory, std::move(first).value()}, context);
}

}  // namespace heygen::conformance
