#include "conformance/self_test.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "conformance/flawed/server_seams.h"
#include "conformance/runner/run.h"
#include "conformance/runner/run_server.h"

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
      : server_(server), factory_of_(factory_of), options_(options) {
    for (const Check* check : checks) {
      (check->side == Side::client ? client_checks_ : server_checks_).push_back(check);
    }
    const auto judges = [&](Side side) {
      return std::ranges::any_of(flaws, [side](const Flaw* flaw) { return flaw->subject == side; });
    };
    if (judges(Side::client)) {
      for (const SoundClient& sound : sound_clients()) add_sound(sound.name, Side::client);
    }
    if (judges(Side::server)) {
      for (const SoundServer& sound : sound_servers()) add_sound(sound.name, Side::server);
    }
    for (const Flaw* flaw : flaws) report_.flaws.push_back({flaw, {}, {}, {}});
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
  void add_sound(std::string_view name, Side side) {
    report_.sound.push_back({std::string(name), side, {}, {}, {}});
  }

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

  std::vector<CheckOutcome> outcomes_of(std::string_view name, std::string prefix,
                                        std::span<const Check* const> checks, std::string& error) {
    const auto factory = factory_of_(name);
    auto first = factory->start();
    if (!first) {
      error = first.failure().message;
      return {};
    }
    const RunOptions options{1, options_.seed, options_.timeout, std::move(prefix), options_.stop,
                             {}};
    return run_checks(checks, server_, *factory, std::move(first).value(), options);
  }

  // A server in this process, asked over real sockets.
  std::vector<CheckOutcome> outcomes_of_server(void (*plant)(ServerSeams&),
                                               std::span<const Check* const> checks,
                                               std::string& error) {
    try {
      ServerSeams seams;
      if (plant != nullptr) plant(seams);
      const FlawedServer server(std::move(seams));
      ServerTarget target;
      target.control_url = server.control_url();
      error = complete(target);
      if (!error.empty()) return {};
      return run_server_checks(checks, target,
                               {1, options_.seed, options_.timeout, "n-", options_.stop, {}});
    } catch (const std::exception& defect) {
      error = defect.what();
      return {};
    }
  }

  void judge_sound(SoundResult& result, std::size_t number) {
    const SoundServer* const server = find_sound_server(result);
    const auto outcomes =
        server != nullptr
            ? outcomes_of_server(server->adapt, server_checks_, result.error)
            : outcomes_of(result.name, prefix_of(number), client_checks_, result.error);
    result.failed = ids_with(outcomes, {Result::fail, Result::error, Result::inconclusive});
    result.warned = ids_with(outcomes, {Result::warn});
    if (server != nullptr) expect_departures(*server, result);
    tell(result.name, !result.failed.empty() || !result.error.empty());
  }

  static const SoundServer* find_sound_server(const SoundResult& result) {
    if (result.subject != Side::server) return nullptr;
    const auto& all = sound_servers();
    const auto found = std::ranges::find(all, result.name, &SoundServer::name);
    return found == all.end() ? nullptr : &*found;
  }

  // What it is known to fail does not count, and has to be failed.
  static void expect_departures(const SoundServer& server, SoundResult& result) {
    if (!result.error.empty()) return;
    for (const std::string_view id : server.expected) {
      if (std::erase(result.failed, id) + std::erase(result.warned, id) == 0) {
        result.failed.push_back(std::string(id) + " (it passes, and was known to fail)");
      }
    }
  }

  // The checks that are meant for the flaw come first: where one of them catches it, what else does
  // is wanted for the whole matrix alone.
  void judge_flaw(FlawResult& result, std::size_t number) {
    const Flaw& flaw = *result.flaw;
    const auto& all = flaw.subject == Side::server ? server_checks_ : client_checks_;
    std::vector<const Check*> checks;
    std::ranges::copy_if(all, std::back_inserter(checks),
                         [&](const Check* check) { return flaw.intends(check->id); });
    if (!options_.whole_matrix) try_checks(result, prefix_of(number), checks);
    if (!result.killed()) try_checks(result, prefix_of(number) + "all-", all);
    tell(flaw.id, !result.killed());
  }

  void try_checks(FlawResult& result, std::string prefix, std::span<const Check* const> checks) {
    result.error.clear();
    const auto outcomes =
        result.flaw->subject == Side::server
            ? outcomes_of_server(result.flaw->plant_server, checks, result.error)
            : outcomes_of(result.flaw->id, std::move(prefix), checks, result.error);
    result.killed_by = ids_with(outcomes, {Result::fail, Result::warn});
    const auto meant = std::ranges::find_if(outcomes, [&](const CheckOutcome& outcome) {
      return result.flaw->intends(outcome.check->id);
    });
    if (meant != outcomes.end()) {
      result.excuse = std::string(to_string(meant->verdict.result));
      if (!meant->verdict.message.empty()) result.excuse += ": " + meant->verdict.message;
    }
  }

  static std::string prefix_of(std::size_t number) { return "n" + std::to_string(number) + "-"; }

  void tell(std::string_view subject, bool bad) {
    const std::lock_guard lock(mutex_);
    if (options_.on_done) options_.on_done(subject, bad);
  }

  // A check that warns of the reference client too says nothing about a flaw in it.
  void forgive_what_the_sound_do() {
    for (const Side side : {Side::client, Side::server}) {
      const auto first = std::ranges::find(report_.sound, side, &SoundResult::subject);
      if (first == report_.sound.end()) continue;
      std::set<std::string> common(first->failed.begin(), first->failed.end());
      common.insert(first->warned.begin(), first->warned.end());
      for (FlawResult& result : report_.flaws) {
        if (result.flaw->subject != side) continue;
        std::erase_if(result.killed_by, [&](const auto& id) { return common.contains(id); });
      }
    }
  }

  std::vector<const Check*> client_checks_;
  std::vector<const Check*> server_checks_;
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
