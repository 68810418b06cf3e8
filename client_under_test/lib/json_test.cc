#include "client_under_test/lib/json.h"

#include <gtest/gtest.h>

namespace heygen::client {
namespace {

TEST(Json, OnlyAnObjectIsRead) {
  for (const char* text : {"", "null", "[]", "\"x\"", "{", "{}x", "a=b", "{\"a\":}", "{'a':1}"}) {
    EXPECT_FALSE(parse_json_object(text)) << text;
  }
  EXPECT_TRUE(parse_json_object(" {} "));
  using namespace std::string_view_literals;
  EXPECT_FALSE(parse_json_object("{}\0x"sv));
}

TEST(Json, MembersKeepTheirKind) {
  const auto object = parse_json_object(
      R"({"s":"a\u0041\n","n":8.64e5,"b":true,"z":null,"o":{"x":[1, 2]},"i":18446744073709551616})");
  ASSERT_TRUE(object);
  EXPECT_EQ(object->string("s"), "aA\n");
  EXPECT_EQ(object->number("n"), 864000.0);
  EXPECT_EQ(object->find("z")->kind, JsonValue::Kind::null);
  EXPECT_EQ(object->find("o")->text, R"({"x":[1,2]})");
  EXPECT_EQ(object->number("i"), 18446744073709551616.0);
  EXPECT_EQ(object->string("n"), std::nullopt);
  EXPECT_EQ(object->find("missing"), nullptr);
}

TEST(Json, DeepNestingIsRefusedNotFollowed) {
  const auto nested = [](int depth) {
    return R"({"a":)" + std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']') + "}";
  };
  EXPECT_TRUE(parse_json_object(nested(31)));
  EXPECT_FALSE(parse_json_object(nested(32)));
  EXPECT_FALSE(parse_json_object(nested(200000)));
  EXPECT_TRUE(parse_json_object(R"({"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"[[[[["})"));
}

TEST(Json, WhatIsWrittenStaysOnOneLineAndIsReadBack) {
  const std::string text =
      JsonWriter().string("a\"", "x\r\ny").number("n", -1).boolean("b", false).str();
  EXPECT_EQ(text, R"({"a\"":"x\r\ny","n":-1,"b":false})");
  EXPECT_EQ(parse_json_object(text)->string("a\""), "x\r\ny");
}

TEST(Json, BytesThatAreNotUtf8AreReplaced) {
  EXPECT_EQ(json_quote("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
}

}  // namespace
}  // namespace heygen::client
