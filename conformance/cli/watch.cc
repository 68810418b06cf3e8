// Drives nothing: judges what a client does while a person uses it.

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <ostream>
#include <set>

#include "conformance/cli/judge.h"
#include "conformance/cli/listen.h"
#include "conformance/report/text.h"
#include "conformance/watch/watched.h"

namespace heygen::conformance {
namespace {

// The chosen checks that can be judged by looking.
using Rows = std::vector<std::pair<const Check*, const PassiveRule*>>;

Rows chosen(const Plan& plan) {
  Rows rows;
  for (const Check* check : plan.checks) {
    const auto rules = passive_rules();
    const auto rule = std::ranges::find(rules, check->id, &PassiveRule::id);
    if (rule != rules.end()) rows.emplace_back(check, &*rule);
  }
  return rows;
}

// What came since, one look at a time.
class Follower {
 public:
  explicit Follower(mock::Sandbox& sandbox)
      : subscription_(sandbox.journal().subscribe(0, [this](const auto& entry) {
          const std::lock_guard lock(mutex_);
          fresh_.push_back(entry);
          came_.notify_one();
        })) {}

  // False once the time is over or the stop was asked for.
  bool next(Watched& watched, const std::optional<std::chrono::steady_clock::time_point>& until,
            const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return !fresh_.empty(); };
    const bool more =
        until ? came_.wait_until(lock, stop, *until, ready) : came_.wait(lock, stop, ready);
    for (auto& entry : fresh_) watched.take(std::move(entry));
    fresh_.clear();
    return more && !stop.stop_requested();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any came_;
  std::vector<std::shared_ptr<const mock::Entry>> fresh_;
  std::shared_ptr<void> subscription_;  // last: it uses the rest
};

// Until the time is over, or somebody stops it. What is wrong is told as soon as it is seen.
Watched watch(mock::Sandbox& sandbox, const Rows& rows,
              const std::optional<std::chrono::milliseconds>& span, const CommandContext& context,
              std::ostream& out) {
  std::optional<std::chrono::steady_clock::time_point> until;
  if (span) until = std::chrono::steady_clock::now() + *span;
  Watched watched;
  Follower follower(sandbox);
  std::set<std::string_view> told;
  while (follower.next(watched, until, context.stop)) {
    for (const auto& [check, rule] : rows) {
      const Verdict verdict = rule->judge(watched);
      if (verdict.result != Result::fail || !told.insert(check->id).second) continue;
      out << "wrong: " << check->id << ": " << printable(verdict.message) << "\n" << std::flush;
    }
  }
  return watched;
}

}  // namespace

int run_watch(const WatchCommand& command, const CommandContext& context) {
  const auto listen = parse_listen(command.mock_listen);
  if (!listen) return refuse(context, kExitUsage, "--mock-listen: write HOST:PORT");
  const Plan plan = plan_of(command.common);
  if (!plan.wrong.empty()) return refuse(context, kExitUsage, plan.wrong);
  const auto rows = chosen(plan);
  if (rows.empty()) return refuse(context, kExitUsage, "none of these checks judges by looking");

  mock::ServerOptions serving;
  serving.host = listen->host;
  serving.port = listen->port;
  for (const std::string& text : command.clients) {
    auto client = parse_client(text);
    if (!client) return refuse(context, kExitUsage, "--client: write ID=REDIRECT_URI[,secret=…]");
    serving.blueprint.clients.push_back(*std::move(client));
  }
  const auto started = mock::Server::start(std::move(serving));
  if (!started.server) {
    return refuse(context, kExitUsage, started.error + " (--mock-listen names another address)");
  }
  std::ostream& out = console_of(command.common, context);
  print_addresses(out, started.server->url());
  out << "Use the app; Ctrl-C ends the watch and judges it.\n" << std::flush;

  const auto sandbox = started.server->sandboxes().find(mock::kDefaultSandbox);
  JudgedAt at{"watch", started.server->url(), {}, {}};
  at.run = [&](std::uint64_t /*seed*/, const OnDone& on_done) {
    const Watched watched = watch(*sandbox, rows, command.span, context, out);
    std::vector<CheckOutcome> outcomes;
    for (const auto& [check, rule] : rows) {
      CheckOutcome& outcome = outcomes.emplace_back();
      outcome.check = check;
      outcome.verdict = rule->judge(watched);
      if (outcome.verdict.result == Result::fail && check->level != Level::must) {
        outcome.verdict.result = Result::warn;
      }
      if (on_done) on_done(outcome);
    }
    return outcomes;
  };
  return judge(command.common, plan, at, context);
}

}  // namespace heygen::conformance
