// What a rule answers when another request comes between its look at the store and its verb.
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "mock_server/core/testing.h"
#include "mock_server/core/token.h"
#include "mock_server/store/memory.h"

namespace heygen::mock {
namespace {

using std::chrono::seconds;

// Lets the other request in before the next verb, once.
class InterruptedStore final : public MemoryStore {
 public:
  void before_next_verb(std::function<void()> other) { other_ = std::move(other); }

  RedeemOutcome redeem_code(std::string_view value, const TokenSet& tokens,
                            TimePoint now) override {
    interrupt();
    return MemoryStore::redeem_code(value, tokens, now);
  }
  RotateOutcome rotate_refresh(std::string_view value, const TokenSet& tokens, const Rotation& how,
                               TimePoint now) override {
    interrupt();
    return MemoryStore::rotate_refresh(value, tokens, how, now);
  }
  bool revoke(std::string_view value) override {
    interrupt();
    return MemoryStore::revoke(value);
  }

 private:
  void interrupt() {
    if (const auto other = std::exchange(other_, nullptr)) other();
  }

  std::function<void()> other_;
};

class TokenRace : public ::testing::Test {
 protected:
  TokenRace() {
    Code code;
    code.value = "code";
    code.client_id = "cli";
    code.user = "ann";
    code.issued_at = clock_.now();
    code.expires_at = clock_.now() + seconds{300};
    store_.put_code(code);
  }
  Context context() { return {store_, random_, clock_.now(), policy_, ""}; }
  Result<TokenSet> redeem_it() {
    return redeem(context(), cli_, {"code", std::nullopt, std::nullopt});
  }
  Result<TokenSet> refresh_with(std::string_view token) {
    return refresh(context(), cli_, {token, std::nullopt});
  }
  TokenState state(std::string_view token) { return store_.find_token(token, clock_.now())->state; }

  InterruptedStore store_;
  testing::ScriptedRandom random_;
  testing::ManualClock clock_;
  Policy policy_ = profile_policy(Profile::heygen);
  Client cli_{"cli", {}, std::nullopt, {}};
};

TEST_F(TokenRace, OfTwoRedemptionsAtOnceTheSecondIsAReplay) {  // RFC 6749 §4.1.2
  std::string access;
  store_.before_next_verb([&] { access = redeem_it().value().access.value; });
  const auto second = redeem_it();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().id, ErrorId::code_invalid);
  EXPECT_NE(second.error().why.find("the code was used before; 2 tokens"), std::string::npos);
  EXPECT_EQ(state(access), TokenState::revoked);
}

TEST_F(TokenRace, ACodeThatAResetForgotGivesNoTokens) {
  store_.before_next_verb([&] { store_.clear(); });
  const auto answer = redeem_it();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().why, "the code has expired, or was forgotten by a reset just now");
  EXPECT_TRUE(store_.tokens(clock_.now()).empty());
}

TEST_F(TokenRace, ASpentCodeThatAResetForgotStaysRefused) {
  ASSERT_TRUE(redeem_it());
  store_.before_next_verb([&] { store_.clear(); });
  const auto answer = redeem_it();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().why, "the code was used before");
}

TEST_F(TokenRace, ARefreshTokenRevokedMeanwhileGivesNoTokens) {
  const TokenSet tokens = redeem_it().value();
  store_.before_next_verb([&] { store_.revoke(tokens.refresh->value); });
  const auto answer = refresh_with(tokens.refresh->value);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().why, "the refresh token was revoked by the revocation endpoint");
}

TEST_F(TokenRace, ARefreshTokenThatAResetForgotGivesNoTokens) {
  const TokenSet tokens = redeem_it().value();
  store_.before_next_verb([&] { store_.clear(); });
  const auto answer = refresh_with(tokens.refresh->value);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().why, "the refresh token was forgotten by a reset just now");
  EXPECT_TRUE(store_.tokens(clock_.now()).empty());
}

TEST_F(TokenRace, ATokenThatAResetForgotIsUnknownToRevocation) {
  const TokenSet tokens = redeem_it().value();
  store_.before_next_verb([&] { store_.clear(); });
  EXPECT_EQ(revoke(context(), &cli_, tokens.access.value), Revocation::unknown);
}

}  // namespace
}  // namespace heygen::mock
