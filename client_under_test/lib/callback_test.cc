#include "client_under_test/lib/callback.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "client_under_test/testing/fakes.h"

namespace heygen::client {
namespace {

using testing::kStart;

static_assert(!std::is_copy_constructible_v<ValidatedCallback>, "a code is exchanged once");
static_assert(!std::is_constructible_v<ValidatedCallback, std::string, PendingLogin>);

class Callback : public ::testing::Test {
 protected:
  Callback() { add("alice", "GOOD-state"); }

  void add(const std::string& session, const std::string& state) {
    pending.add(
        {session, state, "verifier-of-" + state, config.redirect_uri, kStart + kPendingLifetime},
        kStart);
  }
  Result<ValidatedCallback> validate(const std::string& url, const std::string& session = "alice",
                                     const std::string& method = "GET", Instant now = kStart) {
    return validate_callback({session, method, url}, config, pending, {}, now);
  }
  ErrorKind kind_of(const std::string& query) {
    return validate("/oauth/callback?" + query).error().kind;
  }
  bool good_callback_still_works() {
    return validate("/oauth/callback?code=C&state=GOOD-state").ok();
  }

  Config config = testing::test_config();
  PendingLogins pending;
};

TEST_F(Callback, OfAPendingLoginIsAccepted) {
  const auto callback = validate(
      "http://127.0.0.1:4000/oauth/callback?state=GOOD-state&code=a%2Bb%2F&foo=bar&scope=x#f");
  ASSERT_TRUE(callback) << callback.error().message;
  EXPECT_EQ(callback->code(), "a+b/");
  EXPECT_EQ(callback->login().verifier, "verifier-of-GOOD-state");
}

TEST_F(Callback, StateMustBeExactlyTheOneThatWasSent) {
  for (const char* query :
       {"code=C", "code=C&state=", "code=C&state=GOOD-statf", "code=C&state=GOOD-stat",
        "code=C&state=GOOD-statex", "code=C&state=good-STATE", "code=C&state=%20GOOD-state",
        "code=C&state=GOOD%252Dstate", "error=access_denied&state=WRONG", "error=access_denied"}) {
    EXPECT_EQ(kind_of(query), ErrorKind::state_mismatch) << query;
  }
  EXPECT_TRUE(good_callback_still_works()) << "a foreign callback must not end the login";
}

TEST_F(Callback, StateIsBoundToItsSession) {
  EXPECT_EQ(validate("/oauth/callback?code=C&state=GOOD-state", "mallory").error().kind,
            ErrorKind::state_mismatch);
  EXPECT_TRUE(good_callback_still_works());
}

TEST_F(Callback, StateIsSpentByItsFirstUse) {
  EXPECT_TRUE(good_callback_still_works());
  EXPECT_EQ(kind_of("code=C2&state=GOOD-state"), ErrorKind::state_mismatch);
}

TEST_F(Callback, StateIsSpentByAnErrorToo) {
  const auto denied = validate("/oauth/callback?error=access_denied&state=GOOD-state");
  EXPECT_EQ(denied.error().kind, ErrorKind::access_denied);
  EXPECT_FALSE(good_callback_still_works());
}

TEST_F(Callback, AnErrorBesideACodeIsAnError) {
  const auto both = validate("/oauth/callback?code=C&error=heygen_weird&state=GOOD-state");
  EXPECT_EQ(both.error().kind, ErrorKind::invalid_callback);
  EXPECT_EQ(both.error().oauth_error, "heygen_weird");
}

TEST_F(Callback, ErrorTextIsOneLine) {
  const auto denied = validate(
      "/oauth/callback?error=access_denied&error_description=a%0d%0aX:%201&state=GOOD-state");
  EXPECT_EQ(denied.error().message, "the authorization server answered \"access_denied\": a  X: 1");
}

TEST_F(Callback, PendingLoginExpires) {
  const std::string url = "/oauth/callback?code=C&state=GOOD-state";
  EXPECT_EQ(validate(url, "alice", "GET", kStart + std::chrono::minutes{10}).error().kind,
            ErrorKind::state_mismatch);
}

TEST_F(Callback, RepeatedParametersAreRefused) {
  for (const char* query :
       {"code=C&code=D&state=GOOD-state", "code=C&state=EVIL&state=GOOD-state",
        "code=C&state=GOOD-state&state=GOOD-state", "error=a&error=b&state=GOOD-state",
        "code=C&iss=a&iss=b&state=GOOD-state", "code=%zz&state=GOOD-state"}) {
    EXPECT_EQ(kind_of(query), ErrorKind::invalid_callback) << query;
  }
  EXPECT_TRUE(good_callback_still_works());
}

TEST_F(Callback, WithoutACodeIsRefused) {
  EXPECT_EQ(kind_of("state=GOOD-state"), ErrorKind::invalid_callback);
  add("alice", "second");
  EXPECT_EQ(kind_of("code=&state=second"), ErrorKind::invalid_callback);
}

TEST_F(Callback, TokensInTheCallbackAreNotTaken) {
  EXPECT_EQ(kind_of("access_token=EVIL&token_type=Bearer&state=GOOD-state"),
            ErrorKind::invalid_callback);
}

TEST_F(Callback, OtherMethodsAndPathsTouchNothing) {
  EXPECT_FALSE(validate("/oauth/callback?code=C&state=GOOD-state", "alice", "HEAD"));
  EXPECT_FALSE(validate("/oauth/callback?code=C&state=GOOD-state", "alice", "POST"));
  EXPECT_FALSE(validate("/oauth/callback/?code=C&state=GOOD-state"));
  EXPECT_FALSE(validate("/favicon.ico?code=C&state=GOOD-state"));
  EXPECT_TRUE(good_callback_still_works());
}

TEST_F(Callback, ForeignIssuerIsRefused) {
  EXPECT_EQ(kind_of("code=C&state=GOOD-state&iss=https%3A%2F%2Fevil.test"),
            ErrorKind::invalid_callback);
}

TEST_F(Callback, ConfiguredIssuerIsComparedAsText) {
  EXPECT_TRUE(issuer_matches(config, "http://127.0.0.1:8765"));
  EXPECT_TRUE(issuer_matches(config, "http://127.0.0.1:8765/s/one"));
  EXPECT_FALSE(issuer_matches(config, "http://127.0.0.1:8766"));
  EXPECT_FALSE(issuer_matches(config, ""));
  config.issuer = "https://issuer.example";
  EXPECT_TRUE(issuer_matches(config, "https://issuer.example"));
  EXPECT_FALSE(issuer_matches(config, "https://issuer.example/"));
  EXPECT_FALSE(issuer_matches(config, "http://127.0.0.1:8765"));
}

TEST_F(Callback, EachLoginKeepsItsOwnVerifier) {
  add("alice", "second");
  const auto first = validate("/oauth/callback?code=C&state=GOOD-state");
  const auto second = validate("/oauth/callback?code=C&state=second");
  EXPECT_EQ(first->login().verifier, "verifier-of-GOOD-state");
  EXPECT_EQ(second->login().verifier, "verifier-of-second");
}

TEST_F(Callback, PendingLoginsAreBoundedPerSession) {
  for (std::size_t i = 0; i < kPendingPerSession; ++i) add("bob", "bob-" + std::to_string(i));
  EXPECT_TRUE(validate("/oauth/callback?code=C&state=bob-0", "bob"));
  for (std::size_t i = 0; i < kPendingPerSession; ++i) add("bob", "more-" + std::to_string(i));
  EXPECT_FALSE(validate("/oauth/callback?code=C&state=bob-1", "bob")) << "the oldest has gone";
  EXPECT_TRUE(good_callback_still_works()) << "another session's login has not";
}

}  // namespace
}  // namespace heygen::client
