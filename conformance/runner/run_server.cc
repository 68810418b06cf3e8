#include "conformance/runner/run_server.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "conformance/server/trial.h"

namespace heygen::conformance {
namespace {

using std::chrono::steady_clock;

std::string not_named(Capabilities lacking) {
  std::string text;
  for (const std::string& name : lacking.names()) text += (text.empty() ? "" : ", ") + name;
  return "the server was named without the capability " + text;
}

class ServerRun {
 public:
  ServerRun(std::span<const Check* const> checks, const ServerTarget& target,
            const ServerRunOptions& options)
      : checks_(checks),
        options_(options),
        stage_{target, options.timeout, options.prefix, options.seed, options.stop},
        outcomes_(checks.size()) {}

  std::vector<CheckOutcome> all() {
    {
      std::vector<std::jthread> lanes;
      const std::size_t jobs = std::clamp<std::size_t>(options_.jobs, 1, checks_.size());
      for (std::size_t i = 1; i < jobs; ++i) lanes.emplace_back([this] { lane(); });
      lane();
    }
    return std::move(outcomes_);
  }

 private:
  void lane() {
    for (std::size_t i = next_++; i < checks_.size(); i = next_++) {
      const auto begun = steady_clock::now();
      CheckOutcome outcome = one(*checks_[i]);
      outcome.check = checks_[i];
      outcome.duration =
          std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begun);
      const std::lock_guard lock(mutex_);
      outcomes_[i] = std::move(outcome);
      if (options_.on_done) options_.on_done(outcomes_[i]);
    }
  }

  [[nodiscard]] CheckOutcome one(const Check& check) const {
    CheckOutcome outcome;
    const Capabilities lacking = check.needs.without(stage_.target.capabilities());
    if (options_.stop.stop_requested()) {
      outcome.verdict = inconclusive("not run: interrupted");
    } else if (lacking != Capabilities{}) {
      outcome.verdict = not_applicable(not_named(lacking));
    } else {
      ServerTrial trial(check, stage_);
      outcome.verdict = trial.judge();
      outcome.exchange = trial.exchange();
    }
    return outcome;
  }

  const std::span<const Check* const> checks_;
  const ServerRunOptions& options_;
  const ServerStage stage_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;  // of the outcomes, and of telling them
  std::vector<CheckOutcome> outcomes_;
};

}  // namespace

std::vector<CheckOutcome> run_server_checks(std::span<const Check* const> checks,
                                            const ServerTarget& target,
                                            const ServerRunOptions& options) {
  if (checks.empty()) return {};
  return ServerRun(checks, target, options).all();
}

}  // namespace heygen::conformance
