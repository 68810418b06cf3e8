// Whole logins through the surface alone: no sockets, no sandbox.
#include "mock_server/routes/surface.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "mock_server/routes/testing.h"

namespace heygen::mock {
namespace {

using testing::json_text;
using testing::kChallenge;
using testing::kVerifier;
using testing::query_of;
using testing::World;

// Plays the browser and the client of the guide.
class Surfaces : public ::testing::Test {
 protected:
  Answer authorize(const std::string& client = "demo") {
    return world_.get("/oauth/authorize?response_type=code&client_id=" + client +
                      "&state=s1&redirect_uri=http://127.0.0.1:4711/cb&scope=openid%20email"
                      "&code_challenge=" +
                      std::string{kChallenge} + "&code_challenge_method=S256");
  }
  Answer exchange(const std::string& code) {
    return world_.post(
        "/v1/oauth/token",
        "grant_type=authorization_code&client_id=demo&code=" + code +
            "&redirect_uri=http://127.0.0.1:4711/cb&code_verifier=" + std::string{kVerifier});
  }
  Answer refresh(const std::string& token, std::string path = "/v1/oauth/refresh_token") {
    return world_.post(std::move(path),
                       "grant_type=refresh_token&client_id=demo&refresh_token=" + token);
  }
  int call(const Answer& tokens) {
    return world_
        .get("/v1/some-endpoint",
             {{"Authorization", "Bearer " + json_text(tokens.response.body, "access_token")}})
        .response.status;
  }
  static std::string code_of(const Answer& authorized) {
    return query_of(authorized.response.headers.get("Location"), "code");
  }
  static std::string refresh_of(const Answer& tokens) {
    return json_text(tokens.response.body, "refresh_token");
  }

  World world_;
};

TEST_F(Surfaces, TheGuidesFlowWorksEndToEnd) {
  const Answer authorized = authorize();
  ASSERT_EQ(authorized.response.status, 302) << authorized.why;
  EXPECT_EQ(query_of(authorized.response.headers.get("Location"), "state"), "s1");
  const Answer tokens = exchange(code_of(authorized));
  ASSERT_EQ(tokens.response.status, 200) << tokens.why;
  EXPECT_EQ(tokens.response.body, R"({"token_type":"Bearer","access_token":")" +
                                      json_text(tokens.response.body, "access_token") +
                                      R"(","expires_in":864000,"refresh_token":")" +
                                      refresh_of(tokens) + R"("})");
  EXPECT_EQ(json_text(tokens.response.body, "access_token").size(), 42U);
  EXPECT_EQ(refresh_of(tokens).size(), 48U);
  EXPECT_EQ(call(tokens), 200);
}

TEST_F(Surfaces, ALoginLivesForTenDaysAndIsRenewedAtEitherRoute) {
  const Answer first = exchange(code_of(authorize()));
  world_.clock.advance(std::chrono::days{10});
  EXPECT_EQ(call(first), 401);
  const Answer second = refresh(refresh_of(first));
  ASSERT_EQ(second.response.status, 200) << second.why;
  EXPECT_EQ(call(second), 200);
  const Answer third = refresh(refresh_of(second), "/v1/oauth/token");
  ASSERT_EQ(third.response.status, 200) << third.why;
  EXPECT_EQ(call(second), 401);
  EXPECT_EQ(call(third), 200);
  EXPECT_EQ(refresh(refresh_of(first)).response.body, R"({"error":"invalid_grant"})");
}

TEST_F(Surfaces, TheLineageCanBeFollowedByFingerprint) {
  const Answer authorized = authorize();
  const Answer tokens = exchange(code_of(authorized));
  EXPECT_EQ(tokens.tokens_used, authorized.tokens_issued);
  const Answer renewed = refresh(refresh_of(tokens));
  ASSERT_EQ(tokens.tokens_issued.size(), 2U);
  EXPECT_EQ(renewed.tokens_used, std::vector{tokens.tokens_issued[1]});
  const auto list = world_.store.tokens(world_.clock.now());
  EXPECT_EQ(list[0].id, tokens.tokens_issued[0]);
  EXPECT_EQ(list[0].parent, authorized.tokens_issued[0]);
  EXPECT_EQ(list[3].id, renewed.tokens_issued[1]);
}

TEST_F(Surfaces, ALogoutRevokesTheLogin) {  // RFC 7009
  const Answer tokens = exchange(code_of(authorize()));
  EXPECT_EQ(world_
                .post("/v1/oauth/revoke",
                      "client_id=demo&token_type_hint=access_token&token=" + refresh_of(tokens))
                .response.body,
            "{}");
  EXPECT_EQ(call(tokens), 401);
  EXPECT_EQ(refresh(refresh_of(tokens)).outcome, "invalid_grant");
}

TEST_F(Surfaces, AConfidentialClientAuthenticatesByEitherMethod) {  // RFC 6749 §2.3.1
  for (const bool basic : {true, false}) {
    const Answer authorized = world_.get(
        "/v1/oauth/authorize?response_type=code&client_id=web"
        "&redirect_uri=https://app.test/cb?keep=1");
    std::string form =
        "grant_type=authorization_code&redirect_uri=https://app.test/cb?keep=1&code=" +
        code_of(authorized);
    wire::Headers headers;
    if (basic) {
      headers.add("Authorization", "Basic d2ViOnMzY3JldA==");  // web:s3cret
    } else {
      form += "&client_id=web&client_secret=s3cret";
    }
    const Answer tokens = world_.post("/v1/oauth/token", form, headers);
    EXPECT_EQ(tokens.response.status, 200) << tokens.why;
  }
}

TEST_F(Surfaces, OfManyClientsWithOneCodeOneIsServed) {  // RFC 6749 §4.1.2
  const std::string code = code_of(authorize());
  std::atomic<int> served{0};
  {
    std::vector<std::jthread> clients;
    clients.reserve(16);
    for (int i = 0; i < 16; ++i) {
      clients.emplace_back([&] {
        if (exchange(code).response.status == 200) ++served;
      });
    }
  }
  EXPECT_EQ(served, 1);
}

TEST_F(Surfaces, WhoAsksIsReadBeforeItIsJudged) {
  wire::Request request;
  request.method = "POST";
  request.target = "/v1/oauth/token";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Authorization", "Basic d2ViOnMzY3JldA=="}};
  request.body = "grant_type=refresh_token&refresh_token=x";
  const Call refresh = world_.surface.read(request);
  EXPECT_EQ(refresh.endpoint, Endpoint::refresh);
  EXPECT_EQ(refresh.grant_type, "refresh_token");
  EXPECT_EQ(refresh.client_id, "web");
  request.body = "grant_type=authorization_code&client_id=demo";
  EXPECT_EQ(world_.surface.read(request).endpoint, Endpoint::token);
  EXPECT_EQ(world_.surface.read(request).client_id, "demo");
  request.target = "/v9/x";
  EXPECT_EQ(world_.surface.read(request).endpoint, Endpoint::none);
  request.target = "/v3/anything";
  EXPECT_EQ(world_.surface.read(request).endpoint, Endpoint::api);
}

// A store that cannot answer.
class BrokenStore final : public Store {
 public:
  void put_client(Client) override { fail(); }
  std::shared_ptr<const Client> find_client(std::string_view) const override { fail(); }
  bool remove_client(std::string_view) override { fail(); }
  std::vector<std::shared_ptr<const Client>> clients() const override { fail(); }
  void put_consent(PendingConsent) override { fail(); }
  std::optional<PendingConsent> find_consent(std::string_view) const override { fail(); }
  std::optional<PendingConsent> take_consent(std::string_view) override { fail(); }
  void put_code(Code) override { fail(); }
  std::optional<StoredCode> find_code(std::string_view) const override { fail(); }
  bool has_challenge(std::string_view) const override { fail(); }
  RedeemOutcome redeem_code(std::string_view, const TokenSet&, TimePoint) override { fail(); }
  bool fail_code(std::string_view, int) override { fail(); }
  bool put_device(DeviceRequest) override { fail(); }
  std::optional<StoredDevice> find_device(std::string_view) const override { fail(); }
  DeviceDecision decide_device(std::string_view, std::optional<std::string_view>,
                               TimePoint) override {
    fail();
  }
  DevicePoll poll_device(std::string_view, std::string_view, const TokenSet&, TimePoint) override {
    fail();
  }
  GrantId put_grant(std::string_view, std::string_view, std::string_view,
                    const TokenSet&) override {
    fail();
  }
  std::optional<TokenView> find_token(std::string_view, TimePoint) const override { fail(); }
  RotateOutcome rotate_refresh(std::string_view, const TokenSet&, const Rotation&,
                               TimePoint) override {
    fail();
  }
  bool revoke(std::string_view) override { fail(); }
  QuotaAnswer take_quota(std::string_view, std::int64_t, std::chrono::seconds, TimePoint) override {
    fail();
  }
  CallOutcome begin_call(std::string_view, std::string_view, std::chrono::seconds,
                         TimePoint) override {
    fail();
  }
  void end_call(std::string_view, std::optional<KeptAnswer>, TimePoint) override { fail(); }
  std::vector<TokenView> tokens(TimePoint) const override { fail(); }
  bool revoke_by_id(std::string_view) override { fail(); }
  bool expire_by_id(std::string_view, TimePoint) override { fail(); }
  std::size_t expire_all(TimePoint) override { fail(); }
  void clear() override { fail(); }
  std::optional<std::string> find_note(std::string_view) const override { fail(); }
  void keep(const std::vector<Client>&, const Notes&) override { fail(); }
  std::uint64_t count_up(std::string_view, std::uint64_t) override { fail(); }
  std::uint64_t count(std::string_view) const override { fail(); }

 private:
  [[noreturn]] static void fail() { throw StoreUnavailable("the disk is full"); }
};

TEST_F(Surfaces, AStoreThatFailsIs503InTheEndpointsFormat) {
  BrokenStore broken;
  const auto ask = [&](std::string method, std::string target, std::string body) {
    wire::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Authorization", "Bearer x"}};
    request.body = std::move(body);
    const Context context{broken, world_.random, world_.clock.now(), world_.policy, ""};
    return world_.surface.answer(world_.surface.read(request),
                                 {context, world_.config, world_.base});
  };
  const Answer token = ask("POST", "/v1/oauth/token", "grant_type=refresh_token&client_id=demo");
  EXPECT_EQ(token.response.status, 503);
  EXPECT_EQ(token.response.body, R"({"error":"temporarily_unavailable"})");
  EXPECT_EQ(token.why, "the store: the disk is full");
  const Answer api = ask("GET", "/v1/user/me", "");
  EXPECT_EQ(api.response.status, 503);
  EXPECT_EQ(api.response.body, R"({"code":503,"message":"Service Unavailable"})");
  EXPECT_EQ(ask("GET", "/oauth/authorize?response_type=code&client_id=demo", "").response.status,
            503);
}

}  // namespace
}  // namespace heygen::mock
