// What goes wrong on the way to the code and to the first tokens.
#include <gmock/gmock.h>

#include <array>

#include "tests/scenarios/stage.h"

namespace heygen::scenarios {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kInvalidCode =
    R"({"error":"invalid_grant","error_description":"Invalid \"code\" in request."})";

void user_denies(Stage& stage) {
  const Reply reply = stage.authorize();
  EXPECT_EQ(reply.status, 302);
  const std::string to = reply.header("Location");
  EXPECT_THAT(to, StartsWith("http://127.0.0.1:3000/callback?"));
  EXPECT_EQ(query_of(to, "error"), "access_denied");
  EXPECT_EQ(query_of(to, "state"), kState);
  EXPECT_THAT(to, Not(HasSubstr("code=")));
}

void state_dropped(Stage& stage) {
  const std::string to = stage.authorize().header("Location");
  EXPECT_EQ(query_of(to, "code").size(), 48U);
  EXPECT_THAT(to, Not(HasSubstr("state")));
}

void state_tampered(Stage& stage) {
  const std::string to = stage.authorize().header("Location");
  EXPECT_EQ(query_of(to, "code").size(), 48U);
  const std::string state = query_of(to, "state");
  ASSERT_EQ(state.size(), kState.size());
  int changed = 0;
  for (std::size_t i = 0; i < state.size(); ++i) changed += state[i] == kState[i] ? 0 : 1;
  EXPECT_EQ(changed, 1);
}

void iss_mix_up(Stage& stage) {
  const std::string to = stage.authorize().header("Location");
  EXPECT_EQ(query_of(to, "iss"), "https://evil.example");
  EXPECT_EQ(query_of(to, "state"), kState);
  EXPECT_EQ(query_of(to, "code").size(), 48U);
}

void code_expires_before_exchange(Stage& stage) {
  for (int i = 0; i < 2; ++i) {
    const Reply reply = stage.exchange(stage.code());
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.body, kInvalidCode);
  }
}

void slow_token_endpoint(Stage& stage) {
  const std::string code = stage.code();
  const Reply late = stage.exchange(code, std::chrono::milliseconds{300});
  EXPECT_EQ(late.curl, kCurlTimedOut);
  EXPECT_EQ(late.status, 0);
  // The answer would have come: the code is spent.
  stage.box().faults().clear();
  const Reply again = stage.exchange(code);
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.body, kInvalidCode);
}

// The first three requests of a session pass, whatever they ask for.
void server_restarts(Stage& stage) {
  const Tokens tokens = stage.log_in();
  EXPECT_EQ(stage.me(tokens.access).status, 200);
  const Reply gone = stage.me(tokens.access);
  EXPECT_EQ(gone.curl, kCurlReset);
  EXPECT_EQ(gone.status, 0);
  const Reply starting = stage.me(tokens.access);
  EXPECT_EQ(starting.status, 503);
  EXPECT_EQ(starting.header("Retry-After"), "1");
  EXPECT_EQ(stage.me(tokens.access).status, 200);
  EXPECT_EQ(stage.refresh(tokens.refresh).status, 200);
}

constexpr std::array kPlays{
    Play{"user-denies", user_denies},
    Play{"state-dropped", state_dropped},
    Play{"state-tampered", state_tampered},
    Play{"iss-mix-up", iss_mix_up},
    Play{"code-expires-before-exchange", code_expires_before_exchange},
    Play{"slow-token-endpoint", slow_token_endpoint},
    Play{"server-restarts", server_restarts},
};

}  // namespace

std::span<const Play> login_plays() { return kPlays; }

}  // namespace heygen::scenarios
