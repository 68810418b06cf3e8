// Logging in and out, through Client.
#include <gtest/gtest.h>

#include "client_under_test/testing/fakes.h"

namespace heygen::client {
namespace {

using testing::body_value;
using testing::json_answer;
using testing::query_value;
using testing::Rig;
using testing::tokens;

TEST(Login, CodeIsExchangedWithTheVerifierOfItsLogin) {
  Rig rig;
  const std::string url = rig.client.begin_login("alice").value();
  rig.transport.answer_with([](const HttpRequest&) { return tokens(1); });
  const std::string callback =
      "http://127.0.0.1:4000/oauth/callback?code=CODE&state=" + query_value(url, "state");
  ASSERT_TRUE(rig.client.complete_login("alice", "GET", callback));
  const auto sent = rig.transport.sent();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].url, "http://127.0.0.1:8765/v1/oauth/token");
  EXPECT_EQ(body_value(sent[0], "code"), "CODE");
  EXPECT_EQ(body_value(sent[0], "redirect_uri"), "http://127.0.0.1:4000/oauth/callback");
  EXPECT_EQ(make_challenge(body_value(sent[0], "code_verifier"), "").value,
            query_value(url, "code_challenge"));
  EXPECT_EQ(rig.client.state("alice").value(), LoginState::logged_in);
}

TEST(Login, StateNeverEqualsTheVerifier) {
  Rig rig;
  const std::string callback = rig.begin();
  rig.transport.answer_with([](const HttpRequest&) { return tokens(1); });
  ASSERT_TRUE(rig.client.complete_login("alice", "GET", callback));
  EXPECT_NE(body_value(rig.transport.sent()[0], "code_verifier"), query_value(callback, "state"));
}

TEST(Login, ReplayedCallbackCostsNoSecondExchange) {
  Rig rig;
  const std::string callback = rig.begin();
  rig.transport.answer_with([](const HttpRequest&) { return tokens(1); });
  ASSERT_TRUE(rig.client.complete_login("alice", "GET", callback));
  EXPECT_EQ(rig.client.complete_login("alice", "GET", callback).error().kind,
            ErrorKind::state_mismatch);
  EXPECT_EQ(rig.transport.sent().size(), 1U);
  EXPECT_EQ(rig.client.state("alice").value(), LoginState::logged_in);
}

TEST(Login, CodeOfOneFlowGoesWithTheVerifierThatTheStateNames) {
  Rig rig;
  const std::string first = rig.client.begin_login("alice").value();
  const std::string second = rig.client.begin_login("alice").value();
  rig.transport.answer_with([](const HttpRequest&) { return json_answer(400, ""); });
  (void)rig.client.complete_login(
      "alice", "GET", "/oauth/callback?code=OF-FIRST&state=" + query_value(second, "state"));
  EXPECT_EQ(make_challenge(body_value(rig.transport.sent().at(0), "code_verifier"), "").value,
            query_value(second, "code_challenge"));
}

TEST(Login, IsPendingUntilItsTimeIsOver) {
  Rig rig;
  EXPECT_EQ(rig.client.state("alice").value(), LoginState::login_required);
  rig.begin();
  EXPECT_EQ(rig.client.state("alice").value(), LoginState::pending);
  rig.clock.advance(kPendingLifetime);
  EXPECT_EQ(rig.client.state("alice").value(), LoginState::login_required);
}

TEST(Login, RedirectOfTheTokenEndpointIsNotFollowed) {
  for (const int status : {301, 302, 303, 307, 308}) {
    Rig rig;
    rig.transport.answer_with([=](const HttpRequest&) {
      return HttpResponse{status, {{"Location", "http://127.0.0.1:9999/evil"}}, ""};
    });
    EXPECT_EQ(rig.client.complete_login("alice", "GET", rig.begin()).error().kind,
              ErrorKind::token_error);
    EXPECT_EQ(rig.transport.sent().size(), 1U) << status;
  }
}

TEST(Login, FailedExchangeIsNotRepeatedAndLeavesNoLogin) {
  Rig rig;
  rig.transport.answer_with([](const HttpRequest&) -> Result<HttpResponse> {
    return Error{ErrorKind::transport, "reset"};
  });
  EXPECT_EQ(rig.client.complete_login("alice", "GET", rig.begin()).error().kind,
            ErrorKind::transport);
  EXPECT_EQ(rig.transport.sent().size(), 1U);
  EXPECT_EQ(rig.client.state("alice").value(), LoginState::login_required);
}

TEST(Login, FreshLoginWithoutARefreshTokenDropsTheOldOne) {
  Rig rig;
  rig.log_in();
  rig.log_in("alice", json_answer(200, R"({"token_type":"Bearer","access_token":"AT2"})"));
  EXPECT_EQ(rig.client.record("alice").value()->refresh_token, std::nullopt);
}

TEST(Login, UnwritableStoreIsAnErrorOfTheLogin) {
  Rig rig;
  rig.own_store.refuse_saves(true);
  rig.transport.answer_with([](const HttpRequest&) { return tokens(1); });
  EXPECT_EQ(rig.client.complete_login("alice", "GET", rig.begin()).error().kind, ErrorKind::store);
  EXPECT_EQ(rig.client.state("alice").value(), LoginState::login_required);
}

TEST(Login, OutlivesTheProcess) {
  testing::MemoryStore store;
  Rig before(store);
  before.log_in();
  Rig after(store);
  EXPECT_EQ(after.client.state("alice").value(), LoginState::logged_in);
  EXPECT_EQ(after.client.state("bob").value(), LoginState::login_required);
}

TEST(Logout, RevokesTheRefreshTokenAndForgets) {
  Rig rig;
  rig.log_in();
  rig.transport.answer_with([](const HttpRequest&) { return json_answer(200, ""); });
  ASSERT_TRUE(rig.client.logout("alice"));
  const auto revoked = rig.transport.sent_to("http://127.0.0.1:8765/v1/oauth/revoke");
  ASSERT_EQ(revoked.size(), 1U);
  EXPECT_EQ(body_value(revoked[0], "token"), "RT1");
  EXPECT_EQ(rig.client.state("alice").value(), LoginState::login_required);
  EXPECT_EQ(rig.own_store.text("alice"), "");
  EXPECT_EQ(rig.client.call("alice", "GET", "/v1/user/me").error().kind, ErrorKind::login_required);
}

TEST(Logout, SucceedsWhateverTheServerSays) {
  const std::vector<Result<HttpResponse>> answers{
      json_answer(503, ""), json_answer(400, R"({"error":"unsupported_token_type"})"),
      Error{ErrorKind::transport, "timed out"},
      HttpResponse{307, {{"Location", "http://127.0.0.1:9999/"}}, ""}};
  for (const Result<HttpResponse>& answer : answers) {
    Rig rig;
    rig.log_in();
    rig.transport.answer_with([&](const HttpRequest&) { return answer; });
    EXPECT_TRUE(rig.client.logout("alice"));
    EXPECT_EQ(rig.own_store.text("alice"), "");
    EXPECT_EQ(rig.transport.sent().size(), 2U) << "one exchange, one revocation";
  }
}

TEST(Logout, EndsPendingLogins) {
  Rig rig;
  const std::string callback = rig.begin();
  ASSERT_TRUE(rig.client.logout("alice"));
  EXPECT_EQ(rig.client.complete_login("alice", "GET", callback).error().kind,
            ErrorKind::state_mismatch);
  EXPECT_TRUE(rig.transport.sent().empty());
}

TEST(Logout, LeavesOtherUsersLoggedIn) {
  Rig rig;
  rig.log_in("alice");
  rig.log_in("bob", tokens(2));
  ASSERT_TRUE(rig.client.logout("alice"));
  EXPECT_EQ(rig.client.record("bob").value()->access_token, "AT2");
}

TEST(Log, HasNoSecretsWhateverTheServerEchoes) {
  Rig rig;
  const std::string callback = rig.begin("alice", "SECRET-CODE");
  rig.transport.answer_with([](const HttpRequest& request) {
    return json_answer(400,
                       R"({"error":"invalid_grant","error_description":")" + request.body + "\"}");
  });
  const Result<void> failed = rig.client.complete_login("alice", "GET", callback);
  rig.log_in();
  rig.transport.answer_with(
      [](const HttpRequest& request) { return json_answer(500, request.body + "AT1"); });
  const Result<TokenRecord> refreshed = rig.client.refresh("alice");
  const std::string seen = rig.log + failed.error().message + refreshed.error().message;
  const std::string verifier = body_value(rig.transport.sent()[0], "code_verifier");
  for (const std::string& secret : {std::string("SECRET-CODE"), std::string("AT1"),
                                    std::string("RT1"), verifier, query_value(callback, "state")}) {
    EXPECT_EQ(seen.find(secret), std::string::npos) << secret;
  }
  EXPECT_NE(seen.find("invalid_grant"), std::string::npos);
}

}  // namespace
}  // namespace heygen::client
