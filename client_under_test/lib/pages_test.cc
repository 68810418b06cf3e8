#include "client_under_test/lib/pages.h"

#include <gtest/gtest.h>

namespace heygen::client {
namespace {

TEST(Pages, TextFromTheCallbackIsText) {
  const std::string html =
      render_page({false, "<h>", R"(<script>CANARY</script>"><img onerror='x'>&amp;)"});
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("<img"), std::string::npos);
  EXPECT_EQ(html.find("<h>"), std::string::npos);
  EXPECT_NE(html.find("&lt;script&gt;CANARY&lt;/script&gt;&quot;&gt;&lt;img "
                      "onerror=&#39;x&#39;&gt;&amp;amp;"),
            std::string::npos);
}

TEST(Pages, LoadNothingFromAnywhere) {
  const std::string html = render_page({true, "You are logged in", "done"});
  for (const char* word : {"src=", "href=", "url(", "http"}) {
    EXPECT_EQ(html.find(word), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace heygen::client
