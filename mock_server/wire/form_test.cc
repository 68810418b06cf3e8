#include "mock_server/wire/form.h"

#include <gmock/gmock.h>

#include <string>

namespace heygen::mock::wire {
namespace {

using namespace std::string_view_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;

TEST(ParseForm, FieldsKeepOrderAndDuplicates) {
  const auto form = parse_form("b=2&a=1&b=3");
  EXPECT_THAT(form.fields, ElementsAre(Pair("b", "2"), Pair("a", "1"), Pair("b", "3")));
  EXPECT_FALSE(form.error);
  EXPECT_EQ(form.count("b"), 2U);
  EXPECT_EQ(form.count("c"), 0U);
  ASSERT_NE(form.find("b"), nullptr);
  EXPECT_EQ(*form.find("b"), "2");
  EXPECT_EQ(form.find("B"), nullptr);  // parameter names are case-sensitive
}

// RFC 6749 Appendix B: the value " %&+£€".
TEST(ParseForm, Rfc6749AppendixB) {
  const auto form = parse_form("v=+%25%26%2B%C2%A3%E2%82%AC");
  EXPECT_THAT(form.fields, ElementsAre(Pair("v", " %&+\u00A3\u20AC")));
  EXPECT_FALSE(form.error);
}

TEST(ParseForm, MissingValuesAndEmptyPieces) {
  EXPECT_THAT(parse_form("").fields, IsEmpty());
  EXPECT_THAT(parse_form("&&").fields, IsEmpty());
  EXPECT_THAT(parse_form("a&b=&=c&&d==e").fields,
              ElementsAre(Pair("a", ""), Pair("b", ""), Pair("", "c"), Pair("d", "=e")));
}

TEST(ParseForm, EscapesAreDecodedOnceOnly) {
  EXPECT_THAT(parse_form("a%2520=%252B&x=%3d%3D").fields,
              ElementsAre(Pair("a%20", "%2B"), Pair("x", "==")));
}

TEST(ParseForm, BadPercentEscapesAreReportedWithTheirPlace) {
  EXPECT_THAT(parse_form("code=abc%zz").error, Optional("bad percent-escape at byte 8"sv));
  EXPECT_THAT(parse_form("a=1&code=%4").error, Optional("bad percent-escape at byte 9"sv));
  EXPECT_THAT(parse_form("a=%").error, Optional("bad percent-escape at byte 2"sv));
  EXPECT_THAT(parse_form("%g1=a").error, Optional("bad percent-escape at byte 0"sv));
  EXPECT_THAT(parse_form("a=%4&b=1").error, Optional("bad percent-escape at byte 2"sv));
  EXPECT_THAT(parse_form("ok=1&a=%4").fields, ElementsAre(Pair("ok", "1")));
}

TEST(ParseForm, NulBytesAreRefusedRawAndEscaped) {
  EXPECT_THAT(parse_form("a=b\0c"sv).error, Optional("NUL byte at byte 3"sv));
  EXPECT_THAT(parse_form("a=b%00c").error, Optional("NUL byte at byte 3"sv));
}

TEST(ParseForm, InvalidUtf8IsRefused) {
  const auto error = "invalid UTF-8 in the name or value at byte 2"sv;
  EXPECT_THAT(parse_form("a=%ff").error, Optional(error));
  EXPECT_THAT(parse_form("a=%C2").error, Optional(error));        // cut short
  EXPECT_THAT(parse_form("a=%C0%AF").error, Optional(error));     // overlong '/'
  EXPECT_THAT(parse_form("a=%ED%A0%80").error, Optional(error));  // a surrogate
  EXPECT_THAT(parse_form("a=%F4%90%80%80").error, Optional(error));
  EXPECT_THAT(parse_form("a=\x80").error, Optional(error));  // raw, not escaped
  EXPECT_THAT(parse_form("a=%F0%9F%98%80").fields, ElementsAre(Pair("a", "\U0001F600")));
}

TEST(ParseForm, TakesAtMost256Fields) {
  std::string text;
  for (int i = 0; i < 256; ++i) text += "a=1&";
  EXPECT_FALSE(parse_form(text).error);
  EXPECT_EQ(parse_form(text).fields.size(), 256U);
  text += "b=2";
  EXPECT_THAT(parse_form(text).error, Optional("more than 256 fields"sv));
  EXPECT_EQ(parse_form(text).fields.size(), 256U);
}

TEST(PercentEncode, KeepsOnlyTheUnreservedCharacters) {
  EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encode(" /?#[]@!$&'()*+,;=%:"),
            "%20%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%25%3A");
  EXPECT_EQ(percent_encode("\u20AC\0\x7F"sv), "%E2%82%AC%00%7F");
}

TEST(FormEncode, Rfc6749AppendixB) {
  EXPECT_EQ(form_encode(" %&+\u00A3\u20AC"), "+%25%26%2B%C2%A3%E2%82%AC");
}

TEST(FormEncode, JoinsFieldsInOrder) {
  const std::vector<Form::Field> fields{
      {"grant_type", "refresh_token"}, {"a b", "c&d="}, {"e", ""}};
  EXPECT_EQ(form_encode(fields), "grant_type=refresh_token&a+b=c%26d%3D&e=");
  EXPECT_EQ(parse_form(form_encode(fields)).fields, fields);
}

}  // namespace
}  // namespace heygen::mock::wire
