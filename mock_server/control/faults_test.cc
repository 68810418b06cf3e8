#include "mock_server/faults/faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mock_server/control/testing.h"

namespace heygen::mock::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct ControlFaults : testing::Test {
  TestBed bed;
  json list() { return json_of(bed.call("GET", "/faults"))["faults"]; }
};

TEST_F(ControlFaults, AFaultIsArmedReadBackAndDisarmed) {
  const auto made = bed.call("POST", "/faults", R"({"on":{"endpoint":"refresh"},"when":{"nth":2},
      "times":1,"expires_after":"30s","do":{"status":503,"retry_after":"3s"}})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.headers.get("Location"), "http://127.0.0.1:8765/_mock/faults/fault-1");
  const auto state = json_of(made);
  EXPECT_EQ(state["id"], "fault-1");
  EXPECT_EQ(state["on"], json::parse(R"({"endpoint":"refresh"})"));
  EXPECT_EQ(state["when"], json::parse(R"({"nth":2})"));
  EXPECT_EQ(state["fired"], 0);
  EXPECT_EQ(state["remaining"], 1);
  EXPECT_EQ(state["expires_at"], "2026-11-24T04:00:30Z");
  EXPECT_EQ(json_of(bed.call("GET", "/faults/fault-1")), state);
  EXPECT_EQ(list(), json::array({state}));
  EXPECT_EQ(bed.call("DELETE", "/faults/fault-1").status, 204);
  EXPECT_EQ(list(), json::array());
  EXPECT_EQ(problem_of(bed.call("DELETE", "/faults/fault-1")),
            "404 id: no such fault; GET /_mock/faults lists them");
  EXPECT_EQ(bed.call("GET", "/faults/fault-1").status, 404);
}

TEST_F(ControlFaults, WhatIsArmedFires) {
  bed.call("POST", "/faults", R"({"on":{"endpoint":"api"},"times":1,"do":{"status":503}})");
  const FaultQuery query{Endpoint::api, "", "", "/v1/user/me"};
  EXPECT_TRUE(bed.box().faults().match(query, bed.wall.time));
  EXPECT_EQ(list()[0]["fired"], 1);
  EXPECT_EQ(list()[0]["remaining"], 0);
}

TEST_F(ControlFaults, ExpiryFollowsTheSandboxsClock) {
  bed.call("POST", "/faults", R"({"expires_after":"30s","do":{"status":503}})");
  EXPECT_EQ(list()[0]["expired"], false);
  bed.call("POST", "/clock", R"({"advance":"31s"})");
  EXPECT_EQ(list()[0]["expired"], true);
}

TEST_F(ControlFaults, AnArrayIsArmedInOrderAndAllAreDisarmedAtOnce) {
  const auto made = bed.call("POST", "/faults", R"([{"do":{"status":503}},{"do":{"status":500}}])");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.headers.get("Location"), "http://127.0.0.1:8765/_mock/faults");
  const auto states = json_of(made)["faults"];
  ASSERT_EQ(states.size(), 2U);
  EXPECT_EQ(states[0]["do"]["status"], 503);
  EXPECT_EQ(states[1]["do"]["status"], 500);
  EXPECT_EQ(bed.call("DELETE", "/faults").status, 204);
  EXPECT_EQ(list(), json::array());
}

TEST_F(ControlFaults, OneMistakeInAnArrayArmsNone) {
  EXPECT_THAT(
      problem_of(bed.call("POST", "/faults", R"([{"do":{"status":503}},{"do":{"status":99}}])")),
      HasSubstr("400 [1].do.status: "));
  EXPECT_EQ(problem_of(bed.call("POST", "/faults", "[]")),
            "400: write a fault, or an array of some");
  EXPECT_THAT(problem_of(bed.call("POST", "/faults", R"({"doo":{}})")), HasSubstr("400 do"));
  EXPECT_EQ(list(), json::array());
}

TEST_F(ControlFaults, ThereAreNoMoreThanTheLimitAndThenNoneIsAdded) {
  const FaultRule rule = [] {
    FaultRule r;
    r.action.status = 503;
    return r;
  }();
  while (bed.box().faults().list(bed.wall.time).size() + 1 < Faults::kMostRules) {
    ASSERT_TRUE(bed.box().faults().add(rule, bed.wall.time));
  }
  const auto two = bed.call("POST", "/faults", R"([{"do":{"status":503}},{"do":{"status":500}}])");
  EXPECT_THAT(problem_of(two), HasSubstr("409: at most 1024 faults are armed at a time"));
  EXPECT_EQ(list().size(), Faults::kMostRules - 1);
  EXPECT_EQ(bed.call("POST", "/faults", R"({"do":{"status":503}})").status, 201);
}

TEST_F(ControlFaults, AreTheSandboxsOwn) {
  bed.call_in("t1", "POST", "/faults", R"({"do":{"status":503}})");
  EXPECT_EQ(list(), json::array());
  EXPECT_EQ(json_of(bed.call_in("t1", "GET", "/faults"))["faults"].size(), 1U);
}

}  // namespace
}  // namespace heygen::mock::control
