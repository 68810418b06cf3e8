// Two registries on one Redis, as in two processes.
#include <gtest/gtest.h>

#include <stop_token>
#include <thread>

#include "mock_server/sandbox/registry.h"
#include "mock_server/sandbox/system_sources.h"
#include "mock_server/store/redis/redis_server.h"
#include "mock_server/store/redis/stores.h"

namespace heygen::mock {
namespace {

using namespace std::chrono_literals;

constexpr FaultQuery kQuery{Endpoint::token, "authorization_code", "demo", "/v1/oauth/token"};

FaultRule busy() {
  FaultRule rule;
  rule.action.status = 503;
  return rule;
}

class Shared : public ::testing::Test {
 protected:
  static void clear() {
    redis::Connection{redis::parse_address(redis::the_server().url()), {}}.run({"FLUSHALL"});
  }
  static SandboxBlueprint blueprint() {
    SandboxBlueprint out;
    out.stores =
        std::make_shared<redis::RedisStores>(redis::parse_address(redis::the_server().url()));
    return out;
  }

  // As the control API does it: on the new state, until nobody else was first.
  template <typename Change>
  static void change(Registry& registry, Change how) {
    for (;;) {
      const auto box = registry.find("box");
      try {
        const auto still = box->stand_still();
        how(*box);
        return;
      } catch (const StoreBehind&) {
        continue;
      }
    }
  }

  const bool cleared_ = (clear(), true);  // before there are registries
  SystemClock wall_;
  Registry one_{wall_, blueprint()};
  Registry other_{wall_, blueprint()};
};

TEST_F(Shared, WhatOneChangesTheOtherHasWithItsNextLook) {
  ASSERT_EQ(other_.find("box"), nullptr);
  const auto here = one_.find_or_create("box");
  const auto there = other_.find("box");
  ASSERT_NE(there, nullptr);
  EXPECT_FALSE(there->started_here());
  here->clock().freeze();
  ASSERT_TRUE(here->clock().advance(1h));
  SandboxConfig config = here->settings()->config;
  config.profile = Profile::strict;
  here->configure(config);
  ASSERT_EQ(other_.find("box"), there);  // the same object, brought up to date
  EXPECT_EQ(there->clock().now(), here->clock().now());
  EXPECT_EQ(there->settings()->config.profile, Profile::strict);
}

TEST_F(Shared, AFaultIsCountedOnceForBoth) {
  const auto here = one_.find_or_create("box");
  const auto there = other_.find("box");
  FaultRule rule = busy();
  rule.times = 3;
  ASSERT_TRUE(here->faults().add(rule, wall_.now()));
  ASSERT_EQ(other_.find("box"), there);
  int fired = 0;
  for (int i = 0; i < 4; ++i) {
    if (here->faults().match(kQuery, wall_.now())) ++fired;
    if (there->faults().match(kQuery, wall_.now())) ++fired;
  }
  EXPECT_EQ(fired, 3);
  EXPECT_EQ(there->faults().list(wall_.now()).at(0).matched, 8U);
}

TEST_F(Shared, WhatIsRemovedOrMadeAnewIsSoForBoth) {
  const auto here = one_.find_or_create("box");
  const auto there = other_.find("box");
  EXPECT_TRUE(other_.remove("box"));
  EXPECT_EQ(one_.find("box"), nullptr);
  EXPECT_THROW((void)here->store().tokens(wall_.now()), StoreGone);
  SandboxBlueprint strict = blueprint();
  strict.config.profile = Profile::strict;
  const auto fresh = one_.create("box", strict);
  ASSERT_NE(fresh, nullptr);
  EXPECT_EQ(other_.find("box")->settings()->config.profile, Profile::strict);
  EXPECT_NE(other_.find("box"), there);
  EXPECT_EQ(other_.all().size(), 2U);
}

TEST_F(Shared, OneThatIsFoundGoesOnWhateverTheOtherWasStartedWith) {
  SandboxBlueprint lenient = blueprint();
  lenient.config.profile = Profile::lenient;
  Registry third{wall_, lenient};
  (void)one_.find_or_create("box");
  EXPECT_EQ(third.find("box")->settings()->config.profile, Profile::heygen);
  EXPECT_EQ(one_.find("box")->settings()->config.profile, Profile::heygen);
  EXPECT_EQ(one_.find(kDefaultSandbox)->settings()->config.profile, Profile::lenient);  // it began
}

TEST_F(Shared, AResetReachesWhatEachKeepsForItself) {
  const auto here = one_.find_or_create("box");
  const auto there = other_.find("box");
  there->journal().record(Entry{});
  here->reset();
  ASSERT_EQ(other_.find("box"), there);
  EXPECT_EQ(there->journal().holding().entries, 0U);
}

TEST_F(Shared, WithoutItsDataTheDefaultSandboxBeginsAnewAndOthersAreGone) {
  (void)one_.find_or_create("box");
  const auto before = one_.find(kDefaultSandbox);
  ASSERT_TRUE(before->clock().advance(1h));
  clear();
  EXPECT_EQ(one_.find("box"), nullptr);
  const auto after = one_.find(kDefaultSandbox);
  ASSERT_NE(after, nullptr);
  EXPECT_NE(after, before);
  EXPECT_EQ(after->clock().read().mode, VirtualClock::Mode::real);
  EXPECT_EQ(other_.find(kDefaultSandbox)->store().clients().size(), built_in_clients().size());
}

TEST_F(Shared, OneMayBeLookedForWhileItIsRemoved) {
  const std::jthread seeker{[this](const std::stop_token& stop) {
    while (!stop.stop_requested()) (void)one_.find("box");
  }};
  for (int round = 0; round < 100; ++round) {
    ASSERT_NE(one_.find_or_create("box"), nullptr);
    EXPECT_TRUE(one_.remove("box"));
  }
  EXPECT_EQ(one_.find("box"), nullptr);
}

TEST_F(Shared, OfManyChangesAtBothNoneIsLost) {
  const auto here = one_.find_or_create("box");
  here->clock().freeze();
  const TimePoint begun = here->clock().now();
  constexpr int kThreads = 4;
  constexpr int kEach = 10;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      Registry& registry = i % 2 == 0 ? one_ : other_;
      threads.emplace_back([&registry] {
        for (int n = 0; n < kEach; ++n) {
          change(registry, [](Sandbox& box) { (void)box.clock().advance(1s); });
          change(registry, [](Sandbox& box) { (void)box.faults().add(busy(), TimePoint{}); });
          change(registry, [](Sandbox& box) {
            SandboxConfig config = box.settings()->config;
            config.api_keys.emplace_back("another");
            box.configure(std::move(config));
          });
        }
      });
    }
  }
  for (Registry* const registry : {&one_, &other_}) {
    const auto box = registry->find("box");
    EXPECT_EQ(box->clock().now(), begun + kThreads * kEach * 1s);
    EXPECT_EQ(box->faults().list(TimePoint{}).size(), std::size_t{kThreads * kEach});
    EXPECT_EQ(box->settings()->config.api_keys.size(), std::size_t{kThreads * kEach + 1});
  }
}

}  // namespace
}  // namespace heygen::mock
