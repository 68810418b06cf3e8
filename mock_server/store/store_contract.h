// What every Store promises, as tests. A store joins with a traits type and three lines:
//
//   struct Memory { static std::unique_ptr<Store> make() { return …; } };
//   INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreContract, Memory);
//   INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreUpkeep, Memory);  // store_contract_upkeep.h
//
// make() gives an empty store that shares nothing with another. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "mock_server/store/store_contract_fixture.h"

namespace heygen::mock {

TYPED_TEST_SUITE_P(StoreContract);

// --- clients -----------------------------------------------------------------------------------

TYPED_TEST_P(StoreContract, AClientIsReplacedAsAWhole) {
  Store& store = *this->store_;
  store.put_client({"a", {"https://a.test/1"}, "secret", {{"pkce", PolicyValue{"off"}}}});
  store.put_client({"b", {}, std::nullopt, {}});
  const auto before = store.find_client("a");
  store.put_client({"a", {"https://a.test/2"}, std::nullopt, {}});
  EXPECT_EQ(before->redirect_uris.front(), "https://a.test/1");  // whoever holds it keeps it
  EXPECT_EQ(store.find_client("a")->redirect_uris.front(), "https://a.test/2");
  EXPECT_TRUE(store.find_client("a")->policies.empty());
  EXPECT_EQ(store.clients().size(), 2U);
  EXPECT_TRUE(store.remove_client("a"));
  EXPECT_FALSE(store.remove_client("a"));
  EXPECT_EQ(store.find_client("a"), nullptr);
}

// --- consents ----------------------------------------------------------------------------------

TYPED_TEST_P(StoreContract, AConsentIsHandedOutOnce) {
  Store& store = *this->store_;
  PendingConsent consent;
  consent.id = "id";
  consent.csrf = "csrf";
  consent.state = "";
  store.put_consent(consent);
  EXPECT_EQ(store.find_consent("id")->csrf, "csrf");
  const auto taken = store.take_consent("id");
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->state, "");
  EXPECT_FALSE(store.take_consent("id"));
  EXPECT_FALSE(store.find_consent("id"));
}

// --- codes -------------------------------------------------------------------------------------

// RFC 6749 §4.1.2, §10.5.
TYPED_TEST_P(StoreContract, OfManyConcurrentRedemptionsOfACodeOneWins) {
  Store& store = *this->store_;
  this->race(
      64, 1000, [&](int round) { store.put_code(this->code("c" + std::to_string(round))); },
      [&](int round, int caller) {
        const std::string name = std::to_string(round) + "-" + std::to_string(caller);
        return this->template redeems<Redeemed>("c" + std::to_string(round), name);
      },
      [](int round, int wins) { ASSERT_EQ(wins, 1) << "in round " << round; });
}

TYPED_TEST_P(StoreContract, ACodeThatIsReplayedTakesItsTokensWithIt) {  // RFC 6749 §4.1.2
  Store& store = *this->store_;
  store.put_code(this->code("c"));
  ASSERT_TRUE(this->template redeems<Redeemed>("c", "1"));
  EXPECT_TRUE(store.find_code("c")->spent);
  ASSERT_TRUE(this->template rotates<Rotated>("rt-1", "2"));
  const auto again = store.redeem_code("c", this->pair("3"), this->kNow);
  ASSERT_TRUE(std::holds_alternative<AlreadyRedeemed>(again));
  EXPECT_EQ(std::get<AlreadyRedeemed>(again).revoked, 2U);
  EXPECT_EQ(this->state("at-2"), TokenState::revoked);
  EXPECT_EQ(this->state("rt-2"), TokenState::revoked);
  EXPECT_EQ(store.find_token("rt-2", this->kNow)->revoked_by, RevokedBy::code_replay);
  EXPECT_FALSE(store.find_token("at-3", this->kNow));
}

TYPED_TEST_P(StoreContract, ACodeExpiresByTheTimeItIsGiven) {
  this->store_->put_code(this->code("c"));
  EXPECT_TRUE(this->template redeems<CodeExpired>("c", "1", this->at(300)));
  EXPECT_TRUE(this->template redeems<Redeemed>("c", "1", this->at(299)));
  EXPECT_TRUE(this->template redeems<CodeUnknown>("nothing", "2"));
}

TYPED_TEST_P(StoreContract, ACodeIsBurntByFailures) {  // RFC 6749 §10.10
  Store& store = *this->store_;
  store.put_code(this->code("c"));
  EXPECT_FALSE(store.fail_code("c", 3));
  EXPECT_FALSE(store.fail_code("c", 3));
  EXPECT_TRUE(store.fail_code("c", 3));
  EXPECT_EQ(store.find_code("c")->failures, 3);
  EXPECT_TRUE(this->template redeems<AlreadyRedeemed>("c", "1"));
  EXPECT_FALSE(store.find_token("at-1", this->kNow));
}

TYPED_TEST_P(StoreContract, AChallengeIsKnownWhileItsLoginIsInProgress) {
  Store& store = *this->store_;
  store.put_code(this->code("c"));
  PendingConsent consent;
  consent.id = "id";
  consent.request = this->code("p");
  store.put_consent(consent);
  EXPECT_TRUE(store.has_challenge("challenge-of-c"));
  EXPECT_TRUE(store.has_challenge("challenge-of-p"));
  ASSERT_TRUE(this->template redeems<Redeemed>("c", "1"));
  EXPECT_FALSE(store.has_challenge("challenge-of-c"));
}

// --- tokens ------------------------------------------------------------------------------------

TYPED_TEST_P(StoreContract, OfManyConcurrentRefreshesOneWins) {  // RFC 9700 §4.14.2
  Store& store = *this->store_;
  this->race(
      16, 300,
      [&](int round) {
        store.put_grant("demo", "ann", "", this->pair("first" + std::to_string(round)));
      },
      [&](int round, int caller) {
        const std::string name = std::to_string(round) + "-" + std::to_string(caller);
        return this->template rotates<Rotated>("rt-first" + std::to_string(round), name);
      },
      [](int round, int wins) { ASSERT_EQ(wins, 1) << "in round " << round; });
}

TYPED_TEST_P(StoreContract, ATokenSaysWhereItComesFrom) {
  Store& store = *this->store_;
  store.put_code(this->code("c"));
  ASSERT_TRUE(this->template redeems<Redeemed>("c", "1"));
  ASSERT_TRUE(this->template rotates<Rotated>("rt-1", "2"));
  const auto tokens = store.tokens(this->kNow);
  ASSERT_EQ(tokens.size(), 4U);
  EXPECT_EQ(tokens[0].value, "at-1");  // in the order they were issued
  EXPECT_EQ(tokens[0].kind, TokenKind::access);
  EXPECT_EQ(tokens[0].client_id, "demo");
  EXPECT_EQ(tokens[0].user, "ann");
  EXPECT_EQ(tokens[0].scope, "openid");
  EXPECT_EQ(tokens[1].kind, TokenKind::refresh);
  EXPECT_EQ(tokens[3].parent, tokens[1].id);
  EXPECT_EQ(tokens[3].grant, tokens[0].grant);
  EXPECT_NE(tokens[0].parent, "");
  const auto found = store.find_token_by_id(tokens[2].id, this->kNow);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->value, "at-2");
  EXPECT_FALSE(store.find_token_by_id("fp-000000000000", this->kNow));
  EXPECT_FALSE(store.find_token_by_id("", this->kNow));
  const auto counts = store.count_tokens(this->kNow);
  EXPECT_EQ(counts.kept, 4U);
  EXPECT_EQ(counts.live_access, 1U);
  EXPECT_EQ(counts.live_refresh, 1U);
}

TYPED_TEST_P(StoreContract, RotationSpendsTheTokenAndReplacesTheAccessToken) {
  Store& store = *this->store_;
  store.put_grant("demo", "ann", "", this->pair("1"));
  ASSERT_TRUE(this->template rotates<Rotated>("rt-1", "2"));
  EXPECT_EQ(this->state("rt-1"), TokenState::used);
  EXPECT_EQ(this->state("at-1"), TokenState::revoked);
  EXPECT_EQ(store.find_token("at-1", this->kNow)->revoked_by, RevokedBy::refresh);
  EXPECT_EQ(this->state("at-2"), TokenState::active);
  EXPECT_TRUE(this->template rotates<RefreshReused>("rt-1", "3"));
  EXPECT_EQ(this->state("rt-2"), TokenState::active);
  EXPECT_TRUE(this->template rotates<RefreshUnknown>("at-2", "4"));
}

TYPED_TEST_P(StoreContract, TheOldAccessTokenLivesOnWhereThePolicySaysSo) {
  this->store_->put_grant("demo", "ann", "", this->pair("1"));
  ASSERT_TRUE(this->template rotates<Rotated>("rt-1", "2", {.old_access = OldAccessPolicy::keep}));
  EXPECT_EQ(this->state("at-1"), TokenState::active);
}

TYPED_TEST_P(StoreContract, ReuseTakesTheFamilyWhereThePolicySaysSo) {  // RFC 9700 §4.14.2
  Store& store = *this->store_;
  store.put_grant("demo", "ann", "", this->pair("1"));
  const Rotation how{.reuse = ReusePolicy::revoke_family};
  ASSERT_TRUE(this->template rotates<Rotated>("rt-1", "2", how));
  const auto reused = store.rotate_refresh("rt-1", this->pair("3"), how, this->kNow);
  ASSERT_TRUE(std::holds_alternative<RefreshReused>(reused));
  EXPECT_TRUE(std::get<RefreshReused>(reused).family_revoked);
  EXPECT_EQ(this->state("rt-2"), TokenState::revoked);
  EXPECT_EQ(this->state("at-2"), TokenState::revoked);
  EXPECT_EQ(store.find_token("rt-2", this->kNow)->revoked_by, RevokedBy::refresh_reuse);
}

TYPED_TEST_P(StoreContract, InsideTheGraceWindowTheSameSuccessorComesBack) {
  Store& store = *this->store_;
  store.put_grant("demo", "ann", "", this->pair("1"));
  const Rotation how{.grace = std::chrono::seconds{30}};
  ASSERT_TRUE(this->template rotates<Rotated>("rt-1", "2", how));
  const auto replay = store.rotate_refresh("rt-1", this->pair("3"), how, this->at(29));
  ASSERT_TRUE(std::holds_alternative<GraceReplay>(replay));
  EXPECT_EQ(std::get<GraceReplay>(replay).given.refresh->value, "rt-2");
  EXPECT_EQ(std::get<GraceReplay>(replay).given.access.value, "at-2");
  EXPECT_FALSE(store.find_token("rt-3", this->kNow));
  EXPECT_TRUE(this->template rotates<RefreshReused>("rt-1", "3", how, this->at(30)));
}

TYPED_TEST_P(StoreContract, ReuseAndOmitKeepTheOldRefreshToken) {  // RFC 6749 §6
  Store& store = *this->store_;
  store.put_grant("demo", "ann", "", this->pair("1"));
  const auto same = store.rotate_refresh("rt-1", this->pair("2"),
                                         {.rotation = RotationPolicy::reuse}, this->kNow);
  EXPECT_EQ(std::get<Rotated>(same).given.refresh->value, "rt-1");
  const auto none =
      store.rotate_refresh("rt-1", this->pair("3"), {.rotation = RotationPolicy::omit}, this->kNow);
  EXPECT_FALSE(std::get<Rotated>(none).given.refresh);
  EXPECT_EQ(this->state("rt-1"), TokenState::active);
  EXPECT_EQ(this->state("at-3"), TokenState::active);
  EXPECT_FALSE(store.find_token("rt-2", this->kNow));
}

TYPED_TEST_P(StoreContract, ARefreshTokenExpiresByTheTimeItIsGiven) {
  TokenSet tokens = this->pair("1");
  tokens.refresh->expires_at = this->at(60);
  this->store_->put_grant("demo", "ann", "", tokens);
  EXPECT_TRUE(this->template rotates<RefreshExpired>("rt-1", "2", {}, this->at(60)));
  EXPECT_TRUE(this->template rotates<Rotated>("rt-1", "2", {}, this->at(59)));
}

TYPED_TEST_P(StoreContract, RevokingARefreshTokenTakesItsAccessTokensAlong) {  // RFC 7009 §2.1
  Store& store = *this->store_;
  store.put_grant("demo", "ann", "", this->pair("1"));
  store.put_grant("demo", "ann", "", this->pair("2"));
  EXPECT_TRUE(store.revoke("at-2"));
  EXPECT_EQ(this->state("rt-2"), TokenState::active);
  EXPECT_TRUE(store.revoke("rt-1"));
  EXPECT_EQ(this->state("at-1"), TokenState::revoked);
  EXPECT_EQ(store.find_token("at-1", this->kNow)->revoked_by, RevokedBy::client);
  EXPECT_TRUE(this->template rotates<RefreshRevoked>("rt-1", "3"));
  EXPECT_FALSE(store.revoke("nothing"));
}

TYPED_TEST_P(StoreContract, TheControlVerbsKillByFingerprint) {
  Store& store = *this->store_;
  store.put_grant("demo", "ann", "", this->pair("1"));
  store.put_grant("demo", "bob", "", this->pair("2"));
  EXPECT_TRUE(store.expire_by_id(store.find_token("at-1", this->kNow)->id, this->kNow));
  EXPECT_EQ(this->state("at-1"), TokenState::expired);
  EXPECT_TRUE(store.revoke_by_id(store.find_token("rt-2", this->kNow)->id));
  EXPECT_EQ(this->state("at-2"), TokenState::revoked);
  EXPECT_EQ(store.expire_all(this->kNow), 1U);  // rt-1 was the last that was good
  EXPECT_FALSE(store.expire_by_id("fp-000000000000", this->kNow));
  EXPECT_FALSE(store.revoke_by_id("fp-000000000000"));
}

// --- devices -----------------------------------------------------------------------------------

TYPED_TEST_P(StoreContract, ADeviceGetsItsTokensOnceItsUserApproved) {  // RFC 8628 §3.5
  Store& store = *this->store_;
  ASSERT_TRUE(store.put_device(this->device("WDJB")));
  EXPECT_FALSE(store.put_device(this->device("WDJB")));
  EXPECT_TRUE(this->template polls<DevicePending>("device-WDJB", "demo", this->at(0)));
  EXPECT_EQ(store.decide_device("WDJB", "ann", this->at(1)), DeviceDecision::taken);
  EXPECT_EQ(store.decide_device("WDJB", std::nullopt, this->at(1)), DeviceDecision::already_taken);
  EXPECT_EQ(store.find_device("WDJB")->user, "ann");
  EXPECT_TRUE(this->template polls<DeviceUnknown>("device-WDJB", "other", this->at(5)));
  EXPECT_TRUE(this->template polls<DeviceGranted>("device-WDJB", "demo", this->at(5)));
  EXPECT_EQ(store.find_token("at-d", this->at(5))->user, "ann");
  EXPECT_TRUE(this->template polls<DeviceSpent>("device-WDJB", "demo", this->at(10)));
  EXPECT_TRUE(this->template polls<DeviceUnknown>("nothing", "demo", this->at(10)));
}

TYPED_TEST_P(StoreContract, EachSlowDownAddsFiveSeconds) {  // RFC 8628 §3.5
  Store& store = *this->store_;
  ASSERT_TRUE(store.put_device(this->device("WDJB")));
  const auto poll = [&](std::int64_t second) {
    return store.poll_device("device-WDJB", "demo", this->pair("d"), this->at(second));
  };
  EXPECT_TRUE(std::holds_alternative<DevicePending>(poll(0)));
  EXPECT_TRUE(std::holds_alternative<DevicePending>(poll(5)));
  EXPECT_EQ(std::get<DeviceSlowDown>(poll(9)).interval, std::chrono::seconds{10});
  EXPECT_EQ(std::get<DeviceSlowDown>(poll(18)).interval, std::chrono::seconds{15});
  EXPECT_TRUE(std::holds_alternative<DevicePending>(poll(33)));
}

TYPED_TEST_P(StoreContract, ADeviceIsDeniedOrExpires) {  // RFC 8628 §3.5
  Store& store = *this->store_;
  ASSERT_TRUE(store.put_device(this->device("NO")));
  ASSERT_TRUE(store.put_device(this->device("LATE")));
  EXPECT_EQ(store.decide_device("NO", std::nullopt, this->at(1)), DeviceDecision::taken);
  EXPECT_TRUE(this->template polls<DeviceDenied>("device-NO", "demo", this->at(2)));
  EXPECT_TRUE(this->template polls<DeviceExpired>("device-LATE", "demo", this->at(900)));
  EXPECT_EQ(store.decide_device("LATE", "ann", this->at(900)), DeviceDecision::expired);
  EXPECT_EQ(store.decide_device("NONE", "ann", this->at(1)), DeviceDecision::unknown);
}

TYPED_TEST_P(StoreContract, OfManyConcurrentPollsOfAnApprovedDeviceOneWins) {
  Store& store = *this->store_;
  this->race(
      16, 200,
      [&](int round) {
        const std::string user_code = std::to_string(round);
        ASSERT_TRUE(store.put_device(this->device(user_code)));
        ASSERT_EQ(store.decide_device(user_code, "ann", this->kNow), DeviceDecision::taken);
      },
      [&](int round, int caller) {
        const std::string name = std::to_string(round) + "-" + std::to_string(caller);
        return std::holds_alternative<DeviceGranted>(store.poll_device(
            "device-" + std::to_string(round), "demo", this->pair(name), this->kNow));
      },
      [](int round, int wins) { ASSERT_EQ(wins, 1) << "in round " << round; });
}

// --- reset -------------------------------------------------------------------------------------

TYPED_TEST_P(StoreContract, ClearForgetsAllButTheClients) {
  Store& store = *this->store_;
  store.put_client({"demo", {}, std::nullopt, {}});
  store.put_code(this->code("c"));
  store.put_grant("demo", "ann", "", this->pair("1"));
  ASSERT_TRUE(store.put_device(this->device("WDJB")));
  ASSERT_TRUE(store.take_quota("ann", 1, std::chrono::seconds{60}, this->kNow).granted);
  (void)store.begin_call("k", "a", std::chrono::seconds{60}, this->kNow);
  store.clear();
  EXPECT_TRUE(store.take_quota("ann", 1, std::chrono::seconds{60}, this->kNow).granted);
  EXPECT_TRUE(std::holds_alternative<CallBegun>(
      store.begin_call("k", "b", std::chrono::seconds{60}, this->kNow)));
  EXPECT_NE(store.find_client("demo"), nullptr);
  EXPECT_FALSE(store.find_code("c"));
  EXPECT_FALSE(store.find_device("WDJB"));
  EXPECT_TRUE(store.tokens(this->kNow).empty());
  EXPECT_TRUE(store.put_device(this->device("WDJB")));
  EXPECT_TRUE(this->template rotates<RefreshUnknown>("rt-1", "2"));
}

// --- bytes -------------------------------------------------------------------------------------

TYPED_TEST_P(StoreContract, BytesAreKeptAsTheyAre) {
  Store& store = *this->store_;
  const std::string bytes{"\0\xff\xc3\x28'\"\n", 7};
  Code code = this->code("c");
  code.redirect_uri = bytes;
  code.scope = bytes;
  store.put_code(code);
  EXPECT_EQ(store.find_code("c")->redirect_uri, bytes);
  PendingConsent consent;
  consent.id = "id";
  consent.state = bytes;
  consent.request = code;
  consent.expires_at = kNever;
  store.put_consent(consent);
  EXPECT_EQ(store.find_consent("id")->state, bytes);
  EXPECT_EQ(store.find_consent("id")->expires_at, kNever);
  EXPECT_EQ(store.find_consent("id")->request.challenge.value, "challenge-of-c");
  ASSERT_TRUE(this->template redeems<Redeemed>("c", "1"));
  EXPECT_EQ(store.find_token("at-1", this->kNow)->scope, bytes);
  EXPECT_EQ(store.find_token("rt-1", this->kNow)->expires_at, kNever);
  EXPECT_FALSE(store.find_token(bytes, this->kNow));
  EXPECT_FALSE(store.find_code(bytes));
}

REGISTER_TYPED_TEST_SUITE_P(
    StoreContract, AClientIsReplacedAsAWhole, AConsentIsHandedOutOnce,
    OfManyConcurrentRedemptionsOfACodeOneWins, ACodeThatIsReplayedTakesItsTokensWithIt,
    ACodeExpiresByTheTimeItIsGiven, ACodeIsBurntByFailures,
    AChallengeIsKnownWhileItsLoginIsInProgress, OfManyConcurrentRefreshesOneWins,
    ATokenSaysWhereItComesFrom, RotationSpendsTheTokenAndReplacesTheAccessToken,
    TheOldAccessTokenLivesOnWhereThePolicySaysSo, ReuseTakesTheFamilyWhereThePolicySaysSo,
    InsideTheGraceWindowTheSameSuccessorComesBack, ReuseAndOmitKeepTheOldRefreshToken,
    ARefreshTokenExpiresByTheTimeItIsGiven, RevokingARefreshTokenTakesItsAccessTokensAlong,
    TheControlVerbsKillByFingerprint, ADeviceGetsItsTokensOnceItsUserApproved,
    EachSlowDownAddsFiveSeconds, ADeviceIsDeniedOrExpires,
    OfManyConcurrentPollsOfAnApprovedDeviceOneWins, ClearForgetsAllButTheClients,
    BytesAreKeptAsTheyAre);

}  // namespace heygen::mock
