#include "conformance/runner/run.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>

#include "conformance/runner/scratch.h"
#include "conformance/trial.h"

namespace heygen::conformance {
namespace {

using std::chrono::steady_clock;

std::string missing(Capabilities lacking) {
  std::string text = "the subject lacks the capability ";
  bool first = true;
  for (const std::string& name : lacking.names()) {
    if (!std::exchange(first, false)) text += ", ";
    text += name;
  }
  return text;
}

// What may have to wait for the subject's own time-out does so while the others run.
std::vector<std::size_t> waiting_first(std::span<const Check* const> checks) {
  std::vector<std::size_t> order(checks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_partition(order, [&](std::size_t i) { return checks[i]->waits; });
  return order;
}

class Run {
 public:
  Run(std::span<const Check* const> checks, mock::Server& server, SubjectFactory& factory,
      const RunOptions& options)
      : checks_(checks),
        options_(options),
        stage_{server,         factory,      scratch_.path(), options.seed,    options.timeout,
               options.prefix, options.stop, options.world,   options.patience},
        order_(waiting_first(checks)),
        outcomes_(checks.size()) {}

  std::vector<CheckOutcome> all(std::unique_ptr<Subject> first) {
    {
      std::vector<std::jthread> lanes;
      const std::size_t jobs =
          std::clamp<std::size_t>(options_.world ? 1 : options_.jobs, 1, checks_.size());
      for (std::size_t i = 1; i < jobs; ++i) {
        lanes.emplace_back([this] { lane(nullptr); });
      }
      lane(std::move(first));
    }
    return std::move(outcomes_);
  }

 private:
  // Takes the next check until none is left. One subject serves as long as it lasts.
  void lane(std::unique_ptr<Subject> subject) {
    for (std::size_t next = next_++; next < checks_.size(); next = next_++) {
      const std::size_t i = order_[next];
      const auto begun = steady_clock::now();
      CheckOutcome outcome = one(*checks_[i], subject);
      outcome.check = checks_[i];
      outcome.duration =
          std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begun);
      const std::lock_guard lock(mutex_);
      outcomes_[i] = std::move(outcome);
      if (options_.on_done) options_.on_done(outcomes_[i]);
    }
  }

  CheckOutcome one(const Check& check, std::unique_ptr<Subject>& shared) {
    CheckOutcome outcome;
    if (options_.stop.stop_requested()) {
      outcome.verdict = inconclusive("not run: interrupted");
      return outcome;
    }
    if (shared && shared->trouble()) shared.reset();
    std::unique_ptr<Subject> own;
    std::unique_ptr<Subject>& subject = check.own_process ? own : shared;
    if (!subject) {
      auto started = stage_.factory.start();
      if (!started) {
        outcome.verdict = {Result::error,
                           "the subject could not be started again: " + started.failure().message};
        return outcome;
      }
      subject = std::move(started).value();
    }
    const Capabilities lacking = check.needs.without(subject->capabilities());
    if (lacking != Capabilities{}) {
      outcome.verdict = not_applicable(missing(lacking));
      return outcome;
    }
    // Whoever waits for an answer then stops waiting.
    const std::stop_callback interrupted(options_.stop, [&subject] { subject->kill(); });
    try {
      Trial trial(check, stage_, *subject);
      outcome.verdict = trial.judge();
      outcome.exchange = trial.exchange();
    } catch (const std::exception& defect) {
      outcome.verdict = {Result::error, std::string("the suite failed: ") + defect.what()};
    }
    return outcome;
  }

  const std::span<const Check* const> checks_;
  const RunOptions& options_;
  const Scratch scratch_;
  const Stage stage_;
  const std::vector<std::size_t> order_;
  std::atomic<std::size_t> next_ = 0;  // in that order
  std::mutex mutex_;                   // of the outcomes, and of telling them
  std::vector<CheckOutcome> outcomes_;
};

}  // namespace

std::vector<CheckOutcome> run_checks(std::span<const Check* const> checks, mock::Server& server,
                                     SubjectFactory& factory, std::unique_ptr<Subject> first,
                                     const RunOptions& options) {
  if (checks.empty()) return {};
  return Run(checks, server, factory, options).all(std::move(first));
}

}  // namespace heygen::conformance
