// The contract on a real redis-server, and what only a server can do: go away.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "mock_server/store/redis/redis_server.h"
#include "mock_server/store/redis/stores.h"
#include "mock_server/store/store_contract.h"
#include "mock_server/store/store_contract_upkeep.h"

namespace heygen::mock {
namespace {

std::unique_ptr<redis::RedisStores> stores(redis::TimeLimits time = {}, redis::Limits limits = {}) {
  return std::make_unique<redis::RedisStores>(redis::parse_address(redis::the_server().url()), time,
                                              limits);
}

struct Redis {
  static std::unique_ptr<Store> make() {
    static int count = 0;
    return stores()->open("contract-" + std::to_string(++count)).store;
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Redis, StoreContract, Redis);
INSTANTIATE_TYPED_TEST_SUITE_P(Redis, StoreUpkeep, Redis);

constexpr TimePoint kNow{std::chrono::milliseconds{1'000'000}};

TokenSet pair(const std::string& name) {
  return {{"at-" + name, kNow + std::chrono::seconds{60}}, NewToken{"rt-" + name}, kNow};
}

TEST(RedisStores, TwoProcessesSeeOneSandbox) {
  const auto one = stores();
  const auto other = stores();
  auto first = one->open("shared");
  auto second = other->open("shared");
  EXPECT_EQ(first.times, 1U);
  EXPECT_EQ(second.times, 2U);
  first.store->put_grant("demo", "ann", "", pair("1"));
  EXPECT_TRUE(second.store->find_token("at-1", kNow));
  EXPECT_TRUE(second.store->revoke("rt-1"));
  EXPECT_EQ(first.store->find_token("at-1", kNow)->state, TokenState::revoked);
}

TEST(RedisStores, NoneOverwritesWhatItHasNotSeen) {
  const auto all = stores();
  auto one = all->open("notes").store;
  auto other = all->open("notes").store;
  EXPECT_FALSE(all->reopen("notes"));
  one->keep({}, {{"clock", "1"}});
  EXPECT_TRUE(all->reopen("notes"));
  EXPECT_FALSE(one->is_behind());
  EXPECT_TRUE(other->is_behind());
  EXPECT_THROW(other->keep({{"a", {}, std::nullopt, {}}}, {{"clock", "2"}}), StoreBehind);
  EXPECT_EQ(one->find_note("clock"), "1");
  EXPECT_EQ(one->find_client("a"), nullptr);
  Notes seen;
  other->catch_up([&](const Notes& notes) {
    seen = notes;
    EXPECT_THROW(other->keep({}, {{"clock", "3"}}), StoreBehind);  // half of it is old yet
  });
  EXPECT_EQ(seen, (Notes{{"clock", "1"}}));
  EXPECT_FALSE(other->is_behind());
  other->keep({}, {{"clock", "2"}});
  EXPECT_TRUE(one->is_behind());
  all->forget("notes");
  EXPECT_THROW((void)one->is_behind(), StoreGone);
  EXPECT_THROW(one->keep({}, {}), StoreGone);
  EXPECT_FALSE(all->reopen("notes"));
}

TEST(RedisStores, OfManyThatKeepAtOnceNoneIsLost) {
  const auto all = stores();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([store = std::shared_ptr<Store>{all->open("sum").store}] {
      int sum = 0;
      for (int kept = 0; kept < 25;) {
        try {
          store->keep({}, {{"sum", std::to_string(sum + 1)}});
          ++sum;
          ++kept;
        } catch (const StoreBehind&) {
          store->catch_up([&](const Notes& notes) { sum = std::stoi(notes.at(0).second); });
        }
      }
    });
  }
  threads.clear();
  EXPECT_EQ(all->open("sum").store->find_note("sum"), "100");
}

TEST(RedisStores, ForgetsASandboxWithAllItsKeys) {
  const auto both = stores();
  auto old = both->open("gone");
  Code code;
  code.value = "c";
  old.store->put_code(code);
  old.store->put_client({"a", {}, std::nullopt, {}});
  old.store->put_grant("demo", "ann", "", pair("1"));
  both->forget("gone");
  EXPECT_THROW(old.store->put_code(code), StoreUnavailable);
  redis::Connection connection{redis::parse_address(redis::the_server().url()), {}};
  EXPECT_TRUE(connection.run({"KEYS", "heygen-mock:{gone}:*"}).list.empty());

  auto fresh = both->open("gone");
  EXPECT_EQ(fresh.times, 1U);
  EXPECT_FALSE(fresh.store->find_code("c"));
  EXPECT_TRUE(fresh.store->clients().empty());
  EXPECT_THROW((void)old.store->find_code("c"), StoreUnavailable);  // not its successor's
}

TEST(RedisStores, KnowsTheSandboxesByName) {
  const auto all = stores();
  const auto before = all->names().size();
  (void)all->open("names-b");
  (void)all->open("names-a");
  EXPECT_EQ(all->names().size(), before + 2);
  all->forget("names-b");
  const auto after = all->names();
  EXPECT_EQ(std::ranges::count(after, "names-a"), 1);
  EXPECT_EQ(std::ranges::count(after, "names-b"), 0);
}

TEST(RedisStores, LeavesTheSandboxOfAnotherLayoutAlone) {
  const auto all = stores();
  (void)all->open("newer");
  redis::Connection connection{redis::parse_address(redis::the_server().url()), {}};
  connection.run({"HSET", "heygen-mock:{newer}:world", "layout", "2"});
  try {
    (void)all->open("newer");
    ADD_FAILURE();
  } catch (const StoreUnavailable& why) {
    EXPECT_NE(std::string{why.what()}.find("layout 2"), std::string::npos) << why.what();
  }
}

TEST(RedisStore, IsBounded) {
  const auto all = stores({}, {.codes = 4,
                               .consents = 4,
                               .devices = 4,
                               .tokens = 8,
                               .spent_tokens = 4,
                               .quotas = 4,
                               .calls = 4});
  auto opened = all->open("bounded");
  Store& store = *opened.store;
  for (int i = 0; i < 20; ++i) {
    const std::string name = std::to_string(i);
    Code code;
    code.value = "c" + name;
    code.challenge.value = "ch" + name;
    code.expires_at = kNow + std::chrono::seconds{60};
    store.put_code(code);
    PendingConsent consent;
    consent.id = "p" + name;
    consent.request.challenge.value = "cp" + name;
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
  EXPECT_FALSE(store.find_code("c15"));
  EXPECT_TRUE(store.find_code("c16"));
  EXPECT_FALSE(store.has_challenge("ch15"));
  EXPECT_TRUE(store.has_challenge("ch16"));
  EXPECT_FALSE(store.find_consent("p15"));
  EXPECT_TRUE(store.find_consent("p16"));
  EXPECT_FALSE(store.find_device("u15"));
  EXPECT_TRUE(store.find_device("u16"));
  EXPECT_TRUE(std::holds_alternative<DeviceUnknown>(store.poll_device("d15", "", pair("x"), kNow)));
  EXPECT_TRUE(store.take_quota("q15", 1, std::chrono::seconds{60}, kNow).granted);  // forgotten
  EXPECT_EQ(store.tokens(kNow).size(), 8U);
  EXPECT_TRUE(store.find_token("rt-19", kNow));

  // Each sorted set and hash is as small as what it is about.
  redis::Connection connection{redis::parse_address(redis::the_server().url()), {}};
  for (const auto& [shelf, most] :
       {std::pair{"tokens", 8}, std::pair{"ids", 8}, std::pair{"grants", 4},
        std::pair{"challenges", 8}, std::pair{"user_codes", 4}}) {
    const std::string key = std::string{"heygen-mock:{bounded}:"} + shelf;
    EXPECT_EQ(connection.run({"HLEN", key}).integer, most) << shelf;
  }
  for (const auto& [order, most] :
       {std::pair{"tokens:order", 8}, std::pair{"members", 8}, std::pair{"codes:order", 4},
        std::pair{"consents:order", 4}, std::pair{"devices:order", 4}, std::pair{"spent", 0},
        std::pair{"quotas:order", 4}, std::pair{"calls:order", 4}}) {
    const std::string key = std::string{"heygen-mock:{bounded}:"} + order;
    EXPECT_EQ(connection.run({"ZCARD", key}).integer, most) << order;
  }
}

TEST(RedisStore, ForgetsSpentTokensBeforeLiveOnes) {
  const auto all = stores({}, {.tokens = 8, .spent_tokens = 4});
  auto opened = all->open("spent");
  Store& store = *opened.store;
  store.put_grant("demo", "user", "", pair("live"));
  store.put_grant("demo", "user", "", pair("0"));
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(std::holds_alternative<Rotated>(
        store.rotate_refresh("rt-" + std::to_string(i), pair(std::to_string(i + 1)), {}, kNow)));
  }
  EXPECT_EQ(store.tokens(kNow).size(), 8U);
  EXPECT_TRUE(store.find_token("rt-live", kNow));
  EXPECT_TRUE(store.find_token("rt-19", kNow));  // used, and still known to be
  EXPECT_FALSE(store.find_token("rt-17", kNow));
}

TEST(RedisStore, AMomentBeyondWhatADoubleTellsApartComesBackAsItWas) {
  auto opened = stores()->open("moments");
  const TimePoint late{std::chrono::milliseconds{9'007'199'254'740'993}};
  opened.store->put_grant("demo", "user", "", {{"at", late}, NewToken{"rt", late}, late});
  EXPECT_EQ(opened.store->find_token("rt", kNow)->expires_at, late);
  EXPECT_EQ(opened.store->find_token("rt", kNow)->issued_at, late);
}

TEST(RedisStore, ManyTokensAreListedAndExpiredPageByPage) {
  auto opened = stores()->open("pages");
  for (int i = 0; i < 1250; ++i) {
    opened.store->put_grant("demo", "user", "", pair(std::to_string(i)));
  }
  const auto tokens = opened.store->tokens(kNow);
  ASSERT_EQ(tokens.size(), 2500U);
  EXPECT_EQ(tokens.front().value, "at-0");
  EXPECT_EQ(tokens.back().value, "rt-1249");
  EXPECT_EQ(opened.store->expire_all(kNow), 2500U);
  EXPECT_EQ(opened.store->expire_all(kNow), 0U);
}

// --- the server goes away ------------------------------------------------------------------------

TEST(RedisStore, SaysUnavailableWhileTheServerIsDownAndFindsItAgain) {
  const auto all = stores();
  auto opened = all->open("down");
  opened.store->put_grant("demo", "user", "", pair("1"));
  redis::the_server().stop();
  for (int i = 0; i < 20; ++i) {
    EXPECT_THROW((void)opened.store->find_token("at-1", kNow), StoreUnavailable);
  }
  redis::the_server().again();  // without its data: this sandbox is gone, and says so
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  for (bool reached = false; !reached && std::chrono::steady_clock::now() < deadline;) {
    try {
      (void)all->names();
      reached = true;
    } catch (const StoreUnavailable&) {
      std::this_thread::yield();  // until the pause is over
    }
  }
  EXPECT_THROW((void)opened.store->find_token("at-1", kNow), StoreUnavailable);
  auto fresh = all->open("down");
  EXPECT_EQ(fresh.times, 1U);
  EXPECT_FALSE(fresh.store->find_token("at-1", kNow));
}

TEST(RedisStore, DoesNotWaitForAServerThatHangs) {
  const auto all = stores(
      {.connect = std::chrono::milliseconds{100}, .command = std::chrono::milliseconds{100}});
  auto opened = all->open("hangs");
  redis::the_server().hang();
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_THROW((void)opened.store->find_token("at-1", kNow), StoreUnavailable);
  EXPECT_THROW((void)opened.store->find_token("at-1", kNow), StoreUnavailable);
  const auto took = std::chrono::steady_clock::now() - begun;
  redis::the_server().go_on();
  EXPECT_LT(took, std::chrono::seconds{2});
}

TEST(RedisStore, SendsItsScriptsAgainToAServerThatForgotThem) {
  auto opened = stores()->open("scripts");
  redis::Connection connection{redis::parse_address(redis::the_server().url()), {}};
  connection.run({"SCRIPT", "FLUSH"});
  opened.store->put_grant("demo", "user", "", pair("1"));
  EXPECT_TRUE(opened.store->find_token("at-1", kNow));
}

TEST(RedisStores, LogsInAndSaysWhenItMayNot) {
  redis::Connection connection{redis::parse_address(redis::the_server().url()), {}};
  connection.run({"CONFIG", "SET", "requirepass", "open sesame"});
  const std::string host = redis::the_server().url().substr(std::string{"redis://"}.size());
  redis::RedisStores right{redis::parse_address("redis://:open%20sesame@" + host + "/3")};
  EXPECT_EQ(right.open("locked").times, 1U);
  for (const std::string& login :
       {std::string{}, std::string{":wrong@"}, std::string{"ann:wrong@"}}) {
    redis::RedisStores wrong{redis::parse_address("redis://" + login + host)};
    try {
      (void)wrong.open("locked");
      ADD_FAILURE() << login;
    } catch (const StoreUnavailable& why) {
      EXPECT_EQ(std::string{why.what()}.find("wrong@"), std::string::npos) << why.what();
    }
  }
  connection.run({"AUTH", "open sesame"});
  connection.run({"CONFIG", "SET", "requirepass", ""});
}

}  // namespace
}  // namespace heygen::mock
