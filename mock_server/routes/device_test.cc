#include <gtest/gtest.h>

#include <string>

#include "mock_server/routes/testing.h"

namespace heygen::mock {
namespace {

using testing::json_text;
using testing::World;

std::string between(std::string_view text, std::string_view before) {
  const auto at = text.find(before);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + before.size());
  return std::string{text.substr(0, text.find('"'))};
}

class DeviceFlow : public ::testing::Test {
 protected:
  Answer start() {
    return world_.post("/v1/oauth/device_authorization", "client_id=demo&scope=openid%20email");
  }
  Answer poll(const std::string& device_code) {
    return world_.post("/v1/oauth/token",
                       "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=demo"
                       "&device_code=" +
                           device_code);
  }
  Answer open(const std::string& user_code) { return world_.get("/device?user_code=" + user_code); }

  World world_;
};

TEST_F(DeviceFlow, TheAnswerHasAllThatTheDeviceNeeds) {  // RFC 8628 §3.2
  const Answer answer = start();
  ASSERT_EQ(answer.response.status, 200) << answer.why;
  EXPECT_EQ(answer.response.headers.get("Cache-Control"), "no-store");
  const std::string user_code = json_text(answer.response.body, "user_code");
  EXPECT_EQ(user_code.size(), 9U);
  EXPECT_EQ(user_code[4], '-');
  EXPECT_EQ(json_text(answer.response.body, "verification_uri"), "http://127.0.0.1:8765/device");
  EXPECT_EQ(json_text(answer.response.body, "verification_uri_complete"),
            "http://127.0.0.1:8765/device?user_code=" + user_code);
  EXPECT_TRUE(answer.response.body.ends_with(R"(,"expires_in":900,"interval":5})"));
  EXPECT_EQ(world_.post("/v1/oauth/device_authorization", "client_id=nobody").outcome,
            "invalid_client");
}

TEST_F(DeviceFlow, PendingUntilThePageIsOpenedThenTokensOnce) {
  const Answer started = start();
  const std::string device_code = json_text(started.response.body, "device_code");
  const Answer pending = poll(device_code);
  EXPECT_EQ(pending.response.status, 400);
  EXPECT_EQ(pending.response.body, R"({"error":"authorization_pending"})");
  EXPECT_EQ(open(json_text(started.response.body, "user_code")).response.status, 200);
  const Answer tokens = poll(device_code);
  ASSERT_EQ(tokens.response.status, 200) << tokens.why;
  EXPECT_EQ(tokens.tokens_used, started.tokens_issued);
  EXPECT_EQ(world_
                .get("/v1/user/me", {{"Authorization",
                                      "Bearer " + json_text(tokens.response.body, "access_token")}})
                .response.status,
            200);
  EXPECT_EQ(poll(device_code).outcome, "invalid_grant");
  EXPECT_EQ(open(json_text(started.response.body, "user_code")).response.status, 400);
}

TEST_F(DeviceFlow, PollingTooFastIsSlowedDown) {
  const std::string device_code = json_text(start().response.body, "device_code");
  EXPECT_EQ(poll(device_code).outcome, "authorization_pending");
  world_.clock.advance(std::chrono::seconds{1});
  EXPECT_EQ(poll(device_code).response.body, R"({"error":"slow_down"})");
}

TEST_F(DeviceFlow, ADeniedAndALateDeviceAreTold) {
  world_.config.approve = Approve::deny;
  const Answer denied = start();
  EXPECT_EQ(open(json_text(denied.response.body, "user_code")).outcome, "access_denied");
  EXPECT_EQ(poll(json_text(denied.response.body, "device_code")).outcome, "access_denied");
  const Answer late = start();
  world_.clock.advance(std::chrono::seconds{900});
  EXPECT_EQ(poll(json_text(late.response.body, "device_code")).outcome, "expired_token");
  EXPECT_EQ(open(json_text(late.response.body, "user_code")).response.status, 400);
}

TEST_F(DeviceFlow, TheUserDecidesOnThePage) {
  world_.config.approve = Approve::ask;
  const Answer started = start();
  const std::string user_code = json_text(started.response.body, "user_code");
  std::string typed = user_code.substr(0, 4) + user_code.substr(5);
  for (char& c : typed) c = static_cast<char>(c - 'A' + 'a');
  const Answer page = open(typed);
  ASSERT_EQ(page.response.status, 200);
  EXPECT_NE(page.response.body.find(user_code), std::string::npos);
  const auto cookie = page.response.headers.get("Set-Cookie");
  EXPECT_NE(cookie.find("; Path=/device; HttpOnly; SameSite=Strict"), std::string_view::npos);
  const std::string form = "consent=" + between(page.response.body, "name=\"consent\" value=\"") +
                           "&csrf=" + between(page.response.body, "name=\"csrf\" value=\"") +
                           "&user=" + world_.config.users[1].id;
  // Without the cookie, and at the other page's address, it is nobody's decision.
  EXPECT_EQ(world_.post("/device", form + "&decision=approve").response.status, 403);
  const wire::Headers browser{{"Cookie", std::string{cookie.substr(0, cookie.find(';'))}}};
  const Answer approved = world_.post("/device", form + "&decision=approve", browser);
  EXPECT_EQ(approved.response.status, 200) << approved.why;
  EXPECT_EQ(world_.post("/device", form + "&decision=deny", browser).response.status, 400);
  EXPECT_EQ(poll(json_text(started.response.body, "device_code")).response.status, 200);
}

TEST_F(DeviceFlow, AConsentOfOneKindIsNoDecisionOfTheOther) {
  world_.config.approve = Approve::ask;
  const Answer page = open(json_text(start().response.body, "user_code"));
  const auto cookie = page.response.headers.get("Set-Cookie");
  const Answer answer = world_.post(
      "/oauth/consent",
      "decision=approve&consent=" + between(page.response.body, "name=\"consent\" value=\"") +
          "&csrf=" + between(page.response.body, "name=\"csrf\" value=\""),
      {{"Cookie", std::string{cookie.substr(0, cookie.find(';'))}}});
  EXPECT_EQ(answer.response.status, 400);
  EXPECT_TRUE(answer.tokens_issued.empty());
}

TEST_F(DeviceFlow, AnUnknownCodeIsAskedForAgain) {
  EXPECT_EQ(world_.get("/device").response.status, 200);
  const Answer answer = open("%22%3E%3Cscript%3E");
  EXPECT_EQ(answer.response.status, 400);
  EXPECT_EQ(answer.response.body.find("<script>"), std::string::npos);
  EXPECT_NE(answer.response.body.find("No device waits"), std::string::npos);
}

TEST_F(DeviceFlow, LookingIsNotOpening) {
  const Answer started = start();
  wire::Request head;
  head.method = "HEAD";
  head.target = "/device?user_code=" + json_text(started.response.body, "user_code");
  EXPECT_EQ(world_.answer(head).response.status, 200);
  EXPECT_EQ(poll(json_text(started.response.body, "device_code")).outcome, "authorization_pending");
}

}  // namespace
}  // namespace heygen::mock
