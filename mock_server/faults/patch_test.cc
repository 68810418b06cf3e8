#include "mock_server/faults/patch.h"

#include <gtest/gtest.h>

namespace heygen::mock {
namespace {

constexpr std::string_view kGood =
    R"({"token_type":"Bearer","access_token":"a\"},{b","expires_in":864000,"refresh_token":"r"})";

TEST(PatchObject, ReplacesInPlaceAddsAtTheEndAndDeletes) {
  EXPECT_EQ(patch_object(kGood, {{"expires_in", "\"864000\""}}),
            R"({"token_type":"Bearer","access_token":"a\"},{b","expires_in":"864000",)"
            R"("refresh_token":"r"})");
  EXPECT_EQ(patch_object(R"({"a":1,"b":2})", {{"a", std::nullopt}, {"c", "[1]"}}),
            R"({"b":2,"c":[1]})");
  EXPECT_EQ(patch_object(R"({"a":1})", {{"a", std::nullopt}}), "{}");
  EXPECT_EQ(patch_object("{}", {{"a", "1"}, {"b", "null"}}), R"({"a":1,"b":null})");
  EXPECT_EQ(patch_object(R"({"a":1})", {{"x", std::nullopt}}), R"({"a":1})");
}

TEST(PatchObject, KeepsNumbersAsTheyAreWritten) {
  EXPECT_EQ(patch_object(R"({"n":1.50e2,"m":123456789012345678901234567890})",
                         {{"expires_in", "8.64e5"}, {"x", "1e300"}}),
            R"({"n":1.50e2,"m":123456789012345678901234567890,"expires_in":8.64e5,"x":1e300})");
}

TEST(PatchObject, LooksAtTheTopLevelAlone) {
  EXPECT_EQ(patch_object(R"({ "data" : { "a" : 1, "b" : [ {"a":2} ] } , "a" : 3 })", {{"a", "0"}}),
            R"({"data":{ "a" : 1, "b" : [ {"a":2} ] },"a":0})");
}

TEST(PatchObject, FindsAMemberWhateverItsEscapes) {
  EXPECT_EQ(patch_object(R"({"\u0061":1})", {{"a", "2"}}), R"({"\u0061":2})");
  EXPECT_EQ(patch_object("{}", {{"q\"<", "1"}}), "{\"q\\\"\\u003c\":1}");
}

TEST(PatchObject, TakesNothingButAnObject) {
  for (const auto* text : {"", "[]", "7", "\"{}\"", "{", "{\"a\":}", "<html>", "{} {}"}) {
    EXPECT_EQ(patch_object(text, {{"a", "1"}}), std::nullopt) << text;
  }
  using namespace std::string_view_literals;
  EXPECT_EQ(patch_object("{}\0\"}"sv, {{"a", "1"}}), std::nullopt);
}

TEST(CutJson, IsNeverJson) {
  EXPECT_EQ(cut_json(R"({"a":1})"), R"({"a)");
  EXPECT_EQ(cut_json("{}"), "{");
  EXPECT_EQ(cut_json(" [1]\n\n\n\n "), "[");
  EXPECT_EQ(cut_json("1234"), "{");
  EXPECT_EQ(cut_json(""), "{");
}

}  // namespace
}  // namespace heygen::mock
