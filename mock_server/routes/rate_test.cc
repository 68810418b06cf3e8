// The API's rate limit, as a client sees it.
#include <gtest/gtest.h>

#include <string>

#include "mock_server/routes/testing.h"

namespace heygen::mock {
namespace {

using std::chrono::seconds;
using testing::World;

class ApiRate : public ::testing::Test {
 protected:
  ApiRate() {
    world_.set("api_rate", std::int64_t{2}).set("api_rate_window_s", std::int64_t{30});
    for (const std::size_t i : {0U, 1U}) {
      const TokenSet tokens{{"token-" + std::to_string(i), kNever}, std::nullopt, {}};
      world_.store.put_grant("demo", world_.config.users[i].id, "", tokens);
    }
  }
  Answer call(std::string path, std::string token = "token-0") {
    return world_.get(std::move(path), {{"Authorization", "Bearer " + std::move(token)}});
  }

  World world_;
};

TEST_F(ApiRate, TheCallBeyondItIs429InTheVendorsEnvelope) {
  EXPECT_EQ(call("/v1/user/me").response.status, 200);
  world_.clock.advance(seconds{10});
  EXPECT_EQ(call("/v2/avatars").response.status, 200);
  const Answer v3 = call("/v3/users/me");
  EXPECT_EQ(v3.response.status, 429);
  EXPECT_EQ(v3.response.headers.get("Retry-After"), "20");
  EXPECT_EQ(v3.response.body,
            R"({"error":{"code":"rate_limit_exceeded",)"
            R"("message":"please reduce the RATE to call this api",)"
            R"("doc_url":"https://developers.heygen.com/docs/error-codes#rate-limit-exceeded"}})");
  EXPECT_EQ(v3.outcome, "rate_limit_exceeded");
  EXPECT_EQ(v3.why,
            "the account has used up what api_rate allows it in a window of 30s; the next begins "
            "in 20s by the sandbox's clock");
  EXPECT_EQ(v3.tokens_used.size(), 1U);
  EXPECT_EQ(call("/v2/avatars").response.body,
            R"({"data":null,"error":{"code":"rate_limit_exceeded",)"
            R"("message":"please reduce the RATE to call this api"}})");
  EXPECT_EQ(call("/v1/user/me").response.body,
            R"({"code":400140,"message":"please reduce the RATE to call this api"})");
}

TEST_F(ApiRate, ItEndsByTheSandboxsClockAndAClockMovedBackBeginsAnew) {
  for (int i = 0; i < 2; ++i) EXPECT_EQ(call("/v1/user/me").response.status, 200);
  world_.clock.advance(seconds{29});
  EXPECT_EQ(call("/v1/user/me").response.headers.get("Retry-After"), "1");
  world_.clock.advance(seconds{1});
  EXPECT_EQ(call("/v1/user/me").response.status, 200);
  world_.clock.advance(std::chrono::hours{-24});
  EXPECT_EQ(call("/v1/user/me").response.status, 200);
}

TEST_F(ApiRate, EachAccountHasItsOwnWhateverItCallsWith) {
  EXPECT_EQ(call("/v1/user/me").response.status, 200);
  // The key is the default user's, as the token is.
  EXPECT_EQ(world_.get("/v1/user/me", {{"X-API-KEY", "key-1"}}).response.status, 200);
  EXPECT_EQ(call("/v1/user/me").response.status, 429);
  EXPECT_EQ(call("/v1/user/me", "token-1").response.status, 200);
}

TEST_F(ApiRate, WhoIsNotLetInIsNotCounted) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(call("/v1/user/me", "bad").response.status, 401);
  EXPECT_EQ(call("/v1/user/me").response.status, 200);
}

TEST(ApiRateByDefault, NothingIsLimited) {
  World world;
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(world.get("/v1/user/me", {{"X-API-KEY", "key-1"}}).response.status, 200);
  }
}

}  // namespace
}  // namespace heygen::mock
