#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "mock_server/store/memory.h"

namespace heygen::mock {
namespace {

constexpr TimePoint kNow{std::chrono::milliseconds{1'000'000}};

Code code(std::string value) {
  Code c;
  c.value = std::move(value);
  c.client_id = "demo";
  c.user = "user";
  c.issued_at = kNow;
  c.expires_at = kNow + std::chrono::seconds{300};
  return c;
}

TokenSet pair(const std::string& name) {
  return {{"at-" + name, kNow + std::chrono::seconds{864000}}, NewToken{"rt-" + name}, kNow};
}

TEST(Store, OfManyConcurrentRedemptionsExactlyOneWins) {
  for (int round = 0; round < 200; ++round) {
    MemoryStore store;
    store.put_code(code("c"));
    std::atomic<int> won{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        const auto outcome = store.redeem_code("c", pair(std::to_string(i)), kNow);
        if (std::holds_alternative<Redeemed>(outcome)) ++won;
      });
    }
    threads.clear();
    ASSERT_EQ(won, 1);
  }
}

TEST(Store, AReplayedCodeRevokesWhatItGave) {  // RFC 6749 §4.1.2
  MemoryStore store;
  store.put_code(code("c"));
  ASSERT_TRUE(std::holds_alternative<Redeemed>(store.redeem_code("c", pair("1"), kNow)));
  EXPECT_EQ(store.find_token("at-1", kNow)->state, TokenState::active);
  const auto again = store.redeem_code("c", pair("2"), kNow);
  ASSERT_TRUE(std::holds_alternative<AlreadyRedeemed>(again));
  EXPECT_EQ(std::get<AlreadyRedeemed>(again).revoked, 2U);
  EXPECT_EQ(store.find_token("at-1", kNow)->state, TokenState::revoked);
  EXPECT_FALSE(store.find_token("at-2", kNow));
}

TEST(Store, ACodeExpiresByTheClockItIsGiven) {
  MemoryStore store;
  store.put_code(code("c"));
  EXPECT_TRUE(std::holds_alternative<CodeExpired>(
      store.redeem_code("c", pair("1"), kNow + std::chrono::seconds{300})));
  EXPECT_TRUE(std::holds_alternative<Redeemed>(
      store.redeem_code("c", pair("1"), kNow + std::chrono::seconds{299})));
}

TEST(Store, RotationSpendsTheTokenAndTheOldAccessTokenDies) {
  MemoryStore store;
  store.put_grant("demo", "user", "", pair("1"));
  ASSERT_TRUE(std::holds_alternative<Rotated>(store.rotate_refresh("rt-1", pair("2"), {}, kNow)));
  EXPECT_EQ(store.find_token("rt-1", kNow)->state, TokenState::used);
  EXPECT_EQ(store.find_token("at-1", kNow)->state, TokenState::revoked);
  EXPECT_EQ(store.find_token("at-2", kNow)->state, TokenState::active);
  EXPECT_TRUE(
      std::holds_alternative<RefreshReused>(store.rotate_refresh("rt-1", pair("3"), {}, kNow)));
  EXPECT_EQ(store.find_token("rt-2", kNow)->state, TokenState::active);
}

TEST(Store, ReuseRevokesTheFamilyWhereThePolicySaysSo) {  // RFC 9700 §4.14.2
  MemoryStore store;
  store.put_grant("demo", "user", "", pair("1"));
  const Rotation how{.reuse = ReusePolicy::revoke_family};
  (void)store.rotate_refresh("rt-1", pair("2"), how, kNow);
  const auto reused = store.rotate_refresh("rt-1", pair("3"), how, kNow);
  ASSERT_TRUE(std::holds_alternative<RefreshReused>(reused));
  EXPECT_TRUE(std::get<RefreshReused>(reused).family_revoked);
  EXPECT_EQ(store.find_token("rt-2", kNow)->state, TokenState::revoked);
  EXPECT_EQ(store.find_token("at-2", kNow)->state, TokenState::revoked);
}

TEST(Store, InsideTheGraceWindowTheSameSuccessorComesBack) {
  MemoryStore store;
  store.put_grant("demo", "user", "", pair("1"));
  const Rotation how{.grace = std::chrono::seconds{30}};
  (void)store.rotate_refresh("rt-1", pair("2"), how, kNow);
  const auto replay =
      store.rotate_refresh("rt-1", pair("3"), how, kNow + std::chrono::seconds{29});
  ASSERT_TRUE(std::holds_alternative<GraceReplay>(replay));
  EXPECT_EQ(std::get<GraceReplay>(replay).given.refresh->value, "rt-2");
  EXPECT_TRUE(std::holds_alternative<RefreshReused>(
      store.rotate_refresh("rt-1", pair("3"), how, kNow + std::chrono::seconds{30})));
}

TEST(Store, ReuseAndOmitKeepTheOldRefreshToken) {
  MemoryStore store;
  store.put_grant("demo", "user", "", pair("1"));
  const auto same =
      store.rotate_refresh("rt-1", pair("2"), {.rotation = RotationPolicy::reuse}, kNow);
  EXPECT_EQ(std::get<Rotated>(same).given.refresh->value, "rt-1");
  const auto none =
      store.rotate_refresh("rt-1", pair("3"), {.rotation = RotationPolicy::omit}, kNow);
  EXPECT_FALSE(std::get<Rotated>(none).given.refresh);
  EXPECT_EQ(store.find_token("rt-1", kNow)->state, TokenState::active);
}

TEST(Store, RevokingARefreshTokenTakesItsAccessTokensAlong) {  // RFC 7009 §2.1
  MemoryStore store;
  store.put_grant("demo", "user", "", pair("1"));
  EXPECT_TRUE(store.revoke("rt-1"));
  EXPECT_EQ(store.find_token("at-1", kNow)->state, TokenState::revoked);
  EXPECT_FALSE(store.revoke("nothing"));
}

TEST(Store, MemoryIsBounded) {
  MemoryStore store(MemoryLimits{.codes = 4, .consents = 4, .tokens = 8});
  for (int i = 0; i < 100; ++i) {
    store.put_code(code("c" + std::to_string(i)));
    store.put_grant("demo", "user", "", pair(std::to_string(i)));
  }
  EXPECT_FALSE(store.find_code("c0"));
  EXPECT_TRUE(store.find_code("c99"));
  EXPECT_LE(store.tokens(kNow).size(), 10U);
}

}  // namespace
}  // namespace heygen::mock
