#include "client_under_test/lib/text.h"

#include <gtest/gtest.h>

#include "client_under_test/lib/crypto.h"

namespace heygen::client {
namespace {

TEST(Text, OneLineHasNoControlCharacters) {
  EXPECT_EQ(one_line("a\r\nb\x1b[31m\x7f\xC3\xA9"), "a  b [31m ??");
  EXPECT_EQ(one_line("abcdef", 3), "abc");
}

TEST(Text, CaseIsIgnoredForAsciiOnly) {
  EXPECT_TRUE(equal_ignoring_case("Content-TYPE", "content-type"));
  EXPECT_FALSE(equal_ignoring_case("a", "ab"));
  EXPECT_EQ(to_lower("A\xC3\x89z"), "a\xC3\x89z");
}

// RFC 4648 §10
TEST(Crypto, EncodesTheVectorsOfRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64url(std::as_bytes(std::span(std::string_view("fo")))), "Zm8");
  EXPECT_EQ(base64url(std::as_bytes(std::span(std::string_view("\xFB\xFF")))), "-_8");
}

TEST(Crypto, ComparisonIsExact) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("abc", "abc"));
  EXPECT_FALSE(constant_time_equal("abc", "abd"));
  EXPECT_FALSE(constant_time_equal("abc", "ab"));
}

}  // namespace
}  // namespace heygen::client
