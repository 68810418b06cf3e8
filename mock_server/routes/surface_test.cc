#include "mock_server/routes/surface.h"

#include <gtest/gtest.h>

#include "mock_server/routes/testing.h"

namespace heygen::mock {
namespace {

using testing::json_text;
using testing::kChallenge;
using testing::kVerifier;
using testing::query_of;
using testing::World;

constexpr std::string_view kRedirect = "http://127.0.0.1:4711/cb";

TEST(Surface, TheGuidesFlowWorksEndToEnd) {
  World world;
  const Answer authorized = world.get(
      "/oauth/authorize?response_type=code&client_id=demo&state=s1"
      "&redirect_uri=http://127.0.0.1:4711/cb&code_challenge=" +
      std::string{kChallenge} + "&code_challenge_method=S256");
  ASSERT_EQ(authorized.response.status, 302) << authorized.why;
  const std::string location{authorized.response.headers.get("Location")};
  EXPECT_EQ(query_of(location, "state"), "s1");
  const std::string code = query_of(location, "code");

  const Answer tokens =
      world.post("/v1/oauth/token", "grant_type=authorization_code&client_id=demo&code=" + code +
                                        "&redirect_uri=" + std::string{kRedirect} +
                                        "&code_verifier=" + std::string{kVerifier});
  ASSERT_EQ(tokens.response.status, 200) << tokens.why;
  EXPECT_EQ(json_text(tokens.response.body, "access_token").size(), 42U);
  EXPECT_EQ(json_text(tokens.response.body, "refresh_token").size(), 48U);
  EXPECT_EQ(tokens.tokens_used, authorized.tokens_issued);
  EXPECT_EQ(tokens.tokens_issued.size(), 2U);

  const auto call = [&](const std::string& token) {
    return world.get("/v1/some-endpoint", {{"Authorization", "Bearer " + token}});
  };
  EXPECT_EQ(call(json_text(tokens.response.body, "access_token")).response.status, 200);
  const Answer renewed = world.post("/v1/oauth/refresh_token",
                                    "grant_type=refresh_token&client_id=demo&refresh_token=" +
                                        json_text(tokens.response.body, "refresh_token"));
  ASSERT_EQ(renewed.response.status, 200) << renewed.why;
  EXPECT_EQ(call(json_text(tokens.response.body, "access_token")).response.status, 401);
  EXPECT_EQ(call(json_text(renewed.response.body, "access_token")).response.status, 200);
}

}  // namespace
}  // namespace heygen::mock
