// What happens to refresh tokens.
#include <gmock/gmock.h>

#include <array>
#include <barrier>
#include <thread>

#include "tests/scenarios/stage.h"

namespace heygen::scenarios {
namespace {

using testing::HasSubstr;
using testing::Not;

void expect_refused(const Reply& reply) {
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body, R"({"error":"invalid_grant"})");
}

void refresh_rotates(Stage& stage) {
  const Tokens first = stage.log_in();
  const Tokens second = tokens_of(stage.refresh(first.refresh));
  EXPECT_EQ(second.refresh.size(), 48U);
  EXPECT_NE(second.refresh, first.refresh);
  expect_refused(stage.refresh(first.refresh));
  EXPECT_EQ(stage.refresh(second.refresh).status, 200);
}

void works_once_without_replacement(Stage& stage) {
  const Tokens first = stage.log_in();
  const Reply given = stage.refresh(first.refresh);
  EXPECT_EQ(given.status, 200);
  EXPECT_THAT(given.body, Not(HasSubstr("refresh_token")));
  EXPECT_EQ(stage.me(tokens_of(given).access).status, 200);
  expect_refused(stage.refresh(first.refresh));
}

void refresh_without_expires_in(Stage& stage) {
  const Reply given = stage.refresh(stage.log_in().refresh);
  EXPECT_EQ(given.status, 200);
  EXPECT_THAT(given.body, Not(HasSubstr("expires_in")));
  EXPECT_EQ(stage.me(tokens_of(given).access).status, 200);
}

void lost_after_commit(Stage& stage) {
  const Tokens tokens = stage.log_in();
  const Reply lost = stage.refresh(tokens.refresh);
  EXPECT_EQ(lost.curl, kCurlReset);
  EXPECT_EQ(lost.status, 0);
  expect_refused(stage.refresh(tokens.refresh));
  EXPECT_EQ(stage.me(tokens.access).status, 401);  // it was replaced
}

void reuse_revokes_family(Stage& stage) {
  const Tokens first = stage.log_in();
  const Tokens second = tokens_of(stage.refresh(first.refresh));
  EXPECT_EQ(stage.me(second.access).status, 200);
  expect_refused(stage.refresh(first.refresh));
  EXPECT_EQ(stage.me(second.access).status, 401);
  expect_refused(stage.refresh(second.refresh));
}

void reuse_within_grace(Stage& stage) {
  const Tokens first = stage.log_in();
  EXPECT_EQ(stage.refresh(first.refresh).curl, kCurlReset);
  const Reply repeated = stage.refresh(first.refresh);
  ASSERT_EQ(repeated.status, 200) << repeated.body;
  const Tokens second = tokens_of(repeated);
  EXPECT_NE(second.refresh, first.refresh);
  EXPECT_EQ(tokens_of(stage.refresh(first.refresh)).refresh, second.refresh);
  EXPECT_EQ(stage.me(second.access).status, 200);
  stage.advance("61s");
  expect_refused(stage.refresh(first.refresh));
}

// Held at the barrier until both are there, exactly one of them wins, every time; and, as the reuse
// revokes the family, the winner's token dies with it.
void refresh_race(Stage& stage) {
  constexpr int kRounds = 200;
  std::string token;
  std::array<Reply, 2> replies;
  std::barrier gate{3};
  const auto runner = [&](std::size_t i) {
    for (int round = 0; round < kRounds; ++round) {
      gate.arrive_and_wait();
      replies[i] = stage.refresh(token);
      gate.arrive_and_wait();
    }
  };
  std::jthread one{runner, 0};
  std::jthread two{runner, 1};
  int lone_winners = 0;
  int families_revoked = 0;
  for (int round = 0; round < kRounds; ++round) {
    token = stage.log_in().refresh;
    gate.arrive_and_wait();
    gate.arrive_and_wait();
    if (replies[0].status != 200) std::swap(replies[0], replies[1]);
    const bool lone = replies[0].status == 200 && replies[1].status == 400 &&
                      member(replies[1], "error") == "invalid_grant";
    lone_winners += lone ? 1 : 0;
    families_revoked += stage.me(tokens_of(replies[0]).access).status == 401 ? 1 : 0;
  }
  EXPECT_EQ(lone_winners, kRounds);
  EXPECT_EQ(families_revoked, kRounds);
}

constexpr std::array kPlays{
    Play{"refresh-rotates", refresh_rotates},
    Play{"refresh-token-works-once-and-brings-no-replacement", works_once_without_replacement},
    Play{"refresh-without-expires-in", refresh_without_expires_in},
    Play{"refresh-response-lost-after-commit", lost_after_commit},
    Play{"reuse-revokes-family", reuse_revokes_family},
    Play{"reuse-within-grace", reuse_within_grace},
    Play{"refresh-race", refresh_race},
};

}  // namespace

std::span<const Play> refresh_plays() { return kPlays; }

}  // namespace heygen::scenarios
