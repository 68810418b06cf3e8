#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mock_server/control/testing.h"
#include "mock_server/faults/scenario.h"

namespace heygen::mock::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(ControlScenarios, AreListedWithTheBugTheyReproduce) {
  TestBed bed;
  const auto list = json_of(bed.call("GET", "/scenarios"))["scenarios"];
  ASSERT_EQ(list.size(), built_in_scenarios().size());
  EXPECT_EQ(list[0].size(), 2U);
  EXPECT_EQ(list[0]["name"], built_in_scenarios()[0].name);
  EXPECT_EQ(list[0]["summary"], built_in_scenarios()[0].summary);
}

TEST(ControlScenarios, OneIsShownAsItsFile) {
  TestBed bed;
  const auto shown = json_of(bed.call("GET", "/scenarios/user-denies"));
  EXPECT_FALSE(shown["summary"].get<std::string>().empty());
  EXPECT_EQ(problem_of(bed.call("GET", "/scenarios/none")),
            "404 id: no such scenario; GET /_mock/scenarios lists them");
}

TEST(ControlScenarios, EachCanBePutInForce) {
  TestBed bed;
  for (const auto& scenario : built_in_scenarios()) {
    bed.call("PUT", "/sandboxes/t1");
    const auto response = bed.call_in("t1", "POST", "/scenarios/" + std::string{scenario.name});
    EXPECT_EQ(response.status, 200) << scenario.name << response.body;
    const auto played = json_of(response);
    EXPECT_EQ(played["summary"], scenario.summary);
    const auto asked = find_scenario(scenario.name);
    ASSERT_TRUE(asked);
    EXPECT_EQ(played["faults"].size(), asked->faults.size());
    EXPECT_EQ(bed.box("t1").faults().list(bed.wall.time).size(), asked->faults.size());
    for (const auto& [name, value] : asked->policies) {
      EXPECT_EQ(get_policy(bed.box("t1").settings()->policy, name), value) << scenario.name;
    }
  }
}

TEST(ControlScenarios, ItsPoliciesComeOnTopOfThoseInForce) {
  TestBed bed;
  bed.call("PATCH", "/config", R"({"policies":{"access_ttl_s":60,"code_ttl_s":7}})");
  ASSERT_EQ(bed.call("POST", "/scenarios/clock-skew").status, 200);
  const auto policy = bed.box().settings()->policy;
  EXPECT_EQ(policy.access_ttl, std::chrono::seconds{600});
  EXPECT_EQ(policy.code_ttl, std::chrono::seconds{7});
}

TEST(ControlScenarios, AnUnknownOneChangesNothing) {
  TestBed bed;
  EXPECT_THAT(problem_of(bed.call("POST", "/scenarios/nothing")), HasSubstr("404 id: "));
  EXPECT_EQ(json_of(bed.call("GET", "/faults"))["faults"], json::array());
}

TEST(ControlScenarios, OnesOwnIsPutInForce) {
  TestBed bed;
  const auto response = bed.call("POST", "/scenarios", R"({"summary":"ten days later",
      "clients":[{"id":"app","redirect_uris":["https://app.example/cb"]}],
      "policies":{"rotation":"omit"},"approve":"deny","clock":{"advance":"10d"},
      "faults":[{"on":{"endpoint":"api"},"do":{"status":401}}]})");
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(json_of(response)["faults"][0]["id"], "fault-1");
  EXPECT_EQ(json_of(bed.call("GET", "/clock"))["now"], "2026-12-04T04:00:00Z");
  EXPECT_TRUE(bed.box().store().find_client("app"));
  EXPECT_EQ(bed.box().settings()->config.approve, Approve::deny);
  EXPECT_EQ(bed.box().settings()->policy.rotation, RotationPolicy::omit);
}

TEST(ControlScenarios, AMistakeInOnesOwnIsNamedAndChangesNothing) {
  TestBed bed;
  EXPECT_THAT(problem_of(bed.call("POST", "/scenarios", R"({"summary":"x","approve":"deny",
      "faults":[{"do":{"status":503}},{"do":{"status":1}}]})")),
              HasSubstr("400 faults[1].do.status: "));
  EXPECT_THAT(problem_of(bed.call("POST", "/scenarios", "{}")), HasSubstr("400 summary: "));
  EXPECT_EQ(bed.box().settings()->config.approve, Approve::automatic);
  EXPECT_EQ(json_of(bed.call("GET", "/faults"))["faults"], json::array());
}

TEST(ControlScenarios, TheClockStaysWithinItsYears) {
  TestBed bed;
  bed.call("POST", "/clock", R"({"set":"9999-12-31T00:00:00Z"})");
  const auto late = bed.call("POST", "/scenarios", R"({"summary":"x","approve":"deny",
      "clock":{"advance":"1d"}})");
  EXPECT_THAT(problem_of(late), HasSubstr("409 clock.advance: its clock would leave the years"));
  bed.call("POST", "/clock", R"({"set":"0001-01-01T00:00:00Z"})");
  const auto early = bed.call("POST", "/scenarios", R"({"summary":"x","approve":"deny",
      "clock":{"advance":"-1ms"}})");
  EXPECT_EQ(early.status, 409);
  EXPECT_EQ(bed.box().settings()->config.approve, Approve::automatic);
}

TEST(ControlScenarios, OneThatDoesNotFitChangesNothing) {
  TestBed bed;
  FaultRule rule;
  rule.action.status = 503;
  while (bed.box().faults().add(rule, bed.wall.time)) {
  }
  EXPECT_THAT(problem_of(bed.call("POST", "/scenarios/clock-skew")),
              HasSubstr("409: at most 1024"));
  EXPECT_TRUE(bed.box().settings()->config.overrides.empty());
}

}  // namespace
}  // namespace heygen::mock::control
