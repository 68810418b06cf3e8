#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mock_server/control/testing.h"
#include "mock_server/core/crypto.h"

namespace heygen::mock::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct ControlTokens : testing::Test {
  TestBed bed;

  json mint(const char* body = R"({"client_id":"demo"})") {
    const auto response = bed.call("POST", "/tokens", body);
    EXPECT_EQ(response.status, 200) << response.body;
    return json_of(response);
  }
  json list(const std::string& query = "") {
    return json_of(bed.call("GET", "/tokens" + query))["tokens"];
  }
};

TEST_F(ControlTokens, AMintedPairIsTheTokenEndpointsAnswer) {
  const auto given = mint();
  EXPECT_EQ(given["token_type"], "Bearer");
  EXPECT_EQ(given["access_token"].get<std::string>().size(), 42U);
  EXPECT_EQ(given["expires_in"], 864000);
  EXPECT_EQ(given["refresh_token"].get<std::string>().size(), 48U);
  EXPECT_EQ(given["access_token_id"], fingerprint(given["access_token"].get<std::string>()));
  EXPECT_EQ(given["refresh_token_id"], fingerprint(given["refresh_token"].get<std::string>()));
  const auto found = bed.box().store().find_token(given["access_token"].get<std::string>(),
                                                  bed.box().clock().now());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->state, TokenState::active);
}

TEST_F(ControlTokens, TheListHasTheContractsFieldsAndNeverTheValues) {
  const auto given = mint(R"({"client_id":"demo","scope":"openid","refresh_ttl_s":60})");
  const auto tokens = list();
  ASSERT_EQ(tokens.size(), 2U);
  EXPECT_EQ(tokens[0], (json{{"id", given["access_token_id"]},
                             {"kind", "access"},
                             {"client_id", "demo"},
                             {"user", "15ebafd83a8521f0b8d56a14c8a4bd72"},
                             {"scope", "openid"},
                             {"status", "active"},
                             {"issued_at", "2026-11-24T04:00:00Z"},
                             {"expires_at", "2026-12-04T04:00:00Z"},
                             {"parent", nullptr},
                             {"grant", given["grant"]}}));
  EXPECT_EQ(tokens[1]["kind"], "refresh");
  EXPECT_EQ(tokens[1]["expires_at"], "2026-11-24T04:01:00Z");
  const auto hidden = bed.call("GET", "/tokens").body;
  EXPECT_EQ(hidden.find(given["access_token"].get<std::string>()), std::string::npos);
  EXPECT_EQ(list("?reveal=1")[0]["value"], given["access_token"]);
}

TEST_F(ControlTokens, ATokenWithoutLimitExpiresAtNull) {
  mint();
  EXPECT_EQ(list()[1]["expires_at"], nullptr);
}

TEST_F(ControlTokens, LineageLeadsFromTheRefreshTokenToItsChildren) {
  const auto given = mint();
  const TimePoint now = bed.box().clock().now();
  TokenSet next;
  next.access = {"next-access", now + std::chrono::hours{1}};
  next.refresh = NewToken{"next-refresh", kNever};
  next.issued_at = now;
  ASSERT_TRUE(std::holds_alternative<Rotated>(bed.box().store().rotate_refresh(
      given["refresh_token"].get<std::string>(), next, Rotation{}, now)));
  const auto tokens = list();
  ASSERT_EQ(tokens.size(), 4U);
  EXPECT_EQ(tokens[0]["status"], "revoked");
  EXPECT_EQ(tokens[1]["status"], "used");
  EXPECT_EQ(tokens[2]["parent"], given["refresh_token_id"]);
  EXPECT_EQ(tokens[3]["parent"], given["refresh_token_id"]);
  EXPECT_EQ(tokens[3]["grant"], given["grant"]);
}

TEST_F(ControlTokens, LifetimesFollowThePolicyUntilTheyAreGiven) {
  bed.call("PATCH", "/config", R"({"policies":{"access_ttl_s":120}})");
  EXPECT_EQ(mint()["expires_in"], 120);
  bed.call("PUT", "/clients/app", R"({"redirect_uris":[],"policies":{"access_ttl_s":7}})");
  EXPECT_EQ(mint(R"({"client_id":"app"})")["expires_in"], 7);
  EXPECT_EQ(mint(R"({"client_id":"app","access_ttl_s":0})")["expires_in"], 0);
  EXPECT_EQ(list("?status=expired").size(), 1U);
}

TEST_F(ControlTokens, TheUserIsFoundByIdOrEmail) {
  bed.call("PATCH", "/config", R"({"users":[{"id":"u1","email":"a@example.com"},
                                            {"id":"u2","email":"b@example.com"}]})");
  mint(R"({"client_id":"demo"})");
  mint(R"({"client_id":"demo","user":"b@example.com"})");
  mint(R"({"client_id":"demo","user":"u2"})");
  EXPECT_EQ(list("?user=u1").size(), 2U);
  EXPECT_EQ(list("?user=u2").size(), 4U);
}

TEST_F(ControlTokens, TheListCanBeNarrowed) {
  bed.call("PUT", "/clients/app", R"({"redirect_uris":[]})");
  mint();
  const auto mine = mint(R"({"client_id":"app"})");
  EXPECT_EQ(list("?client_id=app").size(), 2U);
  const auto one = list("?client_id=app&kind=refresh&status=active");
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0]["id"], mine["refresh_token_id"]);
  EXPECT_EQ(problem_of(bed.call("GET", "/tokens?kind=id")),
            "400 kind: write one of access refresh");
  EXPECT_EQ(problem_of(bed.call("GET", "/tokens?status=dead")),
            "400 status: write one of active expired revoked used");
}

TEST_F(ControlTokens, ALiveTokenIsExpiredWhileItsLifetimeLooksFine) {
  const auto given = mint();
  const auto id = given["access_token_id"].get<std::string>();
  const auto response = bed.call("POST", "/tokens/" + id + "/expire");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(json_of(response)["status"], "expired");
  EXPECT_EQ(list("?status=active").size(), 1U);  // the refresh token lives on
}

TEST_F(ControlTokens, RevokingTheRefreshTokenTakesTheGrantAlong) {  // RFC 7009 §2.1
  const auto given = mint();
  const auto id = given["refresh_token_id"].get<std::string>();
  EXPECT_EQ(json_of(bed.call("POST", "/tokens/" + id + "/revoke"))["status"], "revoked");
  EXPECT_EQ(list("?status=revoked").size(), 2U);
}

TEST_F(ControlTokens, ExpireAllCountsTheLiveOnes) {
  mint();
  const auto given = mint();
  bed.call("POST", "/tokens/" + given["access_token_id"].get<std::string>() + "/revoke");
  EXPECT_EQ(json_of(bed.call("POST", "/tokens/expire-all"))["expired"], 3);
  EXPECT_EQ(json_of(bed.call("POST", "/tokens/expire-all"))["expired"], 0);
}

TEST_F(ControlTokens, ExpireAllCanBeNarrowed) {
  bed.call("PUT", "/clients/app", R"({"redirect_uris":[]})");
  mint();
  mint(R"({"client_id":"app"})");
  EXPECT_EQ(json_of(bed.call("POST", "/tokens/expire-all?kind=access&client_id=app"))["expired"],
            1);
  EXPECT_EQ(json_of(bed.call("POST", "/tokens/expire-all?kind=access"))["expired"], 1);
  EXPECT_EQ(list("?status=active").size(), 2U);
  EXPECT_EQ(list("?status=active&kind=refresh").size(), 2U);
  EXPECT_EQ(json_of(bed.call("POST", "/tokens/expire-all?user=nobody"))["expired"], 0);
}

TEST_F(ControlTokens, AnUnknownIdIsA404ThatDoesNotRepeatIt) {
  const auto given = mint();
  const auto value = given["access_token"].get<std::string>();
  for (const std::string verb : {"/expire", "/revoke"}) {
    const auto response = bed.call("POST", "/tokens/" + value + verb);
    EXPECT_EQ(problem_of(response), "404 id: no such token; GET /_mock/tokens lists them by id");
    EXPECT_EQ(response.body.find(value), std::string::npos);
  }
  EXPECT_EQ(list("?status=active").size(), 2U);
}

TEST_F(ControlTokens, EachMistakeIsNamedWithItsKey) {
  const auto post = [&](const char* body) { return problem_of(bed.call("POST", "/tokens", body)); };
  EXPECT_THAT(post("{}"), HasSubstr("400 client_id: write whose tokens"));
  EXPECT_THAT(post(R"({"client_id":"nobody"})"), HasSubstr("400 client_id: no such client; PUT"));
  EXPECT_THAT(post(R"({"client_id":7})"), HasSubstr("400 client_id: write a string"));
  EXPECT_THAT(post(R"({"client_id":"demo","user":"x"})"), HasSubstr("400 user: no such user"));
  EXPECT_THAT(post(R"({"client_id":"demo","access_ttl_s":-1})"), HasSubstr("400 access_ttl_s: "));
  EXPECT_THAT(post(R"({"client_id":"demo","access_ttl_s":9223372036854775807})"),
              HasSubstr("400 access_ttl_s: "));
  EXPECT_THAT(post(R"({"client_id":"demo","access_ttl_s":"60"})"),
              HasSubstr("400 access_ttl_s: write a whole number"));
  EXPECT_THAT(post(R"({"client_id":"demo","ttl":1})"), HasSubstr("400 ttl: unknown key"));
  EXPECT_TRUE(list().empty());
}

}  // namespace
}  // namespace heygen::mock::control
