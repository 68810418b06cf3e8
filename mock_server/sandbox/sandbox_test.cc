#include "mock_server/sandbox/sandbox.h"

#include <gtest/gtest.h>

#include "mock_server/core/crypto.h"
#include "mock_server/sandbox/registry.h"
#include "mock_server/sandbox/seeded_random.h"
#include "mock_server/sandbox/system_sources.h"

namespace heygen::mock {
namespace {

using namespace std::chrono_literals;

TEST(SeededRandom, TheSameSeedAndNameGiveTheSameBytes) {
  SeededRandom a{7, "default"};
  SeededRandom b{7, "default"};
  // Asked for in other portions, it is the same stream.
  const auto text = random_alphanumeric(a, 48);
  EXPECT_EQ(text, random_alphanumeric(b, 48));
  SeededRandom c{7, "other"};
  SeededRandom d{8, "default"};
  EXPECT_NE(text, random_alphanumeric(c, 48));
  EXPECT_NE(text, random_alphanumeric(d, 48));
  EXPECT_NE(text, random_alphanumeric(a, 48));
}

struct SandboxTest : testing::Test {
  SystemClock wall;
  SandboxBlueprint blueprint;
};

TEST_F(SandboxTest, StartsWithTheDemoClientAndTheVendors) {
  Sandbox box{"x", wall, blueprint};
  ASSERT_TRUE(box.store().find_client("demo"));
  EXPECT_TRUE(box.store().find_client("demo")->is_public());
  EXPECT_TRUE(box.store().find_client("q2A2QRSke2LrFTPJhoDbHtXh"));
  EXPECT_EQ(box.settings()->policy, profile_policy(Profile::heygen));
}

TEST_F(SandboxTest, ResetKeepsConfigurationAndClientsAndDropsTheRest) {
  blueprint.seed = 1;
  FaultRule first;
  first.action.status = 503;
  blueprint.faults.push_back(first);
  Sandbox box{"x", wall, blueprint};
  const auto first_draw = random_alphanumeric(box.random(), 10);
  auto config = box.settings()->config;
  config.overrides.emplace_back("rotation", "reuse");
  box.configure(config);
  Client mine;
  mine.id = "mine";
  box.store().put_client(mine);
  TokenSet tokens;
  tokens.access.value = "a";
  box.store().put_grant("mine", "user", "", tokens);
  box.clock().advance(24h);
  box.faults().add(first, box.clock().now());
  box.journal().record({});

  box.reset();

  EXPECT_EQ(box.settings()->policy.rotation, RotationPolicy::reuse);
  EXPECT_TRUE(box.store().find_client("mine"));
  EXPECT_FALSE(box.store().find_token("a", box.clock().now()));
  EXPECT_EQ(box.clock().read().mode, VirtualClock::Mode::real);
  EXPECT_EQ(box.faults().list(box.clock().now()).size(), 1U);
  EXPECT_TRUE(box.journal().after(0).empty());
  EXPECT_EQ(random_alphanumeric(box.random(), 10), first_draw);
}

TEST_F(SandboxTest, AScenarioOfTheBlueprintIsInForceAfterAResetToo) {
  Scenario scenario;
  scenario.policies.emplace_back("rotation", "omit");
  scenario.approve = "deny";
  scenario.clock = ScenarioClock{.advance = 240h, .set = {}, .freeze = {}};
  scenario.faults.emplace_back().action.status = 503;
  blueprint.scenarios.push_back(scenario);
  Sandbox box{"x", wall, blueprint};
  const auto check = [&] {
    EXPECT_EQ(box.settings()->policy.rotation, RotationPolicy::omit);
    EXPECT_EQ(box.settings()->config.approve, Approve::deny);
    EXPECT_GE(box.clock().now() - wall.now(), 239h);
    EXPECT_EQ(box.faults().list(box.clock().now()).size(), 1U);
  };
  check();
  box.reset();
  check();
}

TEST_F(SandboxTest, AScenarioPlayedTwiceIsInForceOnce) {
  Scenario scenario;
  scenario.policies.emplace_back("rotation", "omit");
  scenario.clock = ScenarioClock{.advance = {}, .set = {}, .freeze = false};
  Sandbox box{"x", wall, blueprint};
  box.clock().freeze();
  box.play(scenario);
  box.play(scenario);
  EXPECT_EQ(box.settings()->config.overrides.size(), 1U);
  EXPECT_NE(box.clock().read().mode, VirtualClock::Mode::frozen);
}

TEST_F(SandboxTest, TheRegistryHasADefaultAndMakesOthersByName) {
  Registry registry{wall, blueprint};
  ASSERT_TRUE(registry.find("default"));
  EXPECT_FALSE(registry.find("a"));
  const auto a = registry.find_or_create("a");
  ASSERT_TRUE(a);
  EXPECT_EQ(registry.find("a"), a);
  EXPECT_EQ(registry.find_or_create("a"), a);
  EXPECT_EQ(registry.all().size(), 2U);
  EXPECT_TRUE(registry.remove("a"));
  EXPECT_FALSE(registry.remove("a"));
  EXPECT_EQ(a->name(), "a");  // lives on for whoever holds it
}

TEST_F(SandboxTest, TwoSandboxesHaveTwoClocks) {
  Registry registry{wall, blueprint};
  const auto a = registry.find_or_create("a");
  const auto b = registry.find_or_create("b");
  b->clock().freeze();
  a->clock().freeze();
  const auto apart = b->clock().now();
  ASSERT_TRUE(a->clock().set(kLatest));
  EXPECT_EQ(b->clock().now(), apart);
}

TEST_F(SandboxTest, RemovingTheDefaultMakesItAnew) {
  Registry registry{wall, blueprint};
  const auto before = registry.find("default");
  EXPECT_TRUE(registry.remove("default"));
  ASSERT_TRUE(registry.find("default"));
  EXPECT_NE(registry.find("default"), before);
}

TEST(SandboxName, IsLowerCaseDigitsAndDashesUpTo64) {
  for (const auto* name : {"a", "my-test-1", "default"}) EXPECT_TRUE(is_sandbox_name(name));
  EXPECT_TRUE(is_sandbox_name(std::string(64, 'a')));
  for (const auto* name : {"", "A", "a_b", "a.b", "../a", "a b"}) {
    EXPECT_FALSE(is_sandbox_name(name)) << name;
  }
  EXPECT_FALSE(is_sandbox_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace heygen::mock
