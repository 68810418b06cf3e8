#include "conformance/checks/page_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heygen::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

bool live(std::string_view page) { return has_live_markup(page, "canary1"); }

TEST(LiveMarkup, IsATagThatNobodyEscaped) {
  EXPECT_TRUE(live("<p><script>canary1</script></p>"));
  EXPECT_TRUE(live("<P><ScRiPt>canary1</ScRiPt></P>"));
  EXPECT_TRUE(live("<img src=x onerror=canary1>"));
  EXPECT_TRUE(live("<title>\"><svg onload=canary1></title>"));
  EXPECT_FALSE(live("<p>&lt;script&gt;canary1&lt;/script&gt;</p>"));
  EXPECT_FALSE(live("<p>&lt;img src=x onerror=canary1&gt;</p>"));
}

TEST(LiveMarkup, QuoteBreaksOutOfAnAttributeAlone) {
  EXPECT_TRUE(live("<input value=\"\" onfocus=canary1 x=\"\">"));
  EXPECT_TRUE(live("<input value='' onfocus=canary1 x=''>"));
  EXPECT_FALSE(live("<p>said: \" onfocus=canary1 x=\"</p>")) << "text between tags";
  EXPECT_FALSE(live("<input value=\"&quot; onfocus=canary1 x=&quot;\">"));
}

TEST(AttributeValue, IsFoundWithAndWithoutQuotes) {
  EXPECT_TRUE(has_attribute_value("<a href=\"JavaScript:canary1\">", "javascript:canary1"));
  EXPECT_TRUE(has_attribute_value("<a href=javascript:canary1>", "javascript:canary1"));
  EXPECT_FALSE(has_attribute_value("<p>href=javascript:canary1</p>", "javascript:canary1"));
  EXPECT_FALSE(has_attribute_value("<a href=\"/x?u=javascript:canary1\">", "javascript:canary1"));
}

TEST(LoadedFromElsewhere, AreScriptsImagesAndSheetsOfOtherOrigins) {
  EXPECT_THAT(loaded_from_elsewhere("<img src=\"https://cdn.test/a.png\"><script src=//cdn.test/b>"
                                    "</script><link rel=x href='https://cdn.test/c'>",
                                    "http://127.0.0.1:1"),
              ElementsAre("https://cdn.test/a.png", "http://cdn.test/b", "https://cdn.test/c"));
  EXPECT_THAT(loaded_from_elsewhere("<a href=https://docs.test/><img src=/own.png>"
                                    "<img src=\"http://127.0.0.1:1/own.png\">",
                                    "http://127.0.0.1:1"),
              IsEmpty());
}

}  // namespace
}  // namespace heygen::conformance
