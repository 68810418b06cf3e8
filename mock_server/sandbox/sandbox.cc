#include "mock_server/sandbox/sandbox.h"

#include <shared_mutex>
#include <utility>

#include "mock_server/sandbox/kept.h"
#include "mock_server/sandbox/seeded_random.h"
#include "mock_server/sandbox/system_sources.h"
#include "mock_server/store/memory.h"

namespace heygen::mock {

namespace {

OpenedStore open_store(const SandboxBlueprint& blueprint, const std::string& name) {
  if (blueprint.stores) return blueprint.stores->open(name);
  return {std::make_unique<MemoryStore>(), 1};
}

void apply_move(const ScenarioClock& move, ClockState& state, TimePoint base) {
  if (move.advance) (void)state.advance(*move.advance, base);
  if (move.set) (void)state.set(*move.set, base);
  if (move.freeze) *move.freeze ? state.freeze(base) : state.thaw(base);
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

struct Sandbox::Change {
  std::vector<Client> clients;
  std::optional<SandboxConfig> config;
  bool clock_to_base = false;  // before the moves
  std::vector<ScenarioClock> moves;
  bool drop_faults = false;  // before those that are armed
  std::vector<FaultRule> faults;
  Notes notes;
};

// On top of what the change says already: `config` must.
void Sandbox::add(const Scenario& scenario, Change& change) {
  change.clients.insert(change.clients.end(), scenario.clients.begin(), scenario.clients.end());
  for (const auto& policy : scenario.policies) change.config->set_override(policy);
  if (scenario.approve) {
    change.config->approve = parse_approve(*scenario.approve).value_or(change.config->approve);
  }
  if (scenario.clock) change.moves.push_back(*scenario.clock);
  change.faults.insert(change.faults.end(), scenario.faults.begin(), scenario.faults.end());
}

Sandbox::Sandbox(std::string name, const Clock& base, const SandboxBlueprint& blueprint,
                 std::optional<OpenedStore> opened)
    : name_(std::move(name)),
      wall_(base),
      seed_(blueprint.seed),
      first_faults_(blueprint.faults),
      first_scenarios_(blueprint.scenarios),
      clock_(base),
      found_(opened.has_value()),
      opened_(opened ? std::move(*opened) : open_store(blueprint, name_)),
      store_(opened_.store.get()),
      lasting_(blueprint.stores && blueprint.stores->lasting()),
      shared_(blueprint.stores && blueprint.stores->shared()),
      journal_(blueprint.journal) {
  put(std::make_shared<const Settings>(Settings{blueprint.config, blueprint.config.policy()}));
  if (shared_) {
    join(blueprint);
  } else if (lasting_) {
    go_on(blueprint);
  } else {
    start(blueprint);
  }
  random_ = std::make_unique<Random>(seed_, name_, opened_.times);
}

Sandbox::~Sandbox() = default;

RandomSource& Sandbox::random() noexcept { return *random_; }

std::shared_ptr<const Sandbox::Settings> Sandbox::settings() const {
  const std::lock_guard lock{mutex_};
  return settings_;
}

void Sandbox::put(std::shared_ptr<const Settings> settings) {
  const std::lock_guard lock{mutex_};
  settings_ = std::move(settings);
}

void Sandbox::start(const SandboxBlueprint& blueprint) {
  Change change;
  change.clients = blueprint.clients;
  change.config = blueprint.config;
  change.faults = blueprint.faults;
  for (const Scenario& scenario : blueprint.scenarios) add(scenario, change);
  if (lasting_) {
    change.drop_faults = true;
    change.clock_to_base = !change.moves.empty();
    change.notes.emplace_back(kept::kStart,
                              blueprint.own ? kept::kOwn : kept::digest_of(blueprint));
    change.notes.emplace_back(kept::kOrigin, kept::write(kept::Origin{seed_, first_faults_}));
  }
  apply(change);
  started_here_ = true;
}

void Sandbox::go_on(const SandboxBlueprint& blueprint) {
  const auto clock = store_->find_note(kept::kClock);
  const auto config = store_->find_note(kept::kConfig);
  const auto begun = store_->find_note(kept::kStart);
  if (clock) clock_.restore(kept::read_clock(*clock));
  faults_.keep_in(*store_);
  const bool as_it_is = found_ || begun == kept::kOwn;
  if (as_it_is && begun) {
    kept::Origin origin = kept::read_origin(store_->find_note(kept::kOrigin).value_or(""));
    seed_ = origin.seed;
    first_faults_ = std::move(origin.faults);
  }
  if (config && (as_it_is || begun == kept::digest_of(blueprint))) {
    SandboxConfig as_it_was = kept::read_config(*config);
    const Policy policy = as_it_was.policy();
    put(std::make_shared<const Settings>(Settings{std::move(as_it_was), policy}));
  } else {
    start(blueprint);
  }
  clock_.keep_with([this](const ClockState& state) {
    store_->keep({}, {{std::string{kept::kClock}, kept::write(state)}});
  });
}

void Sandbox::apply(const Change& change) {
  const std::lock_guard lock{changing_};
  std::shared_ptr<const Settings> settings;
  Notes notes = change.notes;
  if (change.config) {
    settings = std::make_shared<const Settings>(Settings{*change.config, change.config->policy()});
    if (lasting_) notes.emplace_back(kept::kConfig, kept::write(*change.config));
  }
  // Clock and faults are held until the store has all of it, or none.
  const auto with_faults = [&](TimePoint now) {
    if (change.faults.empty() && !change.drop_faults) {
      if (!change.clients.empty() || !notes.empty()) store_->keep(change.clients, notes);
      return;
    }
    const Faults::Keep keep = [&](std::string note) {
      if (lasting_) notes.emplace_back(Faults::kNote, std::move(note));
      store_->keep(change.clients, notes);
    };
    std::vector<FaultRule> rules = change.faults;
    if (change.drop_faults && rules.size() > Faults::kMostRules) {
      rules.erase(rules.begin() + Faults::kMostRules, rules.end());
    }
    (void)faults_.add(std::move(rules), now, change.drop_faults, keep);
  };
  if (change.moves.empty() && !change.clock_to_base) {
    with_faults(clock_.now());
  } else {
    const auto edit = [&](ClockState& state, TimePoint base) {
      if (change.clock_to_base) state = {};
      for (const ScenarioClock& move : change.moves) apply_move(move, state, base);
      return true;
    };
    const TimePoint base = wall_.now();
    clock_.change(edit, [&](const ClockState& state) {
      if (lasting_) notes.emplace_back(kept::kClock, kept::write(state));
      with_faults(state.now(base));
    });
  }
  if (settings) put(std::move(settings));
}

void Sandbox::configure(SandboxConfig config, std::vector<Client> clients) {
  Change change;
  change.clients = std::move(clients);
  change.config = std::move(config);
  apply(change);
}

void Sandbox::reset() {
  store_->clear();
  Change change;
  change.drop_faults = true;
  change.clock_to_base = true;
  // Clients and policies of the scenarios are still there.
  change.faults = first_faults_;
  for (const Scenario& scenario : first_scenarios_) {
    if (scenario.clock) change.moves.push_back(*scenario.clock);
    change.faults.insert(change.faults.end(), scenario.faults.begin(), scenario.faults.end());
  }
  const std::uint64_t number = resets_ + 1;
  if (shared_) change.notes.emplace_back(kept::kResets, std::to_string(number));
  apply(change);
  resets_ = number;
  drop_own();
}

// What is this process's own, and goes with a reset.
void Sandbox::drop_own() {
  webhooks_.clear();
  random_->restart();
  journal_.clear();
}

void Sandbox::play(const Scenario& scenario) {
  Change change;
  change.config = settings()->config;
  add(scenario, change);
  apply(change);
}

}  // namespace heygen::mock
