// Metadata, registration and userinfo.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "mock_server/routes/table.h"
#include "mock_server/routes/testing.h"

namespace heygen::mock {
namespace {

using nlohmann::json;
using testing::World;

TEST(Metadata, NamesWhatIsThere) {  // RFC 8414 §2
  World world;
  world.base = "http://127.0.0.1:8765/s/one";
  const Answer answer = world.get("/.well-known/oauth-authorization-server");
  ASSERT_EQ(answer.response.status, 200);
  const json metadata = json::parse(answer.response.body);
  EXPECT_EQ(metadata["issuer"], "https://issuer.test");
  EXPECT_EQ(metadata["code_challenge_methods_supported"], json::array({"S256"}));
  EXPECT_FALSE(metadata.contains("authorization_response_iss_parameter_supported"));
  int endpoints = 0;
  for (const auto& [name, value] : metadata.items()) {
    if (!name.ends_with("_endpoint")) continue;
    ++endpoints;
    const std::string url = value.get<std::string>();
    ASSERT_TRUE(url.starts_with(world.base)) << url;
    const std::string path = url.substr(world.base.size());
    EXPECT_TRUE(find_route("GET", path, "").route != nullptr ||
                find_route("POST", path, "").route != nullptr)
        << path;
  }
  EXPECT_EQ(endpoints, 6);
}

TEST(Metadata, SaysWhatTheProfileDoes) {
  World strict{Profile::strict};
  EXPECT_EQ(json::parse(strict.get("/.well-known/oauth-authorization-server")
                            .response.body)["authorization_response_iss_parameter_supported"],
            true);
  World lenient{Profile::lenient};
  EXPECT_EQ(json::parse(lenient.get("/.well-known/oauth-authorization-server")
                            .response.body)["code_challenge_methods_supported"],
            json::array({"S256", "plain"}));
}

TEST(Registration, AnEmptyBodyGivesALoopbackClient) {  // as the vendor's n8n node asks
  World world;
  const Answer answer =
      world.post("/v1/oauth/register", "", {{"Content-Type", "application/json"}});
  ASSERT_EQ(answer.response.status, 201);
  EXPECT_EQ(answer.response.headers.get("Cache-Control"), "no-store");
  const json client = json::parse(answer.response.body);
  EXPECT_EQ(client["client_id"].get<std::string>().size(), 24U);
  EXPECT_EQ(client["token_endpoint_auth_method"], "none");
  EXPECT_EQ(client["client_id_issued_at"], 1'767'225'600);
  EXPECT_FALSE(client.contains("client_secret"));
  const Answer authorized =
      world.get("/oauth/authorize?response_type=code&redirect_uri=http://127.0.0.1:1/x&client_id=" +
                client["client_id"].get<std::string>() +
                "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
                "&code_challenge_method=S256");
  EXPECT_EQ(authorized.outcome, "ok") << authorized.why;
}

TEST(Registration, TheRedirectsThatWerePostedAreTheOnesThatWork) {  // RFC 7591 §3.2.1
  World world;
  const Answer answer = world.post(
      "/v1/oauth/register",
      R"({"redirect_uris":["https://a.test/cb"],"client_name":"A <b>","unknown":{"x":1},)"
      R"("token_endpoint_auth_method":"client_secret_basic"})",
      {{"Content-Type", "application/json"}});
  ASSERT_EQ(answer.response.status, 201) << answer.response.body;
  const json client = json::parse(answer.response.body);
  EXPECT_EQ(client["redirect_uris"], json::array({"https://a.test/cb"}));
  EXPECT_EQ(client["token_endpoint_auth_method"], "none");
  EXPECT_EQ(world.store.find_client(client["client_id"].get<std::string>())->redirect_uris,
            std::vector<std::string>{"https://a.test/cb"});
}

TEST(Registration, WhatCannotBeRegisteredIsRefused) {  // RFC 7591 §3.2.2
  World world;
  const auto error = [&](std::string body) {
    const Answer answer =
        world.post("/v1/oauth/register", std::move(body), {{"Content-Type", "application/json"}});
    EXPECT_EQ(answer.response.status, 400) << answer.response.body;
    return answer.outcome;
  };
  EXPECT_EQ(error(R"({"redirect_uris":["javascript://x"]})"), "invalid_redirect_uri");
  EXPECT_EQ(error(R"({"redirect_uris":["/cb"]})"), "invalid_redirect_uri");
  EXPECT_EQ(error(R"({"redirect_uris":["https://a.test/cb#x"]})"), "invalid_redirect_uri");
  EXPECT_EQ(error(R"({"redirect_uris":"https://a.test/cb"})"), "invalid_redirect_uri");
  EXPECT_EQ(error(R"({"redirect_uris":[1]})"), "invalid_redirect_uri");
  EXPECT_EQ(error(R"({"client_name":1})"), "invalid_client_metadata");
  EXPECT_EQ(error(R"([])"), "invalid_client_metadata");
  EXPECT_EQ(error(R"({)"), "invalid_client_metadata");
  EXPECT_EQ(error("\xff"), "invalid_client_metadata");
  EXPECT_EQ(world.store.clients().size(), 3U);
}

TEST(Userinfo, SaysWhatTheScopeLetsIt) {
  World world;
  const std::string user = world.config.users[1].id;
  const auto ask = [&](const std::string& token, std::string_view scope) {
    world.store.put_grant("demo", user, scope, {{token, kNever}, std::nullopt, world.clock.now()});
    return world.get("/v1/oauth/userinfo", {{"Authorization", "Bearer " + token}}).response.body;
  };
  EXPECT_EQ(ask("t1", "openid"), R"({"sub":"25ebafd83a8521f0b8d56a14c8a4bd72"})");
  EXPECT_EQ(ask("t2", "openid profile email"),
            R"({"sub":"25ebafd83a8521f0b8d56a14c8a4bd72","email":"bob@example.com",)"
            R"("email_verified":true,"name":"Bob Roe","given_name":"Bob","family_name":"Roe"})");
}

TEST(Userinfo, IsForAccessTokensAlone) {  // RFC 6750 §3
  World world;
  const Answer missing = world.get("/v1/oauth/userinfo");
  EXPECT_EQ(missing.response.status, 401);
  EXPECT_EQ(missing.response.body, R"({"error":"unauthorized"})");
  EXPECT_EQ(missing.response.headers.get("WWW-Authenticate"), "Bearer realm=\"heygen-mock\"");
  EXPECT_EQ(world.get("/v1/oauth/userinfo", {{"X-API-KEY", "key-1"}}).response.status, 401);
  const Answer bad = world.get("/v1/oauth/userinfo", {{"Authorization", "Bearer x"}});
  EXPECT_EQ(bad.response.body, R"({"error":"invalid_token"})");
  EXPECT_EQ(bad.response.headers.get("WWW-Authenticate"),
            "Bearer realm=\"heygen-mock\", error=\"invalid_token\"");
}

}  // namespace
}  // namespace heygen::mock
