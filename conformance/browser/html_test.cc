#include "conformance/browser/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heygen::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Html, FindsLinksWithTheirText) {
  const HtmlPage page =
      read_html("<p>x<A class=y HREF='/login?a=1&amp;b=2'>Log <b>in</b></a><a href=/me>Me</a>");
  ASSERT_EQ(page.links.size(), 2U);
  EXPECT_EQ(page.links[0].href, "/login?a=1&b=2");
  EXPECT_EQ(page.links[0].text, "Log in");
  EXPECT_EQ(page.links[1].href, "/me");
}

TEST(Html, SendsWhatTheFirstButtonWouldSend) {
  const HtmlPage page = read_html(
      "<form action=\"/go\" method=POST><input type=hidden name=csrf value=\"a&quot;b\">"
      "<input type=checkbox name=off value=1><input type=checkbox name=on value=1 checked>"
      "<button name=provider value=heygen>Sign in with HeyGen</button>"
      "<button name=provider value=other>Other</button></form>");
  ASSERT_EQ(page.forms.size(), 1U);
  const PageForm& form = page.forms[0];
  EXPECT_EQ(form.action, "/go");
  EXPECT_EQ(form.method, "post");
  EXPECT_THAT(form.fields,
              ElementsAre(Pair("csrf", "a\"b"), Pair("on", "1"), Pair("provider", "heygen")));
  EXPECT_FALSE(form.asks_user);
  EXPECT_NE(form.text.find("Sign in with HeyGen"), std::string::npos);
}

TEST(Html, SeesThatAFormAsksTheUser) {
  EXPECT_TRUE(read_html("<form><input name=email></form>").forms.at(0).asks_user);
  EXPECT_TRUE(read_html("<form><input type=Password name=p></form>").forms.at(0).asks_user);
  EXPECT_TRUE(read_html("<form><textarea name=t></textarea></form>").forms.at(0).asks_user);
}

TEST(Html, ReadsMetaRefresh) {
  EXPECT_EQ(read_html("<meta http-equiv=Refresh content='0; URL=/next?a=1&amp;b=2'>").refresh,
            "/next?a=1&b=2");
  EXPECT_EQ(refresh_url("5;url=\"/quoted\""), "/quoted");
  EXPECT_EQ(refresh_url("0,/bare"), "/bare");
  EXPECT_EQ(refresh_url("30"), std::nullopt);
}

TEST(Html, LeavesOutCommentsAndScripts) {
  const HtmlPage page = read_html(
      "<!-- <a href=/commented> --><script>'<a href=/scripted>'</script><a href=/real>x</a>");
  ASSERT_EQ(page.links.size(), 1U);
  EXPECT_EQ(page.links[0].href, "/real");
}

TEST(Html, DecodesReferences) {
  EXPECT_EQ(decode_references("&lt;&#x2F;&#47;&amp;amp;&nosuch;& &#xE9;"),
            "<//&amp;&nosuch;& \xC3\xA9");
}

TEST(Html, ReadsAnyBytes) {
  for (const char* odd : {"", "<", "<a", "<a href", "<a href=", "<a href='", "<!--", "</", "<form",
                          "<script>", "<input name=x>", "a<b>c</b"}) {
    EXPECT_THAT(read_html(odd).forms.size() + read_html(odd).links.size(), testing::Le(1U)) << odd;
  }
  EXPECT_THAT(read_html("<input name=outside>").forms, IsEmpty());
}

TEST(HtmlTags, AreReadWithTheirAttributesAndScripts) {
  const auto tags = read_tags(
      "<!-- <b> --><A HREF=/x&amp;y Title='1 > 0'>t</A><script>a<b</SCRIPT >"
      "<title><i></title><textarea><i></textarea>");
  std::vector<std::string> names;
  for (const HtmlTag& tag : tags) names.push_back(tag.name);
  EXPECT_THAT(names, ElementsAre("a", "/a", "script", "/script", "title", "/title", "textarea",
                                 "/textarea"));
  EXPECT_THAT(tags[0].attributes, ElementsAre(Pair("href", "/x&y"), Pair("title", "1 > 0")));
  EXPECT_EQ(tags[2].text, "a<b");
}

TEST(HtmlTags, OfWhatEndsEarlyAreThoseThatWere) {
  EXPECT_EQ(read_tags("<script>a").at(0).text, "a");
  EXPECT_THAT(read_tags("</"), testing::SizeIs(1));
  EXPECT_THAT(read_tags("< b>"), IsEmpty());
}

}  // namespace
}  // namespace heygen::conformance
