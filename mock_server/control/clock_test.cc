#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mock_server/control/testing.h"

namespace heygen::mock::control {
namespace {

using testing::HasSubstr;

// "2026-12-04T04:00:00Z offset", or the problem.
std::string clock_after(TestBed& bed, const std::string& body) {
  const auto response = bed.call("POST", "/clock", body);
  if (response.status != 200) return problem_of(response);
  const auto json = json_of(response);
  return json["now"].get<std::string>() + " " + json["mode"].get<std::string>();
}

TEST(ControlClock, FollowsTheMachineAtFirst) {
  TestBed bed;
  const auto json = json_of(bed.call("GET", "/clock"));
  EXPECT_EQ(json, nlohmann::json::parse(
                      R"({"now":"2026-11-24T04:00:00Z","epoch":1795492800,"mode":"real"})"));
}

TEST(ControlClock, IsAdvancedByADurationAndGoesOn) {
  TestBed bed;
  EXPECT_EQ(clock_after(bed, R"({"advance":"10d"})"), "2026-12-04T04:00:00Z offset");
  bed.wall.time += std::chrono::milliseconds{1500};
  const auto json = json_of(bed.call("GET", "/clock"));
  EXPECT_EQ(json["now"], "2026-12-04T04:00:01.500Z");
  EXPECT_EQ(json["epoch"], 1796356801);
}

TEST(ControlClock, MayGoBack) {
  TestBed bed;
  EXPECT_EQ(clock_after(bed, R"({"advance":"-1h"})"), "2026-11-24T03:00:00Z offset");
  EXPECT_EQ(clock_after(bed, R"({"set":"1969-12-31T23:59:59Z"})"), "1969-12-31T23:59:59Z offset");
  EXPECT_EQ(json_of(bed.call("GET", "/clock"))["epoch"], -1);
}

TEST(ControlClock, IsSetFrozenAndPutBack) {
  TestBed bed;
  EXPECT_EQ(clock_after(bed, R"({"set":"2030-01-01T00:00:00Z"})"), "2030-01-01T00:00:00Z offset");
  EXPECT_EQ(clock_after(bed, R"({"freeze":true})"), "2030-01-01T00:00:00Z frozen");
  bed.wall.time += std::chrono::hours{5};
  EXPECT_EQ(clock_after(bed, R"({"advance":"1m"})"), "2030-01-01T00:01:00Z frozen");
  EXPECT_EQ(clock_after(bed, R"({"freeze":false})"), "2030-01-01T00:01:00Z offset");
  EXPECT_EQ(clock_after(bed, R"({"reset":true})"), "2026-11-24T09:00:00Z real");
}

TEST(ControlClock, KeepsWithinTheYears1To9999) {
  TestBed bed;
  EXPECT_EQ(clock_after(bed, R"({"set":"0001-01-01T00:00:00Z"})"), "0001-01-01T00:00:00Z offset");
  EXPECT_EQ(clock_after(bed, R"({"advance":"-1ms"})"),
            "400 advance: the clock stays within the years 1 to 9999; it stands at "
            "0001-01-01T00:00:00Z");
  EXPECT_EQ(clock_after(bed, R"({"set":"9999-12-31T23:59:59.999Z"})"),
            "9999-12-31T23:59:59.999Z offset");
  EXPECT_THAT(clock_after(bed, R"({"advance":"1ms"})"), HasSubstr("years 1 to 9999"));
  EXPECT_THAT(clock_after(bed, R"({"advance":"-9998d"})"), HasSubstr("9972-"));
  EXPECT_THAT(clock_after(bed, R"({"advance":"99999999999d"})"), HasSubstr("years 1 to 9999"));
  EXPECT_THAT(clock_after(bed, R"({"set":"10000-01-01T00:00:00Z"})"),
              HasSubstr("400 set: write an instant"));
  EXPECT_THAT(clock_after(bed, R"({"set":"0000-01-01T00:00:00Z"})"), HasSubstr("400 set: "));
}

TEST(ControlClock, ARefusedMoveChangesNothing) {
  TestBed bed;
  clock_after(bed, R"({"advance":"99999d","set":"2030-01-01T00:00:00Z"})");
  clock_after(bed, R"({"advance":"9000000d"})");
  clock_after(bed, R"({"freeze":true,"nonsense":1})");
  EXPECT_EQ(json_of(bed.call("GET", "/clock"))["now"], "2026-11-24T04:00:00Z");
  EXPECT_EQ(json_of(bed.call("GET", "/clock"))["mode"], "real");
}

TEST(ControlClock, WantsExactlyOneKeyOfTheRightKind) {
  TestBed bed;
  EXPECT_THAT(clock_after(bed, "{}"), HasSubstr("400: write one of {\"advance\":\"10d\"}"));
  EXPECT_THAT(problem_of(bed.call("POST", "/clock")), HasSubstr("400: write one of"));
  EXPECT_THAT(clock_after(bed, R"({"advance":"1s","freeze":true})"), HasSubstr("400: write one"));
  EXPECT_THAT(clock_after(bed, R"({"advance":10})"), HasSubstr("400 advance: write a duration"));
  EXPECT_THAT(clock_after(bed, R"({"advance":null})"), HasSubstr("400 advance: "));
  EXPECT_THAT(clock_after(bed, R"({"set":1893456000})"), HasSubstr("400 set: write an instant"));
  EXPECT_EQ(clock_after(bed, R"({"freeze":"yes"})"), "400 freeze: write true or false");
  EXPECT_EQ(clock_after(bed, R"({"reset":false})"), "400 reset: write true");
  EXPECT_EQ(clock_after(bed, R"({"advanse":"10d"})"),
            "400 advanse: unknown key; known here: advance, freeze, reset, set");
}

TEST(ControlClock, IsTheSandboxsOwn) {
  TestBed bed;
  bed.call_in("t1", "POST", "/clock", R"({"advance":"10d"})");
  bed.call_in("t2", "POST", "/clock", R"({"advance":"-10d"})");
  EXPECT_EQ(json_of(bed.call("GET", "/clock"))["now"], "2026-11-24T04:00:00Z");
  EXPECT_EQ(json_of(bed.call_in("t1", "GET", "/clock"))["now"], "2026-12-04T04:00:00Z");
  EXPECT_EQ(json_of(bed.call_in("t2", "GET", "/clock"))["now"], "2026-11-14T04:00:00Z");
}

}  // namespace
}  // namespace heygen::mock::control
