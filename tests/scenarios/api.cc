// What the API does with a token that the client believes in.
#include <gmock/gmock.h>

#include <array>

#include "tests/scenarios/stage.h"

namespace heygen::scenarios {
namespace {

using testing::HasSubstr;

void expect_dead(const Reply& reply) {
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.header("WWW-Authenticate"),
            R"(Bearer realm="heygen-mock", error="invalid_token")");
  EXPECT_EQ(reply.body,
            R"({"error":{"code":"unauthorized","message":"Unauthorized",)"
            R"("doc_url":"https://developers.heygen.com/docs/error-codes#unauthorized"}})");
}

void expect_limited(const Reply& reply, std::string_view retry_after) {
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.header("Retry-After"), retry_after);
  EXPECT_EQ(reply.body,
            R"({"error":{"code":"rate_limit_exceeded",)"
            R"("message":"please reduce the RATE to call this api",)"
            R"("doc_url":"https://developers.heygen.com/docs/error-codes#rate-limit-exceeded"}})");
}

void api_401_once(Stage& stage) {
  const Tokens tokens = stage.log_in();
  expect_dead(stage.me(tokens.access));
  EXPECT_EQ(stage.me(tokens.access).status, 200);
}

void api_401_for_ever(Stage& stage) {
  Tokens tokens = stage.log_in();
  for (int i = 0; i < 3; ++i) {
    expect_dead(stage.me(tokens.access));
    const Reply refreshed = stage.refresh(tokens.refresh);
    ASSERT_EQ(refreshed.status, 200);
    tokens = tokens_of(refreshed);
  }
}

void api_429(Stage& stage) {
  const Tokens tokens = stage.log_in();
  for (int i = 0; i < 2; ++i) expect_limited(stage.me(tokens.access), "1");
  EXPECT_EQ(stage.me(tokens.access).status, 200);
}

void rate_limited_by_policy(Stage& stage) {
  ASSERT_EQ(stage.control("clock", R"({"freeze":true})").status, 200);
  const Tokens tokens = stage.log_in();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(stage.me(tokens.access).status, 200);
  expect_limited(stage.me(tokens.access), "10");
  stage.advance("9s");
  expect_limited(stage.me(tokens.access), "1");
  stage.advance("1s");
  EXPECT_EQ(stage.me(tokens.access).status, 200);
}

void expired_access_token(Stage& stage) {
  const Reply given = stage.exchange(stage.code());
  EXPECT_THAT(given.body, HasSubstr(R"("expires_in":120,)"));
  const Tokens tokens = tokens_of(given);
  EXPECT_EQ(stage.me(tokens.access).status, 200);
  stage.advance("3m");
  expect_dead(stage.me(tokens.access));
  EXPECT_EQ(stage.me(tokens_of(stage.refresh(tokens.refresh)).access).status, 200);
}

void expired_while_expires_in_looks_fine(Stage& stage) {
  const Reply given = stage.exchange(stage.code());
  EXPECT_THAT(given.body, HasSubstr(R"("expires_in":864000,)"));
  const Tokens tokens = tokens_of(given);
  stage.advance("2m");
  expect_dead(stage.me(tokens.access));
  const Reply refreshed = stage.refresh(tokens.refresh);
  EXPECT_THAT(refreshed.body, HasSubstr(R"("expires_in":864000,)"));
  EXPECT_EQ(stage.me(tokens_of(refreshed).access).status, 200);
}

void clock_skew(Stage& stage) {
  const Reply given = stage.exchange(stage.code());
  EXPECT_THAT(given.body, HasSubstr(R"("expires_in":900,)"));
  const Tokens tokens = tokens_of(given);
  stage.advance("9m");
  EXPECT_EQ(stage.me(tokens.access).status, 200);
  stage.advance("3m");
  expect_dead(stage.me(tokens.access));
  EXPECT_EQ(stage.me(tokens_of(stage.refresh(tokens.refresh)).access).status, 200);
}

void revoked_by_user_mid_session(Stage& stage) {
  const Tokens tokens = stage.log_in();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(stage.me(tokens.access).status, 200);
  expect_dead(stage.me(tokens.access));
  const Reply refused = stage.refresh(tokens.refresh);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body, R"({"error":"invalid_grant"})");
  EXPECT_EQ(stage.me(stage.log_in().access).status, 200);
}

constexpr std::array kPlays{
    Play{"api-401-once", api_401_once},
    Play{"api-401-for-ever", api_401_for_ever},
    Play{"api-429", api_429},
    Play{"rate-limited-by-policy", rate_limited_by_policy},
    Play{"expired-access-token", expired_access_token},
    Play{"expired-while-expires-in-looks-fine", expired_while_expires_in_looks_fine},
    Play{"clock-skew", clock_skew},
    Play{"revoked-by-user-mid-session", revoked_by_user_mid_session},
};

}  // namespace

std::span<const Play> api_plays() { return kPlays; }

}  // namespace heygen::scenarios
