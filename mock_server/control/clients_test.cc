#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mock_server/control/client_json.h"
#include "mock_server/control/testing.h"

namespace heygen::mock::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(ControlClients, TheBuiltInOnesAreListed) {
  TestBed bed;
  const auto list = json_of(bed.call("GET", "/clients"))["clients"];
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0], json::parse(R"({"id":"demo","has_secret":false,"policies":{},"redirect_uris":
      ["http://127.0.0.1/*","http://localhost/*","http://[::1]/*"]})"));
  EXPECT_EQ(list[1]["id"], "q2A2QRSke2LrFTPJhoDbHtXh");
}

TEST(ControlClients, AClientIsRegisteredReplacedAndForgotten) {
  TestBed bed;
  const auto made = bed.call("PUT", "/clients/app", R"({"redirect_uris":["https://app.example/cb"],
      "secret":"s3cret","policies":{"rotation":"reuse","access_ttl_s":60}})");
  EXPECT_EQ(made.status, 201);
  const auto shown = json_of(made);
  EXPECT_EQ(shown, json::parse(R"({"id":"app","redirect_uris":["https://app.example/cb"],
      "has_secret":true,"policies":{"rotation":"reuse","access_ttl_s":60}})"));
  EXPECT_EQ(json_of(bed.call("GET", "/clients/app")), shown);
  EXPECT_EQ(bed.box().store().find_client("app")->secret, "s3cret");

  EXPECT_EQ(bed.call("PUT", "/clients/app", R"({"redirect_uris":[]})").status, 200);
  EXPECT_TRUE(bed.box().store().find_client("app")->is_public());
  EXPECT_TRUE(bed.box().store().find_client("app")->policies.empty());

  EXPECT_EQ(bed.call("DELETE", "/clients/app").status, 204);
  EXPECT_EQ(problem_of(bed.call("DELETE", "/clients/app")),
            "404 id: no such client here; PUT it with its redirect_uris");
  EXPECT_EQ(bed.call("GET", "/clients/app").status, 404);
}

TEST(ControlClients, TheSecretIsNeverShown) {
  TestBed bed;
  const char* body = R"({"redirect_uris":["https://app.example/cb"],"secret":"hunter2hunter2"})";
  for (const auto& response : {bed.call("PUT", "/clients/app", body),
                               bed.call("GET", "/clients/app"), bed.call("GET", "/clients")}) {
    EXPECT_EQ(response.body.find("hunter2"), std::string::npos) << response.body;
  }
  const auto bad =
      bed.call("PUT", "/clients/app", R"({"redirect_uris":[],"secret":"hunter2\u0000hunter2"})");
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(bad.body.find("hunter2"), std::string::npos) << bad.body;
}

TEST(ControlClients, AnIdMayHaveAnyPrintableCharacter) {
  TestBed bed;
  EXPECT_EQ(bed.call("PUT", "/clients/a%2Fb%20c%3F", R"({"redirect_uris":[]})").status, 201);
  EXPECT_TRUE(bed.box().store().find_client("a/b c?"));
  EXPECT_EQ(bed.call("DELETE", "/clients/a%2fb%20c%3f").status, 204);
  EXPECT_THAT(problem_of(bed.call("PUT", "/clients/%00", R"({"redirect_uris":[]})")),
              HasSubstr("400 id: a client_id is 1 to 256 printable"));
  EXPECT_EQ(bed.call("PUT", "/clients/" + std::string(257, 'a'), R"({"redirect_uris":[]})").status,
            400);
}

TEST(ControlClients, EachMistakeIsNamedWithItsKey) {
  TestBed bed;
  const auto put = [&](const char* body) {
    return problem_of(bed.call("PUT", "/clients/x", body));
  };
  EXPECT_THAT(put("{}"), HasSubstr("400 redirect_uris: write an array of URIs"));
  EXPECT_THAT(put(R"({"redirect_uris":"https://a.example"})"),
              HasSubstr("400 redirect_uris: write an array"));
  EXPECT_THAT(put(R"({"redirect_uris":["https://a.example/cb",7]})"),
              HasSubstr("400 redirect_uris[1]: write a string"));
  EXPECT_THAT(put(R"({"redirect_uris":["/cb"]})"),
              HasSubstr("400 redirect_uris[0]: not an absolute URI"));
  EXPECT_THAT(put(R"({"redirect_uris":[],"secret":""})"), HasSubstr("400 secret: "));
  EXPECT_THAT(put(R"({"redirect_uris":[],"secret":7})"), HasSubstr("400 secret: write a string"));
  EXPECT_THAT(put(R"({"redirect_uris":[],"policies":{"pkce":"maybe"}})"),
              HasSubstr("400 policies.pkce: policy 'pkce' is one of required|if-sent|off"));
  EXPECT_THAT(put(R"({"redirect_uris":[],"policies":{"pkce":null}})"),
              HasSubstr("400 policies.pkce: write a value"));
  EXPECT_THAT(put(R"({"redirect_uris":[],"policies":{"pkcs":"off"}})"),
              HasSubstr("400 policies.pkcs: unknown policy"));
  EXPECT_THAT(put(R"({"redirect_uris":[],"policies":{"access_ttl_s":-1}})"),
              HasSubstr("400 policies.access_ttl_s: "));
  EXPECT_THAT(put(R"({"redirect_uris":[],"policies":{"access_ttl_s":1.5}})"),
              HasSubstr("400 policies.access_ttl_s: "));
  EXPECT_THAT(put(R"({"redirect_uris":[],"policies":[]})"),
              HasSubstr("400 policies: write a JSON object"));
  EXPECT_THAT(put(R"({"redirect_uris":[],"id":"y"})"), HasSubstr("400 id: leave it out"));
  EXPECT_THAT(put(R"({"redirect_uris":[],"client_secret":"x"})"),
              HasSubstr("400 client_secret: unknown key"));
  EXPECT_FALSE(bed.box().store().find_client("x"));
}

TEST(RedirectUri, PlainHttpIsForLoopbackAndPrivateNetworks) {
  for (const char* good :
       {"https://app.example.com/cb", "http://127.0.0.1:3000/cb", "http://localhost/cb",
        "http://[::1]/cb", "http://127.0.0.1/*", "http://web:3000/cb", "http://app.test/cb",
        "http://app.localhost/cb", "http://10.1.2.3/cb", "http://172.31.0.2/cb",
        "http://192.168.0.9/cb", "http://[fd00::1]/cb", "com.example.app://callback"}) {
    EXPECT_EQ(check_redirect_uri(good), "") << good;
  }
  for (const char* bad : {"http://app.example.com/cb", "http://8.8.8.8/cb", "http://172.32.0.1/cb",
                          "http://192.169.0.1/cb", "http://10.1.2/cb", "http://10.1.2.3.4/cb",
                          "http://[2001:db8::1]/cb", "http://127.0.0.1.evil.com/cb"}) {
    EXPECT_THAT(check_redirect_uri(bad), HasSubstr("use https")) << bad;
  }
  EXPECT_THAT(check_redirect_uri("https://a.example/cb#x"), HasSubstr("no fragment"));
  EXPECT_THAT(check_redirect_uri("javascript://a/%0aalert(1)"), HasSubstr("would run"));
}

}  // namespace
}  // namespace heygen::mock::control
