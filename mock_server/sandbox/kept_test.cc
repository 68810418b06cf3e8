// A sandbox in a store that outlives it.
#include "mock_server/sandbox/kept.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mock_server/core/crypto.h"
#include "mock_server/sandbox/registry.h"
#include "mock_server/sandbox/system_sources.h"
#include "mock_server/store/memory.h"
#include "mock_server/store/sqlite.h"
#include "mock_server/store/testing.h"

namespace heygen::mock {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

FaultRule twice() {
  FaultRule rule;
  rule.times = 2;
  rule.action.status = 503;
  return rule;
}

constexpr FaultQuery kQuery{Endpoint::token, "authorization_code", "demo", "/v1/oauth/token"};

class KeptSandbox : public ::testing::Test {
 protected:
  // As the next run of the program would find it.
  Registry& registry() {
    registry_.reset();
    blueprint.stores.reset();
    blueprint.stores = std::make_shared<SqliteStores>(folder_ / "mock.db");
    registry_.emplace(wall, blueprint);
    return *registry_;
  }
  Sandbox* reopened(std::string_view name = kDefaultSandbox) {
    return registry().find(name).get();
  }

  mock::testing::Folder folder_;
  SystemClock wall;
  SandboxBlueprint blueprint;
  std::optional<Registry> registry_;
};

TEST_F(KeptSandbox, ConfigurationClientsAndClockAreAsTheyWere) {
  {
    auto* const box = reopened();
    SandboxConfig config = box->settings()->config;
    config.profile = Profile::strict;
    config.approve = Approve::ask;
    config.set_override({"rotation", PolicyValue{"omit"}});
    config.set_override({"code_ttl_s", PolicyValue{std::int64_t{7}}});
    config.users.push_back({"id", "jane@example.com", "Jane", "\xff"});
    config.api_keys = {"other-key"};
    box->configure(config);
    box->store().put_client({"mine", {"https://a.example/cb"}, "secret", {}});
    box->store().remove_client("demo");
    ASSERT_TRUE(box->clock().advance(240h));
  }
  auto* const box = reopened();
  const auto settings = box->settings();
  EXPECT_EQ(settings->config.profile, Profile::strict);
  EXPECT_EQ(settings->config.approve, Approve::ask);
  EXPECT_EQ(settings->policy.rotation, RotationPolicy::omit);
  EXPECT_EQ(settings->config.overrides,
            (PolicyOverrides{{"rotation", PolicyValue{"omit"}},
                             {"code_ttl_s", PolicyValue{std::int64_t{7}}}}));
  ASSERT_THAT(settings->config.users, SizeIs(2));
  EXPECT_EQ(settings->config.users[1].last_name, "\xff");
  EXPECT_EQ(settings->config.api_keys, std::vector<std::string>{"other-key"});
  EXPECT_EQ(box->store().find_client("mine")->secret, "secret");
  EXPECT_EQ(box->store().find_client("demo"), nullptr);
  EXPECT_GE(box->clock().now() - wall.now(), 239h);
  box->clock().freeze();
  const TimePoint then = box->clock().now();
  EXPECT_EQ(reopened()->clock().now(), then);
}

TEST_F(KeptSandbox, AFaultGoesOnWhereItWas) {
  const TimePoint end = wall.now() + 24h;
  {
    auto* const box = reopened();
    FaultRule rule = twice();
    rule.expires_after = 24h;
    EXPECT_EQ(box->faults().add(rule, end - 24h), "fault-1");
    EXPECT_TRUE(box->faults().match(kQuery, wall.now()));
  }
  auto* const box = reopened();
  ASSERT_THAT(box->faults().list(wall.now()), SizeIs(1));
  EXPECT_EQ(box->faults().list(wall.now())[0].expires_at, end);
  EXPECT_EQ(box->faults().list(wall.now())[0].remaining, 1U);
  EXPECT_TRUE(box->faults().match(kQuery, wall.now()));
  EXPECT_FALSE(box->faults().match(kQuery, wall.now()));
  EXPECT_TRUE(box->faults().remove("fault-1"));
  auto* const after = reopened();
  EXPECT_THAT(after->faults().list(wall.now()), IsEmpty());
  EXPECT_EQ(after->faults().add(twice(), wall.now()), "fault-2");  // ids are not given again
  after->faults().end();                                           // as a server that stops
  EXPECT_THAT(reopened()->faults().list(wall.now()), SizeIs(1));
}

TEST_F(KeptSandbox, AnotherBlueprintIsInForceAndWhatWasIssuedStays) {
  {
    auto* const box = reopened();
    box->configure([&] {
      SandboxConfig config = box->settings()->config;
      config.approve = Approve::deny;
      return config;
    }());
    box->store().put_client({"mine", {}, std::nullopt, {}});
    box->store().put_grant("demo", "ann", "", {{"at"}, std::nullopt, wall.now()});
    ASSERT_TRUE(box->clock().advance(240h));
    box->faults().add(twice(), wall.now());
  }
  blueprint.config.profile = Profile::strict;
  auto* const box = reopened();
  EXPECT_EQ(box->settings()->config.profile, Profile::strict);
  EXPECT_EQ(box->settings()->config.approve, Approve::automatic);
  EXPECT_THAT(box->faults().list(wall.now()), IsEmpty());
  EXPECT_NE(box->store().find_client("mine"), nullptr);
  EXPECT_TRUE(box->store().find_token("at", wall.now()));
  EXPECT_GE(box->clock().now() - wall.now(), 239h);
}

TEST_F(KeptSandbox, AScenarioOfTheStartIsPlayedOnce) {
  Scenario& scenario = blueprint.scenarios.emplace_back();
  scenario.clock = ScenarioClock{.advance = 240h, .set = {}, .freeze = {}};
  scenario.faults.push_back(twice());
  (void)reopened();
  auto* const box = reopened();
  EXPECT_LT(box->clock().now() - wall.now(), 241h);
  EXPECT_THAT(box->faults().list(wall.now()), SizeIs(1));
}

TEST_F(KeptSandbox, SandboxesAreFoundAgainAndADescribedOneIsItsOwn) {
  {
    Registry& first = registry();
    (void)first.find_or_create("called");
    SandboxBlueprint own = blueprint;
    own.config.profile = Profile::lenient;
    own.seed = 7;
    own.faults.push_back(twice());
    own.clients = {{"its", {}, std::nullopt, {}}};
    (void)first.create("described", own);
    (void)first.create("dropped", own);
    EXPECT_TRUE(first.remove("dropped"));
  }
  blueprint.config.profile = Profile::strict;  // another start
  Registry& second = registry();
  EXPECT_EQ(second.find("dropped"), nullptr);
  EXPECT_EQ(second.find("called")->settings()->config.profile, Profile::strict);
  auto* const box = second.find("described").get();
  EXPECT_EQ(box->settings()->config.profile, Profile::lenient);
  EXPECT_EQ(box->store().find_client("demo"), nullptr);
  EXPECT_THAT(box->faults().list(wall.now()), SizeIs(1));
  box->faults().clear();
  box->reset();
  EXPECT_THAT(box->faults().list(wall.now()), SizeIs(1));
  const std::string drawn = random_alphanumeric(box->random(), 20);
  EXPECT_NE(random_alphanumeric(reopened("described")->random(), 20), drawn);
}

TEST_F(KeptSandbox, ASeedGivesNothingTwice) {
  blueprint.seed = 1;
  std::vector<std::string> drawn;
  for (int i = 0; i < 3; ++i) {
    drawn.push_back(random_alphanumeric(reopened()->random(), 20));
    for (int j = 0; j < i; ++j) EXPECT_NE(drawn[i], drawn[j]);
  }
  registry_.reset();
  blueprint.stores = nullptr;
  Sandbox in_memory{"default", wall, blueprint};
  EXPECT_EQ(random_alphanumeric(in_memory.random(), 20), drawn[0]);  // as everywhere, at first
}

TEST_F(KeptSandbox, PutIsAFreshWorldAndSoIsARemovedDefault) {
  Registry& boxes = registry();
  boxes.find_or_create("x")->store().put_grant("demo", "ann", "", {{"at"}, std::nullopt, wall.now()});
  EXPECT_FALSE(boxes.create("x", blueprint)->store().find_token("at", wall.now()));
  boxes.find("default")->store().put_grant("demo", "ann", "", {{"at"}, std::nullopt, wall.now()});
  EXPECT_TRUE(boxes.remove("default"));
  EXPECT_FALSE(boxes.find("default")->store().find_token("at", wall.now()));
  EXPECT_FALSE(reopened()->store().find_token("at", wall.now()));
}

// A store whose notes cannot be written, at will.
class Failing final : public MemoryStore {
 public:
  explicit Failing(const bool& fails) : fails_(fails) {}
  void keep(const std::vector<Client>& clients, const Notes& notes) override {
    if (fails_) throw StoreUnavailable("the disk is full");
    MemoryStore::keep(clients, notes);
  }

 private:
  const bool& fails_;
};

class FailingStores final : public Stores {
 public:
  OpenedStore open(std::string_view) override { return {std::make_unique<Failing>(fails), 1}; }
  void forget(std::string_view) override {
    if (fails) throw StoreUnavailable("the disk is full");
  }
  std::vector<std::string> names() override { return {}; }
  [[nodiscard]] bool lasting() const noexcept override { return true; }

  bool fails = false;
};

TEST_F(KeptSandbox, AChangeThatCannotBeKeptIsNone) {
  const auto stores = std::make_shared<FailingStores>();
  blueprint.stores = stores;
  Registry boxes{wall, blueprint};
  const auto box = boxes.find("default");
  box->faults().add(twice(), wall.now());
  Scenario scenario;
  scenario.clients = {{"new", {}, std::nullopt, {}}};
  scenario.approve = "deny";
  scenario.clock = ScenarioClock{.advance = 240h, .set = {}, .freeze = {}};
  scenario.faults.push_back(twice());
  stores->fails = true;
  EXPECT_THROW(box->play(scenario), StoreUnavailable);
  EXPECT_THROW((void)box->clock().advance(24h), StoreUnavailable);
  EXPECT_THROW(box->clock().freeze(), StoreUnavailable);
  EXPECT_THROW(box->configure(SandboxConfig{}), StoreUnavailable);
  EXPECT_THROW((void)box->faults().add(twice(), wall.now()), StoreUnavailable);
  EXPECT_THROW((void)box->faults().remove("fault-1"), StoreUnavailable);
  EXPECT_THROW(box->faults().clear(), StoreUnavailable);
  EXPECT_THROW((void)boxes.create("default", blueprint), StoreUnavailable);
  EXPECT_THROW((void)boxes.remove("default"), StoreUnavailable);
  EXPECT_THROW((void)boxes.find_or_create("new"), StoreUnavailable);
  EXPECT_EQ(boxes.find("default"), box);
  EXPECT_EQ(boxes.find("new"), nullptr);
  EXPECT_EQ(box->store().find_client("new"), nullptr);
  EXPECT_EQ(box->settings()->config.approve, Approve::automatic);
  EXPECT_EQ(box->clock().read().mode, VirtualClock::Mode::real);
  EXPECT_THAT(box->faults().list(wall.now()), SizeIs(1));
  stores->fails = false;
  box->play(scenario);
  EXPECT_NE(box->store().find_client("new"), nullptr);
  EXPECT_EQ(box->settings()->config.approve, Approve::deny);
  EXPECT_GE(box->clock().now() - wall.now(), 239h);
  EXPECT_THAT(box->faults().list(wall.now()), SizeIs(2));
}

TEST_F(KeptSandbox, WhatIsDamagedSaysSo) {
  EXPECT_THROW((void)kept::read_config("x"), StoreUnavailable);
  EXPECT_THROW((void)kept::read_clock(kept::write(SandboxConfig{})), StoreUnavailable);
  EXPECT_THROW((void)kept::read_origin(""), StoreUnavailable);
  reopened()->store().keep({}, {{"config", "\xc1"}});
  EXPECT_THROW((void)registry(), StoreUnavailable);
}

}  // namespace
}  // namespace heygen::mock
