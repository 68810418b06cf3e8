// What a store gets that does not say better.
#include "mock_server/core/store.h"

#include <gtest/gtest.h>

#include "mock_server/core/crypto.h"
#include "mock_server/core/testing.h"
#include "mock_server/store/memory.h"

namespace heygen::mock {
namespace {

using std::chrono::seconds;

// Knows no quicker way than to look through all tokens.
class PlainStore final : public MemoryStore {
 public:
  std::optional<TokenView> find_token_by_id(std::string_view id, TimePoint now) const override {
    return Store::find_token_by_id(id, now);
  }
  TokenCounts count_tokens(TimePoint now) const override { return Store::count_tokens(now); }
};

class DefaultsOfAStore : public ::testing::Test {
 protected:
  DefaultsOfAStore() {
    put("a1", "r1", seconds{60});
    put("a2", "r2", seconds{120});
    store_.revoke("a2");
  }
  void put(const std::string& access, const std::string& refresh, seconds lifetime) {
    store_.put_grant("cli", "ann", "",
                     {{access, clock_.now() + lifetime}, NewToken{refresh, kNever}, clock_.now()});
  }

  testing::ManualClock clock_;
  PlainStore store_;
};

TEST_F(DefaultsOfAStore, ATokenIsFoundByTheFingerprintThatTheJournalShows) {
  const auto token = store_.find_token_by_id(fingerprint("r1"), clock_.now());
  ASSERT_TRUE(token);
  EXPECT_EQ(token->value, "r1");
  EXPECT_EQ(token->kind, TokenKind::refresh);
  EXPECT_FALSE(store_.find_token_by_id(fingerprint("other"), clock_.now()));
  EXPECT_FALSE(store_.find_token_by_id("", clock_.now()));
}

TEST_F(DefaultsOfAStore, OnlyTokensThatWouldBeTakenCountAsLive) {
  const TokenCounts now = store_.count_tokens(clock_.now());
  EXPECT_EQ(now.kept, 4U);
  EXPECT_EQ(now.live_access, 1U);
  EXPECT_EQ(now.live_refresh, 2U);
  EXPECT_EQ(store_.count_tokens(clock_.now() + seconds{60}).live_access, 0U);
}

TEST_F(DefaultsOfAStore, TheyAgreeWithTheQuickerWays) {
  const auto quick = store_.MemoryStore::find_token_by_id(fingerprint("a2"), clock_.now());
  const auto plain = store_.find_token_by_id(fingerprint("a2"), clock_.now());
  ASSERT_TRUE(quick && plain);
  EXPECT_EQ(quick->value, plain->value);
  EXPECT_EQ(quick->state, plain->state);
  const TokenCounts counts = store_.MemoryStore::count_tokens(clock_.now());
  EXPECT_EQ(counts.kept, 4U);
  EXPECT_EQ(counts.live_access, 1U);
  EXPECT_EQ(counts.live_refresh, 2U);
}

// A store of one process alone: nobody else writes, so there is nothing to catch up with.
TEST_F(DefaultsOfAStore, AStoreOfOneProcessIsNeverBehind) {
  EXPECT_FALSE(store_.is_behind());
  bool handed_over = false;
  store_.catch_up([&](const Notes&) { handed_over = true; });
  EXPECT_FALSE(handed_over);
}

}  // namespace
}  // namespace heygen::mock
