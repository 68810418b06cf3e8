// What comes from the token endpoint that is not what a client hopes for.
#include <gmock/gmock.h>

#include <array>

#include "tests/scenarios/stage.h"

namespace heygen::scenarios {
namespace {

using testing::HasSubstr;
using testing::Lt;
using testing::Not;
using testing::StartsWith;

void token_endpoint_503_then_fine(Stage& stage) {
  const std::string code = stage.code();
  EXPECT_EQ(stage.exchange(code).status, 503);
  const Reply given = stage.exchange(code);
  ASSERT_EQ(given.status, 200) << given.body;
  const Tokens tokens = tokens_of(given);
  EXPECT_EQ(stage.refresh(tokens.refresh).status, 503);
  EXPECT_EQ(stage.refresh(tokens.refresh).status, 200);
}

void rate_limited_with_retry_after(Stage& stage) {
  const std::string code = stage.code();
  for (int i = 0; i < 2; ++i) {
    const Reply limited = stage.exchange(code);
    EXPECT_EQ(limited.status, 429);
    EXPECT_EQ(limited.header("Retry-After"), "2");
  }
  const Tokens tokens = tokens_of(stage.exchange(code));
  for (int i = 0; i < 2; ++i) {
    const Reply limited = stage.refresh(tokens.refresh);
    EXPECT_EQ(limited.status, 429);
    EXPECT_EQ(limited.header("Retry-After"), "2");
  }
  EXPECT_EQ(stage.refresh(tokens.refresh).status, 200);
}

void html_instead_of_json(Stage& stage) {
  const std::string code = stage.code();
  const Reply page = stage.exchange(code);
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.header("Content-Type"), StartsWith("text/html"));
  EXPECT_THAT(page.body, StartsWith("<!doctype html>"));
  const Tokens tokens = tokens_of(stage.exchange(code));
  EXPECT_EQ(tokens.access.size(), 42U);
  EXPECT_THAT(stage.refresh(tokens.refresh).body, StartsWith("<!doctype html>"));
  EXPECT_EQ(stage.refresh(tokens.refresh).status, 200);
}

void expires_in_as_string(Stage& stage) {
  const Reply given = stage.exchange(stage.code());
  EXPECT_THAT(given.body, HasSubstr(R"("expires_in":"864000")"));
  EXPECT_THAT(stage.refresh(tokens_of(given).refresh).body, HasSubstr(R"("expires_in":"864000")"));
}

void expires_in_zero(Stage& stage) {
  const Reply given = stage.exchange(stage.code());
  EXPECT_THAT(given.body, HasSubstr(R"("expires_in":0,)"));
  EXPECT_EQ(stage.me(tokens_of(given).access).status, 200);
  EXPECT_THAT(stage.refresh(tokens_of(given).refresh).body, HasSubstr(R"("expires_in":0,)"));
}

void truncated_token_answer(Stage& stage) {
  const std::string code = stage.code();
  const Reply half = stage.exchange(code);
  EXPECT_EQ(half.curl, kCurlPartialFile);
  EXPECT_EQ(half.status, 200);
  EXPECT_THAT(half.body, StartsWith("{"));
  EXPECT_THAT(half.body.size(), Lt(std::stoul(half.header("Content-Length"))));
  EXPECT_EQ(stage.exchange(code).status, 400);  // it was spent
  const Tokens tokens = stage.log_in();
  EXPECT_EQ(stage.refresh(tokens.refresh).curl, kCurlPartialFile);
  const Reply spent = stage.refresh(tokens.refresh);
  EXPECT_EQ(spent.status, 400);
  EXPECT_EQ(member(spent, "error"), "invalid_grant");
}

void error_body_echoes_secrets(Stage& stage) {
  const std::string code = stage.code();
  const Reply exchange = stage.exchange(code);
  EXPECT_EQ(exchange.status, 500);
  EXPECT_EQ(member(exchange, "error"), "server_error");
  EXPECT_THAT(member(exchange, "error_description"), HasSubstr(code));
  EXPECT_THAT(member(exchange, "error_description"), HasSubstr(kVerifier));
  const Tokens tokens = tokens_of(stage.exchange(code));
  const Reply refresh = stage.refresh(tokens.refresh);
  EXPECT_EQ(refresh.status, 500);
  EXPECT_THAT(member(refresh, "error_description"), HasSubstr(tokens.refresh));
  const Reply revoke = stage.revoke(tokens.refresh);
  EXPECT_EQ(revoke.status, 500);
  EXPECT_THAT(member(revoke, "error_description"), HasSubstr(tokens.refresh));
  // Whoever watches the mock does not see them.
  const Reply journal = http({.url = stage.url() + "/_mock/journal"});
  EXPECT_THAT(journal.body, HasSubstr("server_error"));
  EXPECT_THAT(journal.body, Not(HasSubstr(tokens.refresh)));
  EXPECT_THAT(journal.body, Not(HasSubstr(code)));
  EXPECT_EQ(stage.refresh(tokens.refresh).status, 200);
}

constexpr std::array kPlays{
    Play{"token-endpoint-503-then-fine", token_endpoint_503_then_fine},
    Play{"rate-limited-with-retry-after", rate_limited_with_retry_after},
    Play{"html-instead-of-json", html_instead_of_json},
    Play{"expires-in-as-string", expires_in_as_string},
    Play{"expires-in-zero", expires_in_zero},
    Play{"truncated-token-answer", truncated_token_answer},
    Play{"error-body-echoes-secrets", error_body_echoes_secrets},
};

}  // namespace

std::span<const Play> answer_plays() { return kPlays; }

}  // namespace heygen::scenarios
