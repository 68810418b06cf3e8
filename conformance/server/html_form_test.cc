#include "conformance/server/html_form.h"

#include <gtest/gtest.h>

namespace heygen::conformance {
namespace {

constexpr std::string_view kPage = R"(<!doctype html><h1>Let x &amp; y in?</h1>
<form action="/search"><input name=q></form>
<FORM METHOD=Post action="/consent?a=1&amp;b=2">
<input type=hidden name="csrf" value="t&quot;o'k">
<input type='radio' name='user' value='jane'><input type="radio" name="user" value="joe" checked>
<input name="email" value="">
<button type="button" name="help">?</button>
<button name="decision" value="no">Deny</button>
<button name="decision" value="yes"><b>Allow</b></button>
</form>)";

TEST(HtmlForm, FindsTheOneThatIsPosted) {
  const auto form = find_form(kPage);
  ASSERT_TRUE(form);
  EXPECT_TRUE(form->post);
  EXPECT_EQ(form->action, "/consent?a=1&b=2");
}

TEST(HtmlForm, IsSentAsABrowserWould) {
  const auto form = find_form(kPage);
  ASSERT_TRUE(form);
  using Values = HtmlForm::Values;
  EXPECT_EQ(form->filled(true, {}),
            (Values{{"csrf", "t\"o'k"}, {"user", "joe"}, {"email", ""}, {"decision", "yes"}}));
  EXPECT_EQ(form->filled(false, {{"email", "a@b"}, {"user", "jane"}}),
            (Values{{"csrf", "t\"o'k"}, {"user", "jane"}, {"email", "a@b"}, {"decision", "no"}}));
}

TEST(HtmlForm, WithoutAButtonThatDeniesNothingIsSent) {
  const auto form = find_form("<form method=post><input type=submit value=Continue></form>");
  ASSERT_TRUE(form);
  EXPECT_TRUE(form->filled(true, {}));
  EXPECT_FALSE(form->filled(false, {}));
}

TEST(HtmlForm, ReadsAnyTextWithoutFailing) {
  for (const std::string_view text :
       {"", "<", "<form", "<form method=post", "<form><input name=\"a", "<form = ==><input / />",
        "</form><input><button>"}) {
    (void)find_form(text);
  }
  EXPECT_FALSE(find_form("no form here"));
}

TEST(HtmlForm, AButtonThatIsLeftOpenEndsWithItsForm) {
  const auto form = find_form("<form method=post><button name=a>Yes<form>text<input name=b>");
  ASSERT_TRUE(form);
  ASSERT_EQ(form->fields.size(), 1U);
  EXPECT_EQ(form->fields[0].text, "Yes");
}

}  // namespace
}  // namespace heygen::conformance
