// What the API's door says (RFC 6750), in the vendor's envelopes.
#include <gtest/gtest.h>

#include <string>

#include "mock_server/core/crypto.h"
#include "mock_server/routes/testing.h"

namespace heygen::mock {
namespace {

using testing::World;

constexpr std::string_view kV1 = R"({"code":400112,"message":"Unauthorized"})";
constexpr std::string_view kV2 =
    R"({"data":null,"error":{"code":"internal_error","message":"Unauthorized"}})";
constexpr std::string_view kV3 =
    R"({"error":{"code":"unauthorized","message":"Unauthorized",)"
    R"("doc_url":"https://developers.heygen.com/docs/error-codes#unauthorized"}})";
constexpr std::string_view kChallenge = "Bearer realm=\"heygen-mock\"";
constexpr std::string_view kInvalidToken = "Bearer realm=\"heygen-mock\", error=\"invalid_token\"";

class Api : public ::testing::Test {
 protected:
  Api() {
    const TokenSet tokens{{"access-token", world_.clock.now() + std::chrono::seconds{864000}},
                          NewToken{"refresh-token"},
                          world_.clock.now()};
    world_.store.put_grant("demo", world_.config.users.front().id, "", tokens);
  }
  Answer bearer(std::string token, std::string path = "/v1/user/me") {
    return world_.get(std::move(path), {{"Authorization", "Bearer " + std::move(token)}});
  }
  World world_;
};

TEST_F(Api, EachFamilyRefusesInItsOwnEnvelope) {
  for (const auto& [path, body] : {std::pair{"/v1/user/me", kV1},
                                   {"/v2/avatars", kV2},
                                   {"/v3/users/me", kV3},
                                   {"/v1/nothing", kV1},
                                   {"/v3/nothing", kV3}}) {
    const Answer missing = world_.get(path);
    EXPECT_EQ(missing.response.status, 401) << path;
    EXPECT_EQ(missing.response.body, body) << path;
    // RFC 6750 §3.1: no error code where nothing was presented.
    EXPECT_EQ(missing.response.headers.get("WWW-Authenticate"), kChallenge) << path;
    EXPECT_EQ(missing.outcome, "unauthorized") << path;
    const Answer bad = bearer("nonsense", path);
    EXPECT_EQ(bad.response.status, 401) << path;
    EXPECT_EQ(bad.response.body, body) << path;
    EXPECT_EQ(bad.response.headers.get("WWW-Authenticate"), kInvalidToken) << path;
  }
}

TEST_F(Api, TheSchemesCaseDoesNotMatter) {  // RFC 9110 §11.1
  for (const char* const scheme : {"Bearer", "bearer", "BEARER"}) {
    const Answer answer =
        world_.get("/v1/user/me", {{"authorization", std::string{scheme} + " access-token"}});
    EXPECT_EQ(answer.response.status, 200) << scheme;
    EXPECT_EQ(answer.tokens_used.size(), 1U) << scheme;
  }
}

TEST_F(Api, AnApiKeyOpensItToo) {
  EXPECT_EQ(world_.get("/v1/user/me", {{"x-api-key", "key-1"}}).response.status, 200);
  const Answer wrong = world_.get("/v1/user/me", {{"X-API-KEY", "key-2"}});
  EXPECT_EQ(wrong.response.status, 401);
  EXPECT_EQ(wrong.response.body, kV1);
}

TEST_F(Api, ATokenExpiresByTheSandboxsClock) {
  world_.clock.advance(std::chrono::seconds{863'999});
  EXPECT_EQ(bearer("access-token").response.status, 200);
  world_.clock.advance(std::chrono::seconds{3'661});
  const Answer answer = bearer("access-token");
  EXPECT_EQ(answer.response.status, 401);
  EXPECT_EQ(answer.response.headers.get("WWW-Authenticate"), kInvalidToken);
  EXPECT_EQ(answer.why, "the access token expired 1h 1m ago by the sandbox's clock: refresh it");
  EXPECT_EQ(answer.tokens_used, std::vector{fingerprint("access-token")});
}

TEST_F(Api, WhyATokenIsNoGoodIsToldToThePersonAlone) {
  world_.store.revoke("access-token");
  EXPECT_EQ(bearer("access-token").why, "the access token was revoked by the revocation endpoint");
  EXPECT_EQ(bearer("access-token").response.body, kV1);
  EXPECT_EQ(bearer("key-1").why, "this is an API key: send it as X-API-KEY, not as a bearer token");
  EXPECT_EQ(world_.get("/v1/user/me", {{"X-API-KEY", "access-token"}}).why,
            "the X-API-KEY field has a token: send it as Authorization: Bearer TOKEN");
  EXPECT_EQ(world_.get("/v1/user/me", {{"Authorization", "access-token"}}).why,
            "the Authorization field is not \"Bearer TOKEN\"");
}

TEST_F(Api, ARefreshTokenIsRefused) {  // RFC 6749 §1.5
  const Answer answer = bearer("refresh-token");
  EXPECT_EQ(answer.response.status, 401);
  EXPECT_EQ(answer.response.headers.get("WWW-Authenticate"), kInvalidToken);
  EXPECT_EQ(answer.why, "this is a refresh token: it is for the token endpoint, never for the API");
}

TEST_F(Api, ATokenInTheUrlIsNotTaken) {  // RFC 9700 §4.3.2
  const Answer alone = world_.get("/v1/user/me?access_token=access-token");
  EXPECT_EQ(alone.response.status, 401);
  EXPECT_EQ(alone.response.headers.get("WWW-Authenticate"), kChallenge);
}

TEST_F(Api, TwoMethodsInOneRequestAreRefused) {  // RFC 6750 §2
  const Answer query = bearer("access-token", "/v3/users/me?access_token=access-token");
  EXPECT_EQ(query.response.status, 400);
  EXPECT_EQ(query.response.headers.get("WWW-Authenticate"),
            "Bearer realm=\"heygen-mock\", error=\"invalid_request\"");
  const Answer body = world_.post("/v2/video/generate", "access_token=access-token",
                                  {{"Authorization", "Bearer access-token"}});
  EXPECT_EQ(body.response.status, 400);
  const Answer twice = world_.get("/v1/user/me", {{"Authorization", "Bearer access-token"},
                                                  {"Authorization", "Bearer access-token"}});
  EXPECT_EQ(twice.response.status, 400);
}

TEST_F(Api, AnUnknownPathIs404OnceTheTokenIsGood) {
  const Answer v1 = bearer("access-token", "/v1/nothing");
  EXPECT_EQ(v1.response.status, 404);
  EXPECT_EQ(v1.response.body, R"({"code":404,"message":"Not Found"})");
  EXPECT_EQ(v1.outcome, "not_found");
  EXPECT_EQ(bearer("access-token", "/v2/nothing").response.body,
            R"({"data":null,"error":{"code":"not_found","message":"Not Found"}})");
  EXPECT_EQ(bearer("access-token", "/v3/nothing").response.body,
            R"({"error":{"code":"not_found","message":"Not Found",)"
            R"("doc_url":"https://developers.heygen.com/docs/error-codes#not-found"}})");
}

}  // namespace
}  // namespace heygen::mock
