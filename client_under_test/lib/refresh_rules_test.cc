#include "client_under_test/lib/refresh_rules.h"

#include <gtest/gtest.h>

#include "client_under_test/testing/fakes.h"

namespace heygen::client {
namespace {

using std::chrono::seconds;
using testing::kStart;

TokenRecord record_of(std::int64_t lifetime) {
  return {"AT", "RT", "", kStart, lifetime, expiry_of(kStart, lifetime)};
}

TEST(RefreshRules, TokenIsRefreshedInItsLastMinute) {
  const TokenRecord record = record_of(864000);
  EXPECT_FALSE(refresh_before_call(record, kStart, 0));
  EXPECT_FALSE(refresh_before_call(record, kStart + seconds{864000 - 61}, 0));
  EXPECT_TRUE(refresh_before_call(record, kStart + seconds{864000 - 60}, 0));
  EXPECT_TRUE(refresh_before_call(record, kStart + seconds{864001}, 0));
}

TEST(RefreshRules, ShortLifeIsUsedForNineTenths) {
  const TokenRecord record = record_of(60);
  EXPECT_FALSE(refresh_before_call(record, kStart + seconds{53}, 0));
  EXPECT_TRUE(refresh_before_call(record, kStart + seconds{54}, 0));
}

TEST(RefreshRules, OneRefreshACallIsEnough) {
  EXPECT_FALSE(refresh_before_call(record_of(60), kStart + seconds{60}, 1));
}

TEST(RefreshRules, UnknownExpiryOrNoRefreshTokenMeansNoRefresh) {
  EXPECT_FALSE(refresh_before_call(record_of(0), kStart + seconds{1}, 0));
  EXPECT_FALSE(refresh_before_call(record_of(-1), kStart + seconds{1}, 0));
  TokenRecord record = record_of(60);
  record.refresh_token.reset();
  EXPECT_FALSE(refresh_before_call(record, kStart + seconds{61}, 0));
}

TEST(RefreshRules, OnlyA401AndOnlyOnceAsksForARefresh) {
  EXPECT_TRUE(refresh_after_answer(401, 0));
  EXPECT_FALSE(refresh_after_answer(401, 1));
  for (const int status : {200, 302, 400, 403, 404, 429, 500, 503}) {
    EXPECT_FALSE(refresh_after_answer(status, 0)) << status;
  }
}

TEST(RefreshRules, OnlyARefusalEndsTheLogin) {
  const auto classify = [](int status, const char* oauth_error) {
    return classify_refresh_failure({ErrorKind::token_error, "", oauth_error, status});
  };
  constexpr auto kTerminal = RefreshFailure::terminal;
  constexpr auto kTransient = RefreshFailure::transient;
  EXPECT_EQ(classify(400, "invalid_grant"), kTerminal);
  EXPECT_EQ(classify(401, "invalid_grant"), kTerminal);
  EXPECT_EQ(classify(401, ""), kTerminal);
  EXPECT_EQ(classify(400, "invalid_request"), kTerminal);
  EXPECT_EQ(classify(403, "unauthorized_client"), kTerminal);
  EXPECT_EQ(classify(200, "invalid_grant"), kTerminal);
  EXPECT_EQ(classify(403, ""), kTransient);
  EXPECT_EQ(classify(404, ""), kTransient);
  EXPECT_EQ(classify(429, ""), kTransient);
  EXPECT_EQ(classify(429, "invalid_request"), kTransient);
  EXPECT_EQ(classify(408, ""), kTransient);
  EXPECT_EQ(classify(500, ""), kTransient);
  EXPECT_EQ(classify(503, "invalid_grant"), kTransient);
  EXPECT_EQ(classify(400, "temporarily_unavailable"), kTransient);
  EXPECT_EQ(classify(307, ""), kTransient);
  EXPECT_EQ(classify(200, ""), kTransient);
  EXPECT_EQ(classify_refresh_failure({ErrorKind::transport, ""}), kTransient);
  EXPECT_EQ(classify_refresh_failure({ErrorKind::unsafe_response, ""}), kTransient);
}

TEST(RefreshRules, NewRefreshTokenReplacesTheOldAndNoneKeepsIt) {
  EXPECT_EQ(merge_refresh_token("old", "new"), "new");
  EXPECT_EQ(merge_refresh_token("old", std::nullopt), "old");
}

}  // namespace
}  // namespace heygen::client
