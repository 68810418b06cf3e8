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

TEST(LiveMarkup, IsAHandlerInAnAttributeWithoutQuotes) {
  EXPECT_TRUE(live("<input value=zq onfocus=canary1 autofocus x=>"));
  EXPECT_FALSE(live("<input value=\"zq onfocus=canary1 autofocus x=\">"));
  EXPECT_FALSE(live("<p>zq onfocus=canary1 autofocus x=</p>"));
  EXPECT_FALSE(live("<textarea><b title=zq onfocus=canary1></textarea>")) << "no tag in there";
  EXPECT_FALSE(live("<!-- <b title=zq onfocus=canary1> -->"));
}

TEST(LiveMarkup, IsCodeBehindTheStringThatItEnded) {
  EXPECT_TRUE(live("<script>var a = 'zq';canary1;'';</script>"));
  EXPECT_TRUE(live("<SCRIPT>var a = \"zq\";CANARY1;\"\"</SCRIPT>"));
  EXPECT_FALSE(live("<script>var a = \"zq';canary1;'\";</script>")) << "in the other quotes";
  EXPECT_FALSE(live("<script>var a = 'zq\\';canary1;\\'';</script>")) << "escaped";
  EXPECT_FALSE(live("<script>var a = 'zq\\x27;canary1;\\x27';</script>")) << "escaped";
  EXPECT_FALSE(live("<script>// don't\nvar a = /[']/g, b = \"zq';canary1;'\"</script>"));
  EXPECT_FALSE(live("<p>zq';canary1;'</p><script>var a = '';</script>")) << "text";
}

TEST(LiveMarkup, IsCodeInAHandlerWhoseReferencesAreDecoded) {
  EXPECT_TRUE(live("<a onclick=\"report('zq&#39;;canary1;&#x27;')\">"));
  EXPECT_FALSE(live("<a onclick=\"report('zq\\&#39;;canary1;\\&#39;')\">"));
  EXPECT_FALSE(live("<a title=\"zq&#39;;canary1;&#39;\">")) << "no handler";
}

TEST(AttributeValue, IsReadAsABrowserReadsIt) {
  EXPECT_TRUE(has_attribute_value("<a\nhref=\"\n java&#9;script:canary1\">", "javascript:canary1"));
  EXPECT_FALSE(has_attribute_value("<!-- <a href=javascript:canary1> -->", "javascript:canary1"));
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
