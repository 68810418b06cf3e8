#include "mock_server/routes/idempotency.h"

#include <gtest/gtest.h>

#include <string>

#include "mock_server/core/crypto.h"
#include "mock_server/routes/testing.h"

namespace heygen::mock {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::json_text;
using testing::World;

class Idempotency : public ::testing::Test {
 protected:
  Answer order(const std::string& key, std::string body = "{}", std::string path = "/v3/videos",
               std::string credential = "key-1") {
    wire::Headers headers{{"X-API-KEY", std::move(credential)},
                          {"Content-Type", "application/json"}};
    if (!key.empty()) headers.add("Idempotency-Key", key);
    return world_.post(std::move(path), std::move(body), std::move(headers));
  }
  static std::string id(const Answer& answer) {
    return json_text(answer.response.body, "video_id");
  }

  World world_;
};

TEST_F(Idempotency, ARepeatedOrderGetsTheFirstAnswerForADay) {
  const Answer first = order("order-1");
  EXPECT_EQ(first.why, "");
  world_.clock.advance(seconds{90});
  const Answer again = order("order-1");
  EXPECT_EQ(again.response.status, 200);
  EXPECT_EQ(again.response.body, first.response.body);
  EXPECT_EQ(again.response.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(again.why, "the answer that this Idempotency-Key got 90s ago, again; nothing was done");
  EXPECT_FALSE(again.event_expected);  // one video, one event
  EXPECT_NE(id(order("order-2")), id(first));
  EXPECT_NE(id(order("")), id(order("")));
  world_.clock.advance(hours{24} - seconds{91});
  EXPECT_EQ(id(order("order-1")), id(first));
  world_.clock.advance(seconds{1});
  EXPECT_NE(id(order("order-1")), id(first));
}

TEST_F(Idempotency, AKeyBelongsToOneRequest) {
  const Answer first = order("k", R"({"title":"a"})");
  const Answer other = order("k", R"({"title":"b"})");
  EXPECT_EQ(other.response.status, 422);
  EXPECT_EQ(other.response.body,
            R"({"error":{"code":"invalid_parameter",)"
            R"("message":"This Idempotency-Key was used for another request",)"
            R"("doc_url":"https://developers.heygen.com/docs/error-codes#invalid-parameter"}})");
  EXPECT_EQ(order("k", R"({"title":"a"})", "/v3/assets").response.status, 422);
  EXPECT_EQ(id(order("k", R"({"title":"a"})")), id(first));
}

TEST_F(Idempotency, AKeyBelongsToOneAccount) {
  const TokenSet tokens{{"bobs", kNever}, std::nullopt, world_.clock.now()};
  world_.store.put_grant("demo", world_.config.users[1].id, "", tokens);
  const Answer anns = order("k");
  const Answer bobs =
      world_.post("/v3/videos", "{}", {{"Authorization", "Bearer bobs"}, {"Idempotency-Key", "k"}});
  EXPECT_NE(id(bobs), id(anns));
}

TEST_F(Idempotency, WhileTheFirstIsUnderWayItIs409) {
  // As another thread leaves it that has begun and not ended.
  (void)world_.store.begin_call(world_.config.users[0].id + "\nk", hex(sha256("/v3/videos\n{}")),
                                std::chrono::minutes{1}, world_.clock.now());
  const Answer answer = order("k");
  EXPECT_EQ(answer.response.status, 409);
  EXPECT_EQ(answer.outcome, "request_in_progress");
  EXPECT_EQ(json_text(answer.response.body, "code"), "request_in_progress");
}

// The store fails between the two, so that nobody can end the call.
TEST_F(Idempotency, ACallThatNobodyEndsIsUnderWayForAMinuteAtMost) {
  (void)world_.store.begin_call(world_.config.users[0].id + "\nk", hex(sha256("/v3/videos\n{}")),
                                std::chrono::minutes{1}, world_.clock.now());
  world_.clock.advance(std::chrono::seconds{59});
  EXPECT_EQ(order("k").response.status, 409);
  world_.clock.advance(std::chrono::seconds{1});
  EXPECT_EQ(order("k").response.status, 200);
}

TEST_F(Idempotency, ABadKeyIsRefused) {
  EXPECT_EQ(order("with space").response.status, 400);
  EXPECT_EQ(order(std::string(256, 'k')).response.status, 400);
  EXPECT_EQ(order(std::string(255, 'k')).response.status, 200);
  EXPECT_EQ(order("aZ09_-:.").response.status, 200);
  const Answer twice =
      world_.post("/v3/videos", "{}",
                  {{"X-API-KEY", "key-1"}, {"Idempotency-Key", "a"}, {"Idempotency-Key", "b"}});
  EXPECT_EQ(twice.response.status, 400);
}

TEST_F(Idempotency, OnlyPostsOfV3LookAtIt) {
  EXPECT_NE(id(order("k", "{}", "/v2/video/generate")), id(order("k", "{}", "/v2/video/generate")));
  const Answer get = world_.get("/v3/users/me", {{"X-API-KEY", "key-1"}, {"Idempotency-Key", " "}});
  EXPECT_EQ(get.response.status, 200);
}

TEST_F(Idempotency, WhoIsNotLetInTakesNoKey) {
  EXPECT_EQ(order("k", R"({"a":1})", "/v3/videos", "wrong").response.status, 401);
  EXPECT_EQ(order("k").response.status, 200);
}

}  // namespace
}  // namespace heygen::mock
