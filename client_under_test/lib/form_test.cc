#include "client_under_test/lib/form.h"

#include <gtest/gtest.h>

namespace heygen::client {
namespace {

TEST(Form, EverythingButUnreservedCharactersIsEncoded) {
  EXPECT_EQ(form_encode({{"code", "a+/=%&~._-"}, {"x y", "\xC3\xA9"}}),
            "code=a%2B%2F%3D%25%26~._-&x%20y=%C3%A9");
}

TEST(Form, DecodingUndoesEncodingForEveryByte) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  const auto fields = form_decode(form_encode({{"k", all}}));
  ASSERT_EQ(fields.size(), 1U);
  EXPECT_EQ(fields[0].value, all);
  EXPECT_FALSE(fields[0].malformed);
}

TEST(Form, OrderDuplicatesAndEmptyValuesAreKept) {
  const auto fields = form_decode("b=1&a&&b=2+3&c=");
  ASSERT_EQ(fields.size(), 4U);
  EXPECT_EQ(fields[0].name, "b");
  EXPECT_EQ(fields[1].name, "a");
  EXPECT_EQ(fields[2].value, "2 3");
  EXPECT_EQ(fields[3].value, "");
}

TEST(Form, BrokenEscapesAreMarkedAndKept) {
  for (const char* text : {"a=%", "a=%2", "a=%zz", "a=%2x"}) {
    const auto fields = form_decode(text);
    ASSERT_EQ(fields.size(), 1U);
    EXPECT_TRUE(fields[0].malformed) << text;
    EXPECT_EQ("a=" + fields[0].value, text);
  }
}

}  // namespace
}  // namespace heygen::client
