#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "mock_server/control/embedded.h"
#include "mock_server/control/testing.h"

namespace heygen::mock::control {
namespace {

using testing::HasSubstr;
using testing::Not;

// What `pattern`'s first group matches, in all of `text`.
std::vector<std::string> found(const std::string& text, const std::string& pattern) {
  const std::regex regex{pattern};
  std::vector<std::string> out;
  for (std::sregex_iterator it{text.begin(), text.end(), regex}, end; it != end; ++it) {
    out.push_back((*it)[1]);
  }
  return out;
}

struct Ui : testing::Test {
  TestBed bed;
  std::string get(const std::string& name) {
    const auto response = bed.call("GET", "/ui/" + name);
    EXPECT_EQ(response.status, 200) << name;
    return response.body;
  }
};

TEST_F(Ui, EveryFileHasItsTypeAndThePolicy) {
  const auto page = bed.call("GET", "/ui/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(bed.call("GET", "/ui/app.js").headers.get("Content-Type"),
            "text/javascript; charset=utf-8");
  EXPECT_EQ(bed.call("GET", "/ui/base.css").headers.get("Content-Type"), "text/css; charset=utf-8");
  EXPECT_EQ(bed.call("GET", "/ui/mark.svg").headers.get("Content-Type"), "image/svg+xml");
  for (const auto& file : embedded_ui()) {
    const auto response = bed.call("GET", "/ui/" + std::string{file.name});
    const auto policy = response.headers.get("Content-Security-Policy");
    EXPECT_THAT(policy, HasSubstr("default-src 'none'; script-src 'self';"));
    EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
    EXPECT_EQ(response.headers.get("X-Content-Type-Options"), "nosniff");
  }
}

TEST_F(Ui, ThePageNamesOnlyFilesThatExistAndHoldsNoScriptOrStyle) {
  const std::string page = get("");
  const auto links = found(page, R"re((?:src|href)="([^"#]+)")re");
  EXPECT_GE(links.size(), 5U);
  for (const auto& link : links) get(link);
  EXPECT_TRUE(found(page, "(<style|style=|\\son[a-z]+=|javascript:)").empty());
  EXPECT_EQ(found(page, "<script([^>]*)>[^<]").size(), 0U);
}

TEST_F(Ui, EveryModuleImportsOnlyWhatExists) {
  std::size_t imports = 0;
  for (const auto& file : embedded_ui()) {
    if (!file.name.ends_with(".js")) continue;
    for (const auto& name : found(std::string{file.text}, R"re(from "\./([^"]+)")re")) {
      get(name);
      ++imports;
    }
  }
  EXPECT_GE(imports, 20U);
}

// What clients send is shown; none of it may become markup or code.
TEST_F(Ui, NoModuleTurnsTextIntoMarkupOrAsksANetwork) {
  for (const auto& file : embedded_ui()) {
    if (file.name.ends_with(".svg")) continue;  // its namespace is a URL
    for (const auto* const word : {"innerHTML", "outerHTML", "insertAdjacent", "document.write",
                                   "eval(", "new Function", "http://", "https://", "@import"}) {
      EXPECT_EQ(file.text.find(word), std::string_view::npos) << file.name << " has " << word;
    }
  }
}

TEST_F(Ui, WithoutTheSlashItLeadsToTheRightFolder) {
  const auto response = bed.call_in("a", "GET", "/ui");
  EXPECT_EQ(response.status, 308);
  EXPECT_EQ(response.headers.get("Location"), "http://127.0.0.1:8765/s/a/_mock/ui/");
  EXPECT_EQ(bed.registry.find("a"), nullptr) << "to look at a page makes no sandbox";
}

TEST_F(Ui, ThereAreNoOtherFiles) {
  EXPECT_THAT(problem_of(bed.call("GET", "/ui/none.js")), HasSubstr("404 id: "));
  EXPECT_EQ(bed.call("GET", "/ui/..%2Fstyle.css").status, 404);
}

// A browser cannot send the token with a link; the page asks for it, and its calls send it.
TEST(UiWithToken, IsOpenWhileTheApiIsNot) {
  ControlOptions options;
  options.admin_token = "the-token";
  TestBed bed{options};
  EXPECT_EQ(bed.call("GET", "/ui/").status, 200);
  EXPECT_EQ(bed.call("GET", "/ui/app.js").status, 200);
  EXPECT_EQ(bed.call("GET", "/journal").status, 401);
  EXPECT_EQ(bed.call("GET", "/metrics").status, 401);
}

}  // namespace
}  // namespace heygen::mock::control
