// Judges a client behind an adapter.

#include <utility>

#include "conformance/cli/judge.h"
#include "conformance/subjects/adapter.h"

namespace heygen::conformance {

int run_client(const ClientCommand& command, const CommandContext& context) {
  const CommonOptions& common = command.common;
  const Plan plan = plan_of(common);
  if (!plan.wrong.empty()) return refuse(context, kExitUsage, plan.wrong);
  auto started = mock::Server::start({});
  if (!started.server) return refuse(context, kExitNotGood, started.error);
  AdapterFactory factory({command.command, {}, common.timeout});
  auto first = factory.start();
  if (!first) return refuse(context, kExitNoSubject, first.failure().message);
  return judge(common, plan, {"adapter", *started.server, factory, std::move(first).value()},
               context);
}

}  // namespace heygen::conformance
