#include "mock_server/routes/template.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace heygen::mock {
namespace {

TEST(Template, ValuesAreEscapedUnlessTheyAreRaw) {
  View view;
  view.texts = {{"a", "<b> & \"c\" 'd'"}};
  EXPECT_EQ(render("x {{a}} y", view), "x &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39; y");
  EXPECT_EQ(render("x {{{a}}} y", view), "x <b> & \"c\" 'd' y");
}

TEST(Template, AValueIsNotATemplate) {
  View view;
  view.texts = {{"a", "{{b}}"}, {"b", "secret"}};
  EXPECT_EQ(render("{{a}}", view), "{{b}}");
}

TEST(Template, ASectionIsRepeatedForEachItem) {
  View view;
  view.texts = {{"outer", "o"}, {"x", "hidden"}};
  for (const char* const x : {"1", "2"}) {
    View item;
    item.texts = {{"x", x}};
    view.lists["items"].push_back(item);
  }
  EXPECT_EQ(render("[{{#items}}{{x}}{{outer}} {{/items}}]{{^items}}none{{/items}}", view),
            "[1o 2o ]");
  EXPECT_EQ(render("{{#nothing}}x{{/nothing}}{{^nothing}}none{{/nothing}}", view), "none");
}

TEST(Template, AConditionIsAListOfOne) {
  View view;
  view.lists = {{"yes", View::when(true)}, {"no", View::when(false)}, {"t", View::maybe("text")}};
  EXPECT_EQ(render("{{#yes}}y{{/yes}}{{#no}}n{{/no}}{{#t}}{{text}}{{/t}}", view), "ytext");
  EXPECT_TRUE(View::maybe("").empty());
}

TEST(Template, AFaultyTemplateIsAProgrammersError) {
  EXPECT_THROW(render("{{unknown}}", {}), std::logic_error);
  EXPECT_THROW(render("{{open", {}), std::logic_error);
  View view;
  view.lists = {{"a", View::when(true)}};
  EXPECT_THROW(render("{{#a}}never closed", view), std::logic_error);
}

}  // namespace
}  // namespace heygen::mock
