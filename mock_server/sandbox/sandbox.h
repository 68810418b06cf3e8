// A world of its own: clock, randomness, clients, codes, tokens, policies, faults, journal. The
// default one is not special.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "mock_server/core/random.h"
#include "mock_server/core/stores.h"
#include "mock_server/faults/faults.h"
#include "mock_server/faults/scenario.h"
#include "mock_server/journal/journal.h"
#include "mock_server/sandbox/config.h"
#include "mock_server/sandbox/virtual_clock.h"
#include "mock_server/webhooks/book.h"

namespace heygen::mock {

// What a new sandbox is made of.
struct SandboxBlueprint {
  SandboxConfig config = SandboxConfig::defaults();
  std::vector<Client> clients = built_in_clients();
  std::vector<FaultRule> faults;      // armed at the start and again after a reset
  std::vector<Scenario> scenarios;    // put in force at the start; clock and faults after a reset
  std::optional<std::uint64_t> seed;  // absent: the operating system's randomness
  JournalLimits journal;
  std::shared_ptr<Stores> stores;  // null: each sandbox keeps its own in memory
  // Described by itself, not by what the program was started with: when it is opened again it goes
  // on as it was, whatever the program is started with then.
  bool own = false;
};

// Thread-safe. The base clock must outlive it.
//
// In a store that outlives the process it keeps its configuration, clients, clock and faults as
// well, and goes on with them: unless the blueprint is another than it was started with, when the
// blueprint's hold and only the clock and what was issued stay. Whatever changes it may throw
// StoreUnavailable, and changed nothing then (but see reset()).
class Sandbox {
 public:
  // `opened`: the store of one that is there; it goes on as it is, whatever the blueprint.
  Sandbox(std::string name, const Clock& base, const SandboxBlueprint& blueprint,
          std::optional<OpenedStore> opened = std::nullopt);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] VirtualClock& clock() noexcept { return clock_; }
  [[nodiscard]] const VirtualClock& clock() const noexcept { return clock_; }
  [[nodiscard]] const Clock& wall() const noexcept { return wall_; }
  [[nodiscard]] RandomSource& random() noexcept;
  [[nodiscard]] Store& store() noexcept { return *store_; }
  [[nodiscard]] const Store& store() const noexcept { return *store_; }
  [[nodiscard]] Faults& faults() noexcept { return faults_; }
  [[nodiscard]] Journal& journal() noexcept { return journal_; }
  [[nodiscard]] WebhookBook& webhooks() noexcept { return webhooks_; }

  // What holds for one request: taken once, so that a change in between does not split it.
  struct Settings {
    SandboxConfig config;
    Policy policy;  // config.policy(), worked out once
  };
  [[nodiscard]] std::shared_ptr<const Settings> settings() const;
  void configure(SandboxConfig config, std::vector<Client> clients = {});  // beside those there

  // Puts a scenario in force on top of what there is: clients, policies, clock, faults.
  void play(const Scenario& scenario);

  // Drops codes, tokens, webhooks, added faults and the journal, puts the clock back and starts the
  // seeded randomness anew. Configuration and clients stay. When the store fails in its middle,
  // some of that was done: call it again.
  void reset();

  // --- where other processes work on the same sandbox ---
  // Takes what they have kept meanwhile. Throws StoreGone when they have removed it.
  void catch_up();
  // Nothing is caught up with while this is held: for whoever reads what is kept, and then keeps
  // what came of it. Holds nothing where nobody shares.
  [[nodiscard]] std::unique_lock<std::mutex> stand_still();
  // Whether it began with the blueprint, not with what was kept.
  [[nodiscard]] bool started_here() const noexcept { return started_here_; }

 private:
  void start(const SandboxBlueprint& blueprint);
  void go_on(const SandboxBlueprint& blueprint);
  void join(const SandboxBlueprint& blueprint);
  void adopt(const Notes& notes);
  void drop_own();
  // All of it as one change of the store.
  struct Change;
  static void add(const Scenario& scenario, Change& change);
  void apply(const Change& change);
  void put(std::shared_ptr<const Settings> settings);

  const std::string name_;
  const Clock& wall_;
  std::optional<std::uint64_t> seed_;
  std::vector<FaultRule> first_faults_;
  const std::vector<Scenario> first_scenarios_;
  VirtualClock clock_;
  class Random;
  const bool found_;  // not made
  const OpenedStore opened_;
  Store* const store_;  // opened_'s
  const bool lasting_;
  const bool shared_;
  bool started_here_ = false;
  std::unique_ptr<Random> random_;
  Faults faults_;
  Journal journal_;
  WebhookBook webhooks_;
  std::mutex still_;                      // see stand_still()
  std::atomic<std::uint64_t> resets_{0};  // that this process knows of
  std::mutex changing_;                   // held while settings are changed and kept
  mutable std::mutex mutex_;
  std::shared_ptr<const Settings> settings_;
};

}  // namespace heygen::mock
