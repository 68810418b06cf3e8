#include "mock_server/journal/plain_text.h"

#include <gmock/gmock.h>

namespace heygen::mock {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr const char* kBad = "\xEF\xBF\xBD";

TEST(PlainText, GoodUtf8Stays) {
  for (const std::string text : {"", "abc", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80",
                                 "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(to_utf8(text), text);
  }
}

// Unicode 15, §3.9, table 3-11
TEST(PlainText, EachMaximalSubpartIsReplacedOnce) {
  const auto bad = std::string{kBad};
  EXPECT_EQ(to_utf8("a\xF1\x80\x80\xE1\x80\xC2"
                    "b\x80"
                    "c\x80\xBF"
                    "d"),
            "a" + bad + bad + bad + "b" + bad + "c" + bad + bad + "d");
  EXPECT_EQ(to_utf8("\xC0\xAF"), bad + bad);            // overlong
  EXPECT_EQ(to_utf8("\xED\xA0\x80"), bad + bad + bad);  // a surrogate
  EXPECT_EQ(to_utf8("\xF4\x90\x80\x80"), bad + bad + bad + bad);
  EXPECT_EQ(to_utf8("x\xE2\x82"), "x" + bad);
}

TEST(PlainText, NoCharacterIsCutInTwo) {
  EXPECT_EQ(cut_utf8("abc", 3), "abc");
  EXPECT_EQ(cut_utf8("abc", 2), "ab");
  EXPECT_EQ(cut_utf8("a\xE2\x82\xAC", 3), "a");
  EXPECT_EQ(cut_utf8("a\xE2\x82\xAC", 4), "a\xE2\x82\xAC");
  EXPECT_EQ(cut_utf8("\xE2\x82\xAC", 1), "");
}

TEST(PlainText, WhatIsNoEscapeStandsForItself) {
  EXPECT_EQ(loosely_decoded("%41%zz%4%"), "A%zz%4%");
  EXPECT_EQ(loosely_decoded("a+b"), "a+b");
  EXPECT_EQ(loosely_form_decoded("a+b%2B"), "a b+");
}

TEST(PlainText, FieldsAreReadAsFarAsTheyGo) {
  EXPECT_THAT(loosely_parsed("a=1&&b&c=%zz&=x&d=1=2", 99),
              ElementsAre(Pair("a", "1"), Pair("b", ""), Pair("c", "%zz"), Pair("", "x"),
                          Pair("d", "1=2")));
  EXPECT_THAT(loosely_parsed("a=1&b=2", 1), ElementsAre(Pair("a", "1")));
  EXPECT_TRUE(loosely_parsed("", 9).empty());
}

}  // namespace
}  // namespace heygen::mock
