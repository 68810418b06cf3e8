// Judges an authorization server.

#include "conformance/cli/judge.h"
#include "conformance/runner/report_of.h"
#include "conformance/runner/run_server.h"
#include "conformance/server/probe.h"
#include "conformance/url.h"
#include "mock_server/core/crypto.h"
#include "mock_server/sandbox/system_sources.h"

namespace heygen::conformance {
namespace {

// No two runs on one server take each other's sandboxes.
std::string any_prefix() {
  mock::SystemRandom random;
  return "suite-" + mock::random_text(random, "abcdefghijklmnopqrstuvwxyz0123456789", 6) + "-";
}

}  // namespace

int run_server(const ServerCommand& command, const CommandContext& context) {
  CommonOptions common = command.common;
  common.selection.side = Side::server;
  const Plan plan = plan_of(common);
  if (!plan.wrong.empty()) return refuse(context, kExitUsage, plan.wrong);
  ServerTarget target = command.target;
  if (const std::string wrong = complete(target); !wrong.empty()) {
    return refuse(context, kExitUsage, wrong);
  }
  if (const std::string why = unreachable(target, common.timeout, context.stop); !why.empty()) {
    return refuse(context, kExitNoSubject, why);
  }
  const JudgedAt judged{"server", origin_of(target.authorize_url), target.capabilities().names(),
                        [&](std::uint64_t /*seed*/, const OnDone& on_done) {
                          return run_server_checks(plan.checks, target,
                                                   {common.jobs, common.seed, common.timeout,
                                                    any_prefix(), context.stop, on_done});
                        }};
  return judge(common, plan, judged, context);
}

}  // namespace heygen::conformance
