#include "mock_server/faults/faults.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "mock_server/faults/barrier.h"

namespace heygen::mock {
namespace {

using namespace std::chrono_literals;

constexpr FaultQuery kToken{Endpoint::token, "authorization_code", "demo", "/v1/oauth/token"};
constexpr FaultQuery kApi{Endpoint::api, "", "", "/v1/user/me"};
constexpr TimePoint kNow{1'000s};

FaultRule rule_with(FaultWhen when, std::optional<std::uint64_t> times = std::nullopt) {
  FaultRule rule;
  rule.when = when;
  rule.times = times;
  rule.action.status = 503;
  return rule;
}

std::string fired_id(Faults& faults, const FaultQuery& query, TimePoint now = kNow) {
  const auto firing = faults.match(query, now);
  return firing ? firing->id : "";
}

TEST(Faults, NothingArmedNothingFires) {
  Faults faults;
  EXPECT_EQ(fired_id(faults, kToken), "");
  EXPECT_TRUE(faults.list(kNow).empty());
}

TEST(Faults, AFiringSaysWhatItIsFor) {
  Faults faults;
  EXPECT_EQ(faults.add(rule_with(FaultAlways{}), kNow), "fault-1");
  const auto firing = faults.match(kApi, kNow);
  ASSERT_TRUE(firing);
  EXPECT_EQ(firing->id, "fault-1");
  EXPECT_EQ(firing->rule->action.status, 503);
  EXPECT_EQ(firing->endpoint, Endpoint::api);
  EXPECT_EQ(firing->path, "/v1/user/me");
  EXPECT_EQ(firing->barrier, nullptr);
}

TEST(Faults, TheFirstThatFiresTakesTheRequestFromTheOthers) {
  Faults faults;
  faults.add(rule_with(FaultEvery{2}), kNow);
  faults.add(rule_with(FaultFirst{2}), kNow);
  EXPECT_EQ(fired_id(faults, kToken), "fault-2");
  EXPECT_EQ(fired_id(faults, kToken), "fault-1");  // the second rule does not count this one
  EXPECT_EQ(fired_id(faults, kToken), "fault-2");
  const auto states = faults.list(kNow);
  EXPECT_EQ(states[0].matched, 3U);
  EXPECT_EQ(states[1].matched, 2U);
}

TEST(Faults, TimesBoundsTheFirings) {
  Faults faults;
  faults.add(rule_with(FaultEvery{2}, 2), kNow);
  for (int i = 0; i < 9; ++i) fired_id(faults, kToken);
  const auto state = faults.list(kNow).front();
  EXPECT_EQ(state.matched, 9U);
  EXPECT_EQ(state.fired, 2U);
  EXPECT_EQ(state.remaining, 0U);
}

TEST(Faults, RemainingIsTheLesserOfTimesAndChances) {
  Faults faults;
  faults.add(rule_with(FaultFirst{5}, 2), kNow);
  faults.add(rule_with(FaultNth{1}, 7), kNow);
  faults.add(rule_with(FaultAlways{}), kNow);
  const auto states = faults.list(kNow);
  EXPECT_EQ(states[0].remaining, 2U);
  EXPECT_EQ(states[1].remaining, 1U);
  EXPECT_EQ(states[2].remaining, std::nullopt);
}

TEST(Faults, ExpireByTheClockTheyAreGiven) {
  Faults faults;
  auto rule = rule_with(FaultAlways{});
  rule.expires_after = 30s;
  faults.add(rule, kNow);
  EXPECT_EQ(fired_id(faults, kToken, kNow + 29s), "fault-1");
  EXPECT_EQ(fired_id(faults, kToken, kNow + 30s), "");
  const auto state = faults.list(kNow + 30s).front();
  EXPECT_TRUE(state.expired);
  EXPECT_EQ(state.remaining, 0U);
  EXPECT_EQ(state.matched, 1U);
  EXPECT_EQ(state.expires_at, kNow + 30s);
  EXPECT_EQ(fired_id(faults, kToken, kNow), "fault-1");  // the clock was moved back
}

TEST(Faults, AnExpiryBeyondAllTimeIsNever) {
  Faults faults;
  auto rule = rule_with(FaultAlways{});
  rule.expires_after = std::chrono::milliseconds::max();
  faults.add(rule, kNow);
  EXPECT_EQ(faults.list(kNow).front().expires_at, kNever);
}

TEST(Faults, IdsAreNotGivenAgain) {
  Faults faults;
  faults.add(rule_with(FaultAlways{}), kNow);
  EXPECT_FALSE(faults.remove("fault-2"));
  EXPECT_TRUE(faults.remove("fault-1"));
  EXPECT_EQ(fired_id(faults, kToken), "");
  EXPECT_EQ(faults.add(rule_with(FaultAlways{}), kNow), "fault-2");
  faults.clear();
  EXPECT_EQ(faults.add(rule_with(FaultAlways{}), kNow), "fault-3");
}

TEST(Faults, AreBoundedInNumber) {
  Faults faults;
  for (std::size_t i = 0; i < Faults::kMostRules; ++i) {
    ASSERT_TRUE(faults.add(rule_with(FaultAlways{}), kNow));
  }
  EXPECT_EQ(faults.add(rule_with(FaultAlways{}), kNow), std::nullopt);
}

// Contract: counting is deterministic, per rule, in arrival order.
TEST(Faults, CountEachRequestOnceWhenManyComeAtOnce) {
  constexpr int kThreads = 8;
  constexpr int kEach = 2'000;
  Faults faults;
  faults.add(rule_with(FaultEvery{3}), kNow);
  faults.add(rule_with(FaultFirst{100}), kNow);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kEach; ++n) (void)faults.match(kToken, kNow);
    });
  }
  for (auto& thread : threads) thread.join();
  const auto states = faults.list(kNow);
  EXPECT_EQ(states[0].matched, 16'000U);
  EXPECT_EQ(states[0].fired, 5'333U);
  EXPECT_EQ(states[1].matched, 10'667U);
  EXPECT_EQ(states[1].fired, 100U);
}

TEST(Faults, TakingARuleAwayLetsGoOfWhatItsBarrierHolds) {
  for (const bool by_id : {true, false}) {
    Faults faults;
    auto rule = rule_with(FaultAlways{});
    rule.action.barrier = BarrierSpec{2, 1h};
    const auto id = faults.add(rule, kNow);
    const auto firing = faults.match(kToken, kNow);
    ASSERT_TRUE(firing && firing->barrier);
    auto held = std::async(std::launch::async, [&] { return firing->barrier->arrive(); });
    while (firing->barrier->waiting() == 0) std::this_thread::yield();
    if (by_id) {
      faults.remove(*id);
    } else {
      faults.clear();
    }
    EXPECT_EQ(held.get(), Barrier::Released::opened);
  }
}

}  // namespace
}  // namespace heygen::mock
