#include <gtest/gtest.h>

#include "mock_server/store/memory.h"
#include "mock_server/store/store_contract.h"
#include "mock_server/store/store_contract_upkeep.h"

namespace heygen::mock {
namespace {

struct Memory {
  static std::unique_ptr<Store> make() { return std::make_unique<MemoryStore>(); }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreContract, Memory);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreUpkeep, Memory);

constexpr TimePoint kNow{std::chrono::milliseconds{1'000'000}};

TokenSet pair(const std::string& name) {
  return {{"at-" + name, kNow + std::chrono::seconds{60}}, NewToken{"rt-" + name}, kNow};
}

TEST(MemoryStore, IsBounded) {
  MemoryStore store(
      {.codes = 4, .consents = 4, .devices = 4, .tokens = 8, .quotas = 4, .calls = 4});
  for (int i = 0; i < 100; ++i) {
    const std::string name = std::to_string(i);
    Code code;
    code.value = "c" + name;
    code.expires_at = kNow + std::chrono::seconds{60};
    store.put_code(code);
    PendingConsent consent;
    consent.id = "p" + name;
    store.put_consent(consent);
    DeviceRequest device;
    device.user_code = "u" + name;
    device.device_code = "d" + name;
    device.expires_at = kNow + std::chrono::seconds{60};
    ASSERT_TRUE(store.put_device(device));
    store.put_grant("demo", "user", "", pair(name));
    ASSERT_TRUE(store.take_quota("q" + name, 1, std::chrono::seconds{60}, kNow).granted);
    ASSERT_TRUE(std::holds_alternative<CallBegun>(
        store.begin_call("k" + name, "a", std::chrono::seconds{60}, kNow)));
  }
  EXPECT_TRUE(std::holds_alternative<CallInProgress>(
      store.begin_call("k96", "a", std::chrono::seconds{60}, kNow)));
  EXPECT_TRUE(std::holds_alternative<CallBegun>(
      store.begin_call("k95", "a", std::chrono::seconds{60}, kNow)));
  EXPECT_FALSE(store.take_quota("q96", 1, std::chrono::seconds{60}, kNow).granted);
  EXPECT_TRUE(store.take_quota("q95", 1, std::chrono::seconds{60}, kNow).granted);  // forgotten
  EXPECT_FALSE(store.find_code("c95"));
  EXPECT_TRUE(store.find_code("c96"));
  EXPECT_FALSE(store.find_consent("p95"));
  EXPECT_TRUE(store.find_consent("p96"));
  EXPECT_FALSE(store.find_device("u95"));
  EXPECT_TRUE(store.find_device("u96"));
  EXPECT_TRUE(std::holds_alternative<DeviceUnknown>(store.poll_device("d95", "", pair("x"), kNow)));
  EXPECT_EQ(store.tokens(kNow).size(), 8U);
  EXPECT_TRUE(store.find_token("rt-99", kNow));
}

TEST(MemoryStore, ForgetsDeadTokensBeforeLiveOnes) {
  MemoryStore store({.tokens = 6});
  store.put_grant("demo", "user", "", pair("live"));
  store.put_grant("demo", "user", "", pair("dead"));
  ASSERT_TRUE(store.revoke("rt-dead"));
  store.put_grant("demo", "user", "", pair("new"));
  store.put_grant("demo", "user", "", pair("newer"));
  EXPECT_FALSE(store.find_token("at-dead", kNow));
  EXPECT_FALSE(store.find_token("rt-dead", kNow));
  EXPECT_TRUE(store.find_token("at-live", kNow));
  EXPECT_TRUE(store.find_token("rt-live", kNow));
}

TEST(MemoryStore, ForgetsASpentTokenHoweverYoungBeforeALiveOne) {
  MemoryStore store({.tokens = 40});
  for (int i = 0; i < 20; ++i)
    store.put_grant("demo", "user", "", pair("live" + std::to_string(i)));
  for (int i = 0; i < 100; ++i) {
    const std::string last = i == 0 ? "live19" : "next" + std::to_string(i - 1);
    ASSERT_TRUE(std::holds_alternative<Rotated>(
        store.rotate_refresh("rt-" + last, pair("next" + std::to_string(i)), {}, kNow)));
  }
  for (int i = 0; i < 19; ++i) {
    EXPECT_TRUE(store.find_token("at-live" + std::to_string(i), kNow)) << i;
    EXPECT_TRUE(store.find_token("rt-live" + std::to_string(i), kNow)) << i;
  }
  EXPECT_EQ(store.tokens(kNow).size(), 40U);
}

TEST(MemoryStore, KeepsSoManySpentTokensAndNoMore) {
  MemoryStore store({.spent_tokens = 4});
  store.put_grant("demo", "user", "", pair("0"));
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(std::holds_alternative<Rotated>(
        store.rotate_refresh("rt-" + std::to_string(i), pair(std::to_string(i + 1)), {}, kNow)));
  }
  EXPECT_EQ(store.tokens(kNow).size(), 6U);
  EXPECT_TRUE(store.find_token("rt-99", kNow));  // used, and still known to be
  EXPECT_FALSE(store.find_token("rt-97", kNow));
  ASSERT_TRUE(store.revoke("rt-100"));  // the whole grant
  store.put_grant("demo", "user", "", pair("new"));
  EXPECT_EQ(store.tokens(kNow).size(), 6U);
}

}  // namespace
}  // namespace heygen::mock
