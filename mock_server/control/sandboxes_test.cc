#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mock_server/control/testing.h"

namespace heygen::mock::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(ControlSandboxes, ThereIsTheDefaultOne) {
  TestBed bed;
  const auto list = json_of(bed.call("GET", "/sandboxes"))["sandboxes"];
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0], json::parse(R"({"name":"default","url":"http://127.0.0.1:8765",
      "profile":"heygen","clock":{"now":"2026-11-24T04:00:00Z","epoch":1795492800,"mode":"real"},
      "clients":2,"tokens":0,"faults":0,"last_seq":0})"));
}

TEST(ControlSandboxes, PutMakesOneAndGivesItsUrl) {
  TestBed bed;
  const auto made = bed.call("PUT", "/sandboxes/t1");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(json_of(made)["url"], "http://127.0.0.1:8765/s/t1");
  EXPECT_EQ(made.headers.get("Location"), "http://127.0.0.1:8765/s/t1");
  EXPECT_EQ(json_of(bed.call("GET", "/sandboxes")).at("sandboxes").size(), 2U);
  EXPECT_EQ(json_of(bed.call("GET", "/sandboxes/t1"))["name"], "t1");
}

TEST(ControlSandboxes, PutAgainGivesAFreshWorld) {
  TestBed bed;
  bed.call("PUT", "/sandboxes/t1");
  bed.call_in("t1", "POST", "/clock", R"({"advance":"10d"})");
  bed.call_in("t1", "POST", "/tokens", R"({"client_id":"demo"})");
  const auto again = bed.call("PUT", "/sandboxes/t1", R"({"profile":"lenient"})");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(json_of(again)["profile"], "lenient");
  EXPECT_EQ(json_of(again)["clock"]["mode"], "real");
  EXPECT_EQ(json_of(again)["tokens"], 0);
}

TEST(ControlSandboxes, PutTakesAConfigurationAndASeed) {
  TestBed bed;
  const char* body = R"({"profile":"strict","approve":"deny","policies":{"access_ttl_s":5},
      "users":[{"email":"jane@example.com"}],"api_keys":["k"],"seed":9,
      "clients":[{"id":"app","redirect_uris":["https://app.example/cb"]}]})";
  EXPECT_EQ(bed.call("PUT", "/sandboxes/t1", body).status, 201);
  EXPECT_EQ(bed.box("t1").settings()->policy.access_ttl, std::chrono::seconds{5});
  EXPECT_EQ(bed.box("t1").store().clients().size(), 1U);
  const auto mint = [&] {
    return bed.call_in("t1", "POST", "/tokens", R"({"client_id":"app"})").body;
  };
  const auto first = mint();
  bed.call("PUT", "/sandboxes/t1", body);
  EXPECT_EQ(mint(), first);  // the same seed, the same tokens
}

TEST(ControlSandboxes, FaultsGivenAtTheStartOutliveAReset) {
  TestBed bed;
  bed.call("PUT", "/sandboxes/t1", R"({"faults":[{"do":{"status":503}}]})");
  bed.call_in("t1", "POST", "/faults", R"({"do":{"status":500}})");
  EXPECT_EQ(bed.box("t1").faults().list(bed.wall.time).size(), 2U);
  EXPECT_EQ(json_of(bed.call_in("t1", "POST", "/reset"))["faults"], 1);
}

TEST(ControlSandboxes, EachMistakeIsNamedAndMakesNothing) {
  TestBed bed;
  EXPECT_EQ(problem_of(bed.call("PUT", "/sandboxes/T1")),
            "400 id: a sandbox's name is [a-z0-9-]{1,64}");
  EXPECT_EQ(bed.call("PUT", "/sandboxes/" + std::string(65, 'a')).status, 400);
  EXPECT_EQ(bed.call("PUT", "/sandboxes/a%2Fb").status, 400);
  EXPECT_THAT(problem_of(bed.call("PUT", "/sandboxes/t1", R"({"profile":"x"})")),
              HasSubstr("400 profile: "));
  EXPECT_THAT(problem_of(bed.call("PUT", "/sandboxes/t1", R"({"sandboxes":[]})")),
              HasSubstr("400 sandboxes: unknown key"));
  EXPECT_THAT(problem_of(bed.call("PUT", "/sandboxes/t1", R"({"seed":1.5})")),
              HasSubstr("400 seed: "));
  EXPECT_FALSE(bed.registry.find("t1"));
  EXPECT_THAT(problem_of(bed.call("GET", "/sandboxes/t1")), HasSubstr("404 id: no such sandbox"));
  EXPECT_THAT(problem_of(bed.call("DELETE", "/sandboxes/t1")), HasSubstr("404 id: no such"));
}

TEST(ControlSandboxes, DeleteEndsOneAndMakesTheDefaultAnew) {
  TestBed bed;
  bed.call("PUT", "/sandboxes/t1");
  EXPECT_EQ(bed.call("DELETE", "/sandboxes/t1").status, 204);
  EXPECT_FALSE(bed.registry.find("t1"));
  bed.call("POST", "/clock", R"({"advance":"1d"})");
  EXPECT_EQ(bed.call("DELETE", "/sandboxes/default").status, 204);
  EXPECT_EQ(json_of(bed.call("GET", "/clock"))["mode"], "real");
}

TEST(ControlSandboxes, ASandboxsCallsMayMakeAndEndOthers) {
  TestBed bed;
  const auto made = bed.call_in("t1", "PUT", "/sandboxes/t2");
  EXPECT_EQ(json_of(made)["url"], "http://127.0.0.1:8765/s/t2");
  EXPECT_FALSE(bed.registry.find("t1"));
  EXPECT_EQ(json_of(bed.call_in("t1", "GET", "/sandboxes/default"))["url"],
            "http://127.0.0.1:8765");
}

TEST(ControlSandboxes, UrlsAreRightForACallerByHostName) {
  TestBed bed;
  const auto url_of = [&](const char* name) {
    auto request = request_of("PUT", std::string{"/_mock/sandboxes/"} + name);
    request.headers.set("Host", "t1.localhost:8765");
    const auto response = bed.control.answer(request, "t1", std::string{"/sandboxes/"} + name,
                                             "http://t1.localhost:8765");
    return json_of(response)["url"];
  };
  EXPECT_EQ(url_of("t2"), "http://localhost:8765/s/t2");
  EXPECT_EQ(url_of("default"), "http://localhost:8765");
}

TEST(ControlSandboxes, ThereAreNoMoreThanTheLimit) {
  TestBed bed;
  for (std::size_t i = 1; i < Registry::kMostSandboxes; ++i) {
    ASSERT_TRUE(bed.registry.find_or_create("n" + std::to_string(i)));
  }
  EXPECT_THAT(problem_of(bed.call("PUT", "/sandboxes/more")),
              HasSubstr("409: there are 10000 sandboxes, and no more: DELETE"));
  EXPECT_THAT(problem_of(bed.call_in("more", "GET", "/clock")), HasSubstr("409: there are 10000"));
  EXPECT_EQ(bed.call("PUT", "/sandboxes/n1").status, 200);
}

TEST(ControlSandboxes, ResetDropsWhatHappenedAndKeepsWhatWasSetUp) {
  TestBed bed;
  bed.call("PATCH", "/config", R"({"profile":"strict"})");
  bed.call("PUT", "/clients/app", R"({"redirect_uris":["https://app.example/cb"]})");
  const auto first = bed.call("POST", "/tokens", R"({"client_id":"app"})").body;
  bed.call("POST", "/clock", R"({"freeze":true})");
  const auto reset = bed.call("POST", "/reset");
  EXPECT_EQ(reset.status, 200);
  const auto shown = json_of(reset);
  EXPECT_EQ(shown["profile"], "strict");
  EXPECT_EQ(shown["clients"], 3);
  EXPECT_EQ(shown["tokens"], 0);
  EXPECT_EQ(shown["clock"]["mode"], "real");
  EXPECT_EQ(json_of(bed.call("POST", "/tokens", R"({"client_id":"app"})"))["access_token"],
            json::parse(first)["access_token"]);  // a seeded sandbox begins anew
}

}  // namespace
}  // namespace heygen::mock::control
