#include "conformance/self_test.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "conformance/runner/run.h"

namespace heygen::conformance {
namespace {

using Ids = std::vector<std::string>;

Ids ids_with(const std::vector<CheckOutcome>& outcomes, std::initializer_list<Result> results) {
  Ids ids;
  for (const CheckOutcome& outcome : outcomes) {
    if (std::ranges::find(results, outcome.verdict.result) != results.end()) {
      ids.emplace_back(outcome.check->id);
    }
  }
  return ids;
}

class SelfTest {
 public:
  SelfTest(std::span<const Flaw* const> flaws, std::span<const Check* const> checks,
           mock::Server& server, const FactoryOf& factory_of, const SelfTestOptions& options)
      : checks_(checks), server_(server), factory_of_(factory_of), options_(options) {
    for (const SoundClient& sound : sound_clients()) {
      report_.sound.push_back({std::string(sound.name), {}, {}, {}});
    }
    for (const Flaw* flaw : flaws) report_.flaws.push_back({flaw, {}, {}});
  }

  SelfTestReport run() {
    const auto begun = std::chrono::steady_clock::now();
    {
      std::vector<std::jthread> lanes;
      const std::size_t subjects = report_.sound.size() + report_.flaws.size();
      for (std::size_t i = 0; i < std::min(options_.jobs, subjects); ++i) {
        lanes.emplace_back([this] { lane(); });
      }
    }
    forgive_what_the_sound_do();
    report_.seed = options_.seed;
    report_.interrupted = options_.stop.stop_requested();
    report_.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                              std::chrono::steady_clock::now() - begun)
                              .count();
    return std::move(report_);
  }

 private:
  // Each result belongs to the lane that took its number.
  void lane() {
    const std::size_t sound = report_.sound.size();
    const std::size_t all = sound + report_.flaws.size();
    for (std::size_t i = next_++; i < all; i = next_++) {
      if (i < sound) {
        judge_sound(report_.sound[i], i);
      } else {
        judge_flaw(report_.flaws[i - sound], i);
      }
    }
  }

  std::vector<CheckOutcome> outcomes_of(std::string_view name, std::size_t number,
                                        std::string& error) {
    const auto factory = factory_of_(name);
    auto first = factory->start();
    if (!first) {
      error = first.failure().message;
      return {};
    }
    const RunOptions options{
        1, options_.seed, options_.timeout, "n" + std::to_string(number) + "-", options_.stop, {}};
    return run_checks(checks_, server_, *factory, std::move(first).value(), options);
  }

  void judge_sound(SoundResult& result, std::size_t number) {
    const auto outcomes = outcomes_of(result.name, number, result.error);
    result.failed = ids_with(outcomes, {Result::fail, Result::error, Result::inconclusive});
    result.warned = ids_with(outcomes, {Result::warn});
    tell(result.name, !result.failed.empty() || !result.error.empty());
  }

  void judge_flaw(FlawResult& result, std::size_t number) {
    const auto outcomes = outcomes_of(result.flaw->id, number, result.error);
    result.killed_by = ids_with(outcomes, {Result::fail, Result::warn});
    tell(result.flaw->id, !result.killed());
  }

  void tell(std::string_view subject, bool bad) {
    const std::lock_guard lock(mutex_);
    if (options_.on_done) options_.on_done(subject, bad);
  }

  // A check that warns of the reference client too says nothing about a flaw in it.
  void forgive_what_the_sound_do() {
    std::set<std::string> common;
    if (!report_.sound.empty()) {
      common.insert(report_.sound[0].failed.begin(), report_.sound[0].failed.end());
      common.insert(report_.sound[0].warned.begin(), report_.sound[0].warned.end());
    }
    for (FlawResult& result : report_.flaws) {
      std::erase_if(result.killed_by, [&](const auto& id) { return common.contains(id); });
    }
  }

  const std::span<const Check* const> checks_;
  mock::Server& server_;
  const FactoryOf& factory_of_;
  const SelfTestOptions& options_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;  // of telling
  SelfTestReport report_;
};

}  // namespace

bool FlawResult::killed() const {
  return std::ranges::any_of(killed_by, [this](const auto& id) { return flaw->intends(id); });
}

bool SelfTestReport::good() const {
  return !interrupted && std::ranges::all_of(flaws, &FlawResult::killed) &&
         std::ranges::all_of(
             sound, [](const SoundResult& one) { return one.failed.empty() && one.error.empty(); });
}

SelfTestReport self_test(std::span<const Flaw* const> flaws, std::span<const Check* const> checks,
                         mock::Server& server, const FactoryOf& factory_of,
                         const SelfTestOptions& options) {
  return SelfTest(flaws, checks, server, factory_of, options).run();
}

}  // namespace heygen::conformance
