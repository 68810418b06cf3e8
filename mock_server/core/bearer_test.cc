#include "mock_server/core/bearer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mock_server/core/crypto.h"
#include "mock_server/core/testing.h"
#include "mock_server/store/memory.h"

namespace heygen::mock {
namespace {

using std::chrono::seconds;

TEST(BearerField, TheSchemesCaseDoesNotMatter) {  // RFC 9110 §11.1
  for (const char* const field : {"Bearer tok", "bearer tok", "BEARER tok", "bEaReR   tok  "}) {
    EXPECT_EQ(bearer_token(field), "tok") << field;
  }
  EXPECT_EQ(bearer_token("Bearer ToK"), "ToK");
}

TEST(BearerField, OtherSchemesHaveNoBearerToken) {
  for (const char* const field : {"", "Basic dG9rOg==", "Beare", "Bearertok", "Bearer\ttok",
                                  "Bearer=tok", "tok", "Token tok", " Bearer tok"}) {
    EXPECT_EQ(bearer_token(field), std::nullopt) << field;
  }
}

TEST(BearerField, ATokenMayBeMissing) {
  EXPECT_EQ(bearer_token("Bearer"), "");
  EXPECT_EQ(bearer_token("Bearer   "), "");
}

class Bearer : public ::testing::Test {
 protected:
  Bearer() {
    store_.put_grant(
        "cli", "ann", "openid",
        {{"access", clock_.now() + seconds{864'000}}, NewToken{"refresh", kNever}, clock_.now()});
  }

  Context context() { return {store_, random_, clock_.now(), policy_, ""}; }
  Result<Access> ask(const AccessCredentials& credentials) {
    return check_access(context(), credentials, keys_);
  }
  Result<Access> with(std::string_view token) {
    field_ = "Bearer " + std::string{token};
    AccessCredentials credentials;
    credentials.authorization = field_;
    credentials.authorization_count = 1;
    return ask(credentials);
  }
  std::string why(std::string_view token) {
    const auto access = with(token);
    if (access) return "let in";
    EXPECT_EQ(access.error().id, ErrorId::bearer_invalid);
    EXPECT_EQ(access.error().status, 401);
    return access.error().why;
  }
  // How long after its end a token is said to be dead.
  std::string ago(seconds span) {
    store_.put_grant("cli", "ann", "", {{"late", clock_.now()}, std::nullopt, clock_.now()});
    clock_.advance(span);
    std::string text = why("late");
    clock_.advance(-span);
    store_.clear();
    constexpr std::string_view kBefore = "the access token expired ";
    constexpr std::string_view kAfter = " ago by the sandbox's clock: refresh it";
    if (!text.starts_with(kBefore) || !text.ends_with(kAfter)) return text;
    return text.substr(kBefore.size(), text.size() - kBefore.size() - kAfter.size());
  }

  MemoryStore store_;
  testing::ScriptedRandom random_;
  testing::ManualClock clock_;
  Policy policy_ = profile_policy(Profile::heygen);
  std::vector<std::string> keys_{"key-1", "key-2"};
  std::string field_;
};

TEST_F(Bearer, AGoodTokenSaysWhoItsUserIs) {
  const auto access = with("access");
  ASSERT_TRUE(access);
  EXPECT_EQ(access->user, "ann");
  EXPECT_EQ(access->scope, "openid");
  EXPECT_EQ(access->client_id, "cli");
  EXPECT_EQ(access->token_id, fingerprint("access"));
  EXPECT_FALSE(access->by_api_key);
}

TEST_F(Bearer, AnApiKeyIsTakenInItsOwnField) {
  for (const std::string_view key : {"key-1", "key-2"}) {
    AccessCredentials credentials;
    credentials.api_key = key;
    const auto access = ask(credentials);
    ASSERT_TRUE(access) << key;
    EXPECT_TRUE(access->by_api_key);
    EXPECT_EQ(access->client_id, "");
  }
  AccessCredentials credentials;
  credentials.api_key = "key-3";
  EXPECT_EQ(ask(credentials).error().why,
            "no such API key; \"api_keys\" in the configuration lists them");
  credentials.api_key = "access";
  EXPECT_EQ(ask(credentials).error().why,
            "the X-API-KEY field has a token: send it as Authorization: Bearer TOKEN");
}

TEST_F(Bearer, WhatIsNoAccessTokenIsCalledByItsName) {
  Code code;
  code.value = "code";
  code.expires_at = kNever;
  store_.put_code(code);
  EXPECT_EQ(why("key-2"), "this is an API key: send it as X-API-KEY, not as a bearer token");
  EXPECT_EQ(why("code"), "this is an authorization code: exchange it at the token endpoint first");
  EXPECT_EQ(why("refresh"),
            "this is a refresh token: it is for the token endpoint, never for the API");
  EXPECT_EQ(why("other"), "no such access token: never issued here, or forgotten by a reset");
}

TEST_F(Bearer, ARevokedTokenSaysWhatTookIt) {
  ASSERT_TRUE(store_.revoke("access"));
  EXPECT_EQ(why("access"), "the access token was revoked by the revocation endpoint");
}

TEST_F(Bearer, AnExpiredTokenSaysSinceWhen) {
  EXPECT_EQ(ago(seconds{0}), "0s");
  EXPECT_EQ(ago(seconds{45}), "45s");
  EXPECT_EQ(ago(seconds{60}), "1m");
  EXPECT_EQ(ago(seconds{61}), "1m 1s");
  EXPECT_EQ(ago(seconds{3'600}), "1h");
  EXPECT_EQ(ago(seconds{3'601}), "1h");
  EXPECT_EQ(ago(seconds{3'600 + 120 + 7}), "1h 2m");
  EXPECT_EQ(ago(seconds{86'400 + 59}), "1d");
  EXPECT_EQ(ago(seconds{10 * 86'400 + 3 * 3'600 + 60}), "10d 3h");
}

TEST_F(Bearer, OneMethodInARequest) {  // RFC 6750 §2
  AccessCredentials credentials;
  credentials.authorization = "Bearer access";
  credentials.authorization_count = 1;
  credentials.token_in_query = true;
  EXPECT_EQ(ask(credentials).error().id, ErrorId::bearer_methods_mixed);
  EXPECT_NE(ask(credentials).error().why.find("in the URL"), std::string::npos);
  credentials.token_in_query = false;
  credentials.token_in_body = true;
  EXPECT_EQ(ask(credentials).error().id, ErrorId::bearer_methods_mixed);
  EXPECT_NE(ask(credentials).error().why.find("in the body"), std::string::npos);
}

TEST_F(Bearer, TheFieldIsSentOnce) {  // RFC 9110 §5.3
  AccessCredentials credentials;
  credentials.authorization = "Bearer access";
  credentials.authorization_count = 2;
  EXPECT_EQ(ask(credentials).error().id, ErrorId::bearer_malformed);
  EXPECT_EQ(ask(credentials).error().status, 400);
}

// RFC 6750 §3.1: without credentials there is no error code. `why` says what was wrong all the
// same.
TEST_F(Bearer, WithoutATokenThePersonIsToldWhatCameInstead) {
  AccessCredentials nothing;
  EXPECT_EQ(ask(nothing).error().id, ErrorId::bearer_missing);
  EXPECT_EQ(ask(nothing).error().code, "");
  EXPECT_EQ(ask(nothing).error().why,
            "no credentials: send Authorization: Bearer TOKEN, or X-API-KEY");
  AccessCredentials in_query;
  in_query.token_in_query = true;
  AccessCredentials in_body;
  in_body.token_in_body = true;
  for (const auto& credentials : {in_query, in_body}) {
    EXPECT_EQ(ask(credentials).error().why,
              "access_token in the URL or the body is not taken; send Authorization: Bearer "
              "TOKEN");
  }
  for (const std::string_view field : {"Basic eDp5", "Bearer", "Bearer  ", "access"}) {
    AccessCredentials credentials;
    credentials.authorization = field;
    credentials.authorization_count = 1;
    EXPECT_EQ(ask(credentials).error().id, ErrorId::bearer_missing) << field;
    EXPECT_EQ(ask(credentials).error().why, "the Authorization field is not \"Bearer TOKEN\"")
        << field;
  }
}

}  // namespace
}  // namespace heygen::mock
