#include "mock_server/sandbox/sandbox.h"

#include <shared_mutex>
#include <utility>

#include "mock_server/sandbox/seeded_random.h"
#include "mock_server/sandbox/system_sources.h"
#include "mock_server/store/memory.h"

namespace heygen::mock {

namespace {

OpenedStore open_store(const SandboxBlueprint& blueprint, const std::string& name) {
  if (blueprint.stores) return blueprint.stores->open(name);
  return {std::make_unique<MemoryStore>(), 1};
}

}  // namespace

// The operating system's randomness, or a seeded source that a reset starts anew.
class Sandbox::Random final : public RandomSource {
 public:
  // A store that is opened again holds what the seed gave before: no token may be given twice.
  Random(std::optional<std::uint64_t> seed, const std::string& name, std::uint64_t times_opened)
      : seed_(seed), name_(times_opened == 1 ? name : name + "#" + std::to_string(times_opened)) {
    restart();
  }
  void fill(std::span<std::byte> out) override {
    const std::shared_lock lock{mutex_};
    source_->fill(out);
  }
  void restart() {
    const std::unique_lock lock{mutex_};
    if (seed_) {
      source_ = std::make_unique<SeededRandom>(*seed_, name_);
    } else if (!source_) {
      source_ = std::make_unique<SystemRandom>();
    }
  }

 private:
  const std::optional<std::uint64_t> seed_;
  const std::string name_;
  std::shared_mutex mutex_;
  std::unique_ptr<RandomSource> source_;
};

Sandbox::Sandbox(std::string name, const Clock& base, const SandboxBlueprint& blueprint)
    : name_(std::move(name)),
      wall_(base),
      first_faults_(blueprint.faults),
      first_scenarios_(blueprint.scenarios),
      clock_(base),
      opened_(open_store(blueprint, name_)),
      store_(opened_.store.get()),
      random_(std::make_unique<Random>(blueprint.seed, name_, opened_.times)),
      journal_(blueprint.journal) {
  for (const Client& client : blueprint.clients) store_->put_client(client);
  configure(blueprint.config);
  arm(first_faults_);
  for (const Scenario& scenario : first_scenarios_) play(scenario);
}

Sandbox::~Sandbox() = default;

RandomSource& Sandbox::random() noexcept { return *random_; }

std::shared_ptr<const Sandbox::Settings> Sandbox::settings() const {
  const std::lock_guard lock{mutex_};
  return settings_;
}

void Sandbox::configure(SandboxConfig config) {
  Policy policy = config.policy();
  auto fresh = std::make_shared<const Settings>(Settings{std::move(config), policy});
  const std::lock_guard lock{mutex_};
  settings_ = std::move(fresh);
}

void Sandbox::reset() {
  faults_.clear();
  store_->clear();
  webhooks_.clear();
  clock_.reset();
  random_->restart();
  journal_.clear();
  // Clients and policies of the scenarios are still there.
  arm(first_faults_);
  for (const Scenario& scenario : first_scenarios_) {
    if (scenario.clock) move_clock(*scenario.clock);
    arm(scenario.faults);
  }
}

void Sandbox::play(const Scenario& scenario) {
  for (const Client& client : scenario.clients) store_->put_client(client);
  SandboxConfig config = settings()->config;
  for (const auto& policy : scenario.policies) config.set_override(policy);
  if (scenario.approve) config.approve = parse_approve(*scenario.approve).value_or(config.approve);
  configure(std::move(config));
  if (scenario.clock) move_clock(*scenario.clock);
  arm(scenario.faults);
}

void Sandbox::move_clock(const ScenarioClock& move) {
  if (move.advance) (void)clock_.advance(*move.advance);
  if (move.set) (void)clock_.set(*move.set);
  if (move.freeze) *move.freeze ? clock_.freeze() : clock_.thaw();
}

void Sandbox::arm(const std::vector<FaultRule>& rules) {
  for (const FaultRule& rule : rules) faults_.add(rule, clock_.now());
}

}  // namespace heygen::mock
