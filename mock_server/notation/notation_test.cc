#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mock_server/notation/duration.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/notation/timestamp.h"

namespace heygen::mock {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsReadInItsUnits) {
  EXPECT_EQ(parse_duration("10d"), 240h);
  EXPECT_EQ(parse_duration("36h"), 36h);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("0s"), 0ms);
  EXPECT_EQ(parse_duration("-1d", true), -24h);
}

TEST(Duration, AnythingElseIsRefused) {
  for (const auto* text : {"", "10", "d", "10 d", "10D", "1m1h", "1h1h", "-1d", "1.h", ".5s",
                           "1.5h30m", "1e3s", "999999999999999d", "9999999999999999999s", "+1s"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_duration("-", true), std::nullopt);
}

TEST(Duration, IsWrittenAsItIsRead) {
  for (const auto* text : {"10d", "1h30m", "0s", "1s500ms", "-2d"}) {
    EXPECT_EQ(format_duration(*parse_duration(text, true)), text);
  }
}

TEST(Timestamp, IsReadAndWritten) {
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00Z"), TimePoint{});
  EXPECT_EQ(parse_timestamp("2030-01-01T02:00:00+02:00"), parse_timestamp("2030-01-01T00:00:00Z"));
  for (const auto* text : {"2030-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2024-02-29T23:59:59Z",
                           "9999-12-31T23:59:59.999Z"}) {
    ASSERT_TRUE(parse_timestamp(text)) << text;
    EXPECT_EQ(format_timestamp(*parse_timestamp(text)), text);
  }
  EXPECT_EQ(format_timestamp(kNever), "9999-12-31T23:59:59.999Z");
}

TEST(Timestamp, AnythingElseIsRefused) {
  for (const auto* text :
       {"", "2030-01-01", "2030-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "2030-01-01T24:00:00Z",
        "2030-01-01T00:00:00", "2030-01-01T00:00:00Zjunk", "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z", "2030-01-01T00:00:00.Z", "0001-01-01T00:00:00+01:00"}) {
    EXPECT_EQ(parse_timestamp(text), std::nullopt) << text;
  }
}

// The key and the mend of what `read` throws.
template <typename Read>
std::pair<std::string, std::string> refusal(Read read) {
  try {
    read();
  } catch (const BadInput& bad) {
    return {bad.key(), bad.what()};
  }
  return {"", "taken"};
}

TEST(Json, WhatIsWrongIsSaidWithItsPlace) {
  EXPECT_EQ(refusal([] { parse_json("{\n  \"a\": }"); }).second, "not JSON at line 2, column 8");
  EXPECT_EQ(refusal([] { parse_json("{} x"); }).second, "not JSON at line 1, column 4");
  EXPECT_EQ(refusal([] { parse_json(R"({"a":1,"a":2})"); }),
            (std::pair<std::string, std::string>{"a", "give the key once"}));
  EXPECT_EQ(refusal([] { parse_json(std::string(100'000, '[')); }).second,
            "nest it less than 64 levels deep");
  EXPECT_NE(refusal([] { parse_json("\"\xff\""); }).second, "taken");
  EXPECT_EQ(refusal([] {
              parse_json(std::string_view{"{}\0x", 4});
            }).second,
            "not JSON: a NUL byte in it");
}

TEST(Json, EveryMemberMustBeKnownAndOfItsType) {
  const auto value = parse_json(R"({"when":{"nth":"2"},"times":-1,"delay":5,"nht":2})");
  JsonObject object{value};
  EXPECT_EQ(refusal([&] { object.integer("times", 0); }),
            (std::pair<std::string, std::string>{"times", "write 0 or more"}));
  EXPECT_EQ(refusal([&] { object.object("when")->integer("nth"); }),
            (std::pair<std::string, std::string>{"when.nth", "write a whole number"}));
  EXPECT_EQ(refusal([&] { object.duration("delay"); }).first, "delay");
  EXPECT_EQ(refusal([&] { object.finish(); }).first, "nht");
  EXPECT_EQ(refusal([] { JsonObject{parse_json("[]"), "on"}; }).first, "on");
}

}  // namespace
}  // namespace heygen::mock
