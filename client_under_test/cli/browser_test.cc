#include "client_under_test/cli/browser.h"

#include <gtest/gtest.h>

#include <thread>

namespace heygen::client {
namespace {

using Commands = std::vector<std::vector<std::string>>;

Commands commands(const std::optional<std::string>& browser) {
  return browser_commands([&](std::string_view) { return browser; }, "http://h/?a=1&b=2");
}

TEST(Browser, VariableComesBeforeTheDesktop) {
  EXPECT_EQ(commands(std::nullopt), (Commands{{"xdg-open", "http://h/?a=1&b=2"}}));
  EXPECT_EQ(commands("firefox"),
            (Commands{{"firefox", "http://h/?a=1&b=2"}, {"xdg-open", "http://h/?a=1&b=2"}}));
  EXPECT_EQ(commands("x --new=%s -p:/usr/bin/y"), (Commands{{"x", "--new=http://h/?a=1&b=2", "-p"},
                                                            {"/usr/bin/y", "http://h/?a=1&b=2"},
                                                            {"xdg-open", "http://h/?a=1&b=2"}}));
}

TEST(Browser, UrlIsNeverReadByAShell) {
  EXPECT_EQ(
      browser_commands([](std::string_view) { return std::nullopt; }, "http://h/$(id)`;")[0][1],
      "http://h/$(id)`;");
}

TEST(Browser, CommandThatIsMissingIsPassedOver) {
  EXPECT_FALSE(BrowserProcess::start({{"/nonexistent/browser", "http://h/"}}));
  auto second = BrowserProcess::start({{"/nonexistent/browser", "http://h/"}, {"false"}});
  ASSERT_TRUE(second);
  while (!second->has_failed()) std::this_thread::yield();
  EXPECT_FALSE(second->has_failed()) << "is told once";
}

}  // namespace
}  // namespace heygen::client
