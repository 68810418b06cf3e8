#include "mock_server/core/token.h"

#include <gtest/gtest.h>

#include "mock_server/core/crypto.h"
#include "mock_server/core/testing.h"
#include "mock_server/store/memory.h"

namespace heygen::mock {
namespace {

using std::chrono::seconds;
using testing::ManualClock;
using testing::ScriptedRandom;

constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view kOtherVerifier = "0000000000000000000000000000000000000000000";
constexpr std::string_view kRedirect = "http://127.0.0.1:1/cb";

class Token : public ::testing::Test {
 protected:
  Context context() { return {store_, random_, clock_.now(), policy_, ""}; }

  std::string new_code_value() {
    Code code;
    code.value = new_code(random_);
    code.client_id = "cli";
    code.user = "ann";
    code.scope = "openid email";
    code.redirect_uri = kRedirect;
    code.challenge = {ChallengeMethod::s256, s256(kVerifier)};
    code.issued_at = clock_.now();
    code.expires_at = clock_.now() + seconds{300};
    store_.put_code(code);
    return code.value;
  }
  Result<TokenSet> redeem_code(std::string_view code, std::string_view verifier = kVerifier) {
    return redeem(context(), cli_, {code, kRedirect, verifier});
  }
  Result<TokenSet> refresh_token(std::string_view token) {
    return refresh(context(), cli_, {token, std::nullopt});
  }
  TokenSet log_in() { return redeem_code(new_code_value()).value(); }
  TokenState state(const std::string& token) {
    return store_.find_token(token, clock_.now())->state;
  }

  MemoryStore store_;
  ScriptedRandom random_;
  ManualClock clock_;
  Policy policy_ = profile_policy(Profile::heygen);
  Client cli_{"cli", {"http://127.0.0.1/*"}, std::nullopt, {}};
};

TEST_F(Token, ATokenSetIsLikeTheVendors) {
  const TokenSet tokens = log_in();
  EXPECT_EQ(tokens.access.value.size(), 42U);
  EXPECT_EQ(tokens.refresh->value.size(), 48U);
  EXPECT_EQ(tokens.access.expires_at, clock_.now() + seconds{864000});
  EXPECT_EQ(tokens.refresh->expires_at, kNever);
}

TEST_F(Token, ACodeDiesByTheClockItIsJudgedBy) {  // RFC 6749 §4.1.2
  const std::string code = new_code_value();
  clock_.advance(seconds{300});
  const auto late = redeem_code(code);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().id, ErrorId::code_invalid);
  EXPECT_EQ(late.error().why, "the code has expired");
  clock_.advance(seconds{-1});
  EXPECT_TRUE(redeem_code(code));
}

TEST_F(Token, AReplayRevokesWhatTheCodeGave) {  // RFC 6749 §4.1.2
  const std::string code = new_code_value();
  const TokenSet tokens = redeem_code(code).value();
  const auto replay = redeem_code(code);
  ASSERT_FALSE(replay);
  EXPECT_EQ(replay.error().why,
            "the code was used before; 2 tokens that it had given are revoked now (RFC 6749 "
            "§4.1.2)");
  EXPECT_EQ(state(tokens.access.value), TokenState::revoked);
  EXPECT_EQ(state(tokens.refresh->value), TokenState::revoked);
  EXPECT_EQ(refresh_token(tokens.refresh->value).error().why,
            "the refresh token was revoked since its code was redeemed a second time (RFC 6749 "
            "§4.1.2)");
}

TEST_F(Token, AnotherClientsReplayRevokesNothing) {
  const std::string code = new_code_value();
  const TokenSet tokens = redeem_code(code).value();
  const Client other{"other", {}, std::nullopt, {}};
  EXPECT_FALSE(redeem(context(), other, {code, kRedirect, kVerifier}));
  EXPECT_EQ(state(tokens.access.value), TokenState::active);
}

TEST_F(Token, AFailedProofSpendsNothingAndLeavesTheCodeGood) {
  const std::string code = new_code_value();
  EXPECT_EQ(redeem_code(code, kOtherVerifier).error().id, ErrorId::verifier_wrong);
  EXPECT_EQ(redeem_code(code, "short").error().id, ErrorId::verifier_malformed);
  EXPECT_EQ(redeem(context(), cli_, {code, kRedirect, std::nullopt}).error().id,
            ErrorId::verifier_missing);
  EXPECT_TRUE(redeem_code(code));
}

TEST_F(Token, GuessingIsBounded) {  // RFC 6749 §10.10
  const std::string code = new_code_value();
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(redeem_code(code, kOtherVerifier));
  const auto right = redeem_code(code);
  ASSERT_FALSE(right);
  EXPECT_EQ(right.error().why, "the code was burnt by 10 redemptions that failed");
}

TEST_F(Token, ThePersonIsToldWhichMistakeTheProofHas) {
  const std::string code = new_code_value();
  const auto error = redeem_code(code, s256(kVerifier)).error();
  EXPECT_EQ(error.description, "Code challenge failed.");
  EXPECT_NE(error.why.find("challenge"), std::string::npos);
}

TEST_F(Token, PkceOffJudgesNoProof) {
  policy_.pkce = PkcePolicy::off;
  EXPECT_TRUE(redeem_code(new_code_value(), kOtherVerifier));
}

TEST_F(Token, RotationBringsANewPairAndSpendsTheOld) {
  const TokenSet first = log_in();
  const TokenSet second = refresh_token(first.refresh->value).value();
  EXPECT_NE(second.refresh->value, first.refresh->value);
  EXPECT_EQ(state(first.access.value), TokenState::revoked);
  const auto reused = refresh_token(first.refresh->value);
  EXPECT_EQ(reused.error().id, ErrorId::refresh_token_invalid);
  EXPECT_EQ(reused.error().why,
            "the refresh token was used before; use the one its refresh brought");
  EXPECT_TRUE(refresh_token(second.refresh->value));
}

TEST_F(Token, TheFamilyDiesOfReuseInTheStrictProfile) {  // RFC 9700 §4.14.2
  policy_ = profile_policy(Profile::strict);
  const TokenSet first = log_in();
  const TokenSet second = refresh_token(first.refresh->value).value();
  EXPECT_EQ(refresh_token(first.refresh->value).error().why,
            "the refresh token was used before: its whole family is revoked now");
  EXPECT_FALSE(refresh_token(second.refresh->value));
  EXPECT_EQ(state(second.access.value), TokenState::revoked);
}

TEST_F(Token, InsideTheGraceWindowALostAnswerCanBeHadAgain) {
  policy_.reuse_grace = seconds{30};
  const TokenSet first = log_in();
  const TokenSet second = refresh_token(first.refresh->value).value();
  clock_.advance(seconds{29});
  const TokenSet again = refresh_token(first.refresh->value).value();
  EXPECT_EQ(again.access.value, second.access.value);
  EXPECT_EQ(again.refresh->value, second.refresh->value);
  clock_.advance(seconds{1});
  EXPECT_FALSE(refresh_token(first.refresh->value));
}

TEST_F(Token, RotationHasThreeModes) {
  const TokenSet first = log_in();
  policy_.rotation = RotationPolicy::reuse;
  EXPECT_EQ(refresh_token(first.refresh->value)->refresh->value, first.refresh->value);
  policy_.rotation = RotationPolicy::omit;
  EXPECT_FALSE(refresh_token(first.refresh->value)->refresh);
  EXPECT_TRUE(refresh_token(first.refresh->value));
}

TEST_F(Token, ARefreshTokenLivesAsLongAsThePolicySays) {
  policy_.refresh_ttl = seconds{60};
  const TokenSet tokens = log_in();
  clock_.advance(seconds{60});
  EXPECT_EQ(refresh_token(tokens.refresh->value).error().why, "the refresh token has expired");
}

TEST_F(Token, AnAccessTokenIsNoRefreshToken) {
  EXPECT_EQ(refresh_token(log_in().access.value).error().why, "this is an access token");
}

TEST_F(Token, ScopeMayBeNarrowedButNotWidened) {  // RFC 6749 §6
  const TokenSet tokens = log_in();
  const auto with = [&](std::string_view scope) {
    return refresh(context(), cli_, {tokens.refresh->value, scope});
  };
  EXPECT_EQ(with("openid admin").error().id, ErrorId::scope_exceeds_grant);
  EXPECT_EQ(with("open").error().id, ErrorId::scope_exceeds_grant);
  EXPECT_TRUE(with("email"));
}

TEST_F(Token, RevocationIsForTheClientTheTokenWasIssuedTo) {  // RFC 7009 §2.1
  store_.put_client({"web", {}, "secret", {}});
  const Client other{"other", {}, std::nullopt, {}};
  const TokenSet tokens = log_in();
  EXPECT_EQ(revoke(context(), &other, tokens.refresh->value), Revocation::of_another_client);
  EXPECT_EQ(state(tokens.refresh->value), TokenState::active);
  EXPECT_EQ(revoke(context(), &cli_, tokens.refresh->value), Revocation::revoked);
  EXPECT_EQ(state(tokens.access.value), TokenState::revoked);
  EXPECT_EQ(revoke(context(), &cli_, "x"), Revocation::unknown);
  store_.put_grant("web", "ann", "", {{"web-access", kNever}, std::nullopt, clock_.now()});
  EXPECT_EQ(revoke(context(), nullptr, "web-access"), Revocation::needs_authentication);
  EXPECT_EQ(state("web-access"), TokenState::active);
}

// RFC 6749 §4.1.3: what the authorize request left out need not be repeated.
TEST_F(Token, TheRedirectUriIsRepeatedWhereItWasSent) {
  const std::string code = new_code_value();
  const auto without = [&] { return redeem(context(), cli_, {code, std::nullopt, kVerifier}); };
  EXPECT_EQ(without().error().id, ErrorId::redirect_uri_mismatch);
  policy_.errors = ErrorsPolicy::rfc;
  EXPECT_EQ(without().error().id, ErrorId::redirect_uri_missing);
  EXPECT_EQ(redeem(context(), cli_, {code, "http://127.0.0.1:2/cb", kVerifier}).error().id,
            ErrorId::redirect_uri_mismatch);
  Code bare = *store_.find_code(code);
  bare.value = "bare";
  bare.redirect_uri.clear();
  store_.put_code(bare);
  EXPECT_TRUE(redeem(context(), cli_, {"bare", std::nullopt, kVerifier}));
}

TEST_F(Token, WhatIsMissingOrUnknownIsSaidSo) {
  EXPECT_EQ(redeem(context(), cli_, {std::nullopt, kRedirect, kVerifier}).error().id,
            ErrorId::code_missing);
  EXPECT_EQ(redeem_code("other").error().why,
            "no such code: never issued here, or forgotten by a reset");
  EXPECT_EQ(refresh(context(), cli_, {std::nullopt, std::nullopt}).error().id,
            ErrorId::refresh_token_missing);
  EXPECT_EQ(refresh_token("other").error().why,
            "no such refresh token: never issued here, or forgotten by a reset");
  const Client other{"other", {}, std::nullopt, {}};
  EXPECT_EQ(refresh(context(), other, {log_in().refresh->value, std::nullopt}).error().why,
            "the token was issued to another client");
}

TEST_F(Token, TheWholeScopeMayBeNamedAgain) {  // RFC 6749 §6
  const TokenSet tokens = log_in();
  EXPECT_TRUE(refresh(context(), cli_, {tokens.refresh->value, "openid email"}));
}

// RFC 9700 §4.8.2: a login whose challenge somebody took away must not end well.
TEST_F(Token, AVerifierForACodeWithoutAChallengeIsJudgedByThePolicy) {
  store_.put_client(cli_);
  Code code = *store_.find_code(new_code_value());
  code.value = "bare";
  code.challenge = {};
  store_.put_code(code);
  EXPECT_EQ(redeem_code("bare").error().id, ErrorId::verifier_wrong);
  policy_.stray_verifier = StrayVerifierPolicy::ignore;
  EXPECT_TRUE(redeem_code("bare"));
}

TEST_F(Token, PkceOfConfidentialClientsHasAPolicyOfItsOwn) {
  const Client web{"cli", {}, "secret", {}};
  policy_.pkce_confidential = PkcePolicy::off;
  EXPECT_TRUE(redeem(context(), web, {new_code_value(), kRedirect, std::nullopt}));
  EXPECT_EQ(redeem(context(), cli_, {new_code_value(), kRedirect, std::nullopt}).error().id,
            ErrorId::verifier_missing);
}

// Whoever holds a public client's token can revoke it without saying who they are.
TEST_F(Token, APublicClientsTokenIsItsOwnProof) {
  store_.put_client(cli_);
  const TokenSet tokens = log_in();
  EXPECT_EQ(revoke(context(), nullptr, tokens.access.value), Revocation::revoked);
  EXPECT_EQ(state(tokens.refresh->value), TokenState::active);  // RFC 7009 §2.1
}

// Nobody is left who could prove to be the client, so the token itself is the proof.
TEST_F(Token, ATokenOfAClientThatWasRemovedCanBeRevoked) {
  store_.put_grant("gone", "ann", "", {{"left", kNever}, std::nullopt, clock_.now()});
  EXPECT_EQ(revoke(context(), nullptr, "left"), Revocation::revoked);
  EXPECT_EQ(state("left"), TokenState::revoked);
}

TEST_F(Token, AnEndlessLifetimeDoesNotOverflow) {
  policy_.access_ttl = seconds{315'360'000'000};
  policy_.code_ttl = seconds{315'360'000'000};
  clock_.advance(seconds{251'000'000'000});
  const TokenSet tokens = log_in();
  EXPECT_GT(tokens.access.expires_at, clock_.now());
  EXPECT_EQ(state(tokens.access.value), TokenState::active);
}

TEST_F(Token, TheSameRandomnessGivesTheSameTokens) {
  ScriptedRandom again;
  EXPECT_EQ(new_code(again), new_code_value());
}

}  // namespace
}  // namespace heygen::mock
