#include <gtest/gtest.h>

#include "conformance/browser/plain_browser.h"
#include "mock_server/wire/listener.h"

namespace heygen::conformance {
namespace {

using mock::wire::Request;
using mock::wire::Response;

Response redirect(int status, std::string to) {
  Response response;
  response.status = status;
  response.headers = {{"Location", std::move(to)}};
  return response;
}

Response page(std::string body, std::string type = "text/html") {
  Response response;
  response.headers = {{"Content-Type", std::move(type)}};
  response.body = std::move(body);
  return response;
}

Response answer(const Request& request) {
  const std::string_view path = request.path();
  if (path == "/set") {
    Response response = redirect(302, "/echo");
    response.headers.add("Set-Cookie", "session=abc; Path=/; HttpOnly");
    return response;
  }
  if (path == "/echo") {
    return page(request.method + " " + std::string(request.headers.get("Cookie")) + " " +
                request.body);
  }
  if (path == "/keep") return redirect(307, "/echo");
  if (path == "/meta") return page("<meta http-equiv=refresh content='0;url=echo'>");
  if (path == "/text") return page("<meta http-equiv=refresh content='0;url=echo'>", "text/plain");
  if (path == "/away") return redirect(302, "https://elsewhere.example/x?y=1");
  if (path == "/circle") return redirect(302, "/circle");
  if (path == "/big") return page(std::string(64 * 1024, 'x'));
  Response closed;
  closed.delivery.ending = mock::wire::Delivery::Ending::empty;
  return closed;
}

class BrowserTest : public testing::Test {
 protected:
  BrowserTest() {
    auto started = mock::wire::Listener::start({}, &answer);
    listener_ = std::move(started.listener);
    origin_ = "http://127.0.0.1:" + std::to_string(listener_->port());
    limits_.body = 16 * 1024;
  }

  Outcome<Visit> visit(FetchRequest request) {
    request.url = origin_ + request.url;
    return browser_.visit(std::move(request),
                          std::chrono::steady_clock::now() + std::chrono::seconds{5}, {});
  }

  std::unique_ptr<mock::wire::Listener> listener_;
  std::string origin_;
  FetchLimits limits_{"", std::size_t{16} * 1024};
  PlainBrowser browser_{{FetchLimits{"", std::size_t{16} * 1024},
                         [this](const std::string& url) { return url.starts_with(origin_); }}};
};

TEST_F(BrowserTest, KeepsCookiesOverARedirect) {
  const auto way = visit({"GET", "/set"});
  ASSERT_TRUE(way);
  ASSERT_EQ(way->pages.size(), 2U);
  EXPECT_EQ(way->first().answer.status, 302);
  EXPECT_EQ(way->last().answer.body, "GET session=abc ");
  EXPECT_EQ(way->last().url, origin_ + "/echo");
}

TEST_F(BrowserTest, AnotherBrowserHasOtherCookies) {
  ASSERT_TRUE(visit({"GET", "/set"}));
  PlainBrowser other({limits_, [](const std::string&) { return true; }});
  const auto way = other.visit({"GET", origin_ + "/echo"},
                               std::chrono::steady_clock::now() + std::chrono::seconds{5}, {});
  ASSERT_TRUE(way);
  EXPECT_EQ(way->last().answer.body, "GET  ");
}

TEST_F(BrowserTest, ATwinHasTheCookiesOfThatMoment) {
  const auto twin_of = [this] {
    auto twin = browser_.with_same_cookies({});
    return twin ? std::move(twin).value() : nullptr;
  };
  const auto cookies_of = [this](Browser& browser) {
    const auto way = browser.visit({"GET", origin_ + "/echo"},
                                   std::chrono::steady_clock::now() + std::chrono::seconds{5}, {});
    return way ? way->last().answer.body : "no answer";
  };
  const auto before = twin_of();
  ASSERT_TRUE(visit({"GET", "/set"}));
  const auto after = twin_of();
  ASSERT_TRUE(before && after);
  EXPECT_EQ(cookies_of(*before), "GET  ");
  EXPECT_EQ(cookies_of(*after), "GET session=abc ");
}

TEST_F(BrowserTest, KeepsMethodAndBodyAt307Alone) {
  const auto kept = visit({"POST", "/keep", {}, "a=1"});
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->last().answer.body, "POST  a=1");
  const auto changed = visit({"POST", "/set", {}, "a=1"});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->last().answer.body, "GET session=abc ");
}

TEST_F(BrowserTest, FollowsMetaRefreshInHtmlAlone) {
  const auto html = visit({"GET", "/meta"});
  ASSERT_TRUE(html);
  EXPECT_EQ(html->last().url, origin_ + "/echo");
  const auto text = visit({"GET", "/text"});
  ASSERT_TRUE(text);
  EXPECT_EQ(text->pages.size(), 1U);
}

TEST_F(BrowserTest, StopsBeforeWhereItMayNotGo) {
  const auto way = visit({"GET", "/away"});
  ASSERT_TRUE(way);
  EXPECT_EQ(way->pages.size(), 1U);
  EXPECT_EQ(way->left_to, "https://elsewhere.example/x?y=1");
}

TEST_F(BrowserTest, EndsACircle) {
  const auto way = visit({"GET", "/circle"});
  ASSERT_FALSE(way);
  EXPECT_EQ(way.failure().origin, Failure::Origin::protocol);
  EXPECT_EQ(way.failure().kind, "redirect-loop");
}

TEST_F(BrowserTest, EndsAnAnswerThatIsTooLong) {
  const auto way = visit({"GET", "/big"});
  ASSERT_FALSE(way);
  EXPECT_EQ(way.failure().kind, "endless");
}

TEST_F(BrowserTest, SaysThatTheServerIsGone) {
  const auto closed = visit({"GET", "/closed"});
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.failure().origin, Failure::Origin::gone);
  listener_.reset();
  const auto refused = visit({"GET", "/echo"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.failure().kind, "unreachable");
}

TEST(Resolve, MakesReferencesAbsolute) {
  EXPECT_EQ(resolve("http://a.test/b/c?d", "e?f=1"), "http://a.test/b/e?f=1");
  EXPECT_EQ(resolve("http://a.test/b/c?d", "//x.test/y"), "http://x.test/y");
  EXPECT_EQ(resolve("http://a.test/b", ""), "http://a.test/b");
  EXPECT_EQ(resolve("http://a.test/b", "javascript:alert(1)"), std::nullopt);
  EXPECT_EQ(resolve("http://a.test/b", "file:///etc/passwd"), std::nullopt);
}

TEST(Submission, EncodesFieldsAsTheMethodAsks) {
  const Answered page{"http://a.test/b?c", {200, {}, ""}};
  const auto post = submission(page, {"/go", "post", {{"x", "1&2"}}, "", false});
  ASSERT_TRUE(post);
  EXPECT_EQ(post->url, "http://a.test/go");
  EXPECT_EQ(post->body, "x=1%262");
  const auto get = submission(page, {"/go?old=1", "get", {{"x", "1 2"}}, "", false});
  ASSERT_TRUE(get);
  EXPECT_EQ(get->url, "http://a.test/go?x=1+2");
  EXPECT_EQ(get->body, std::nullopt);
}

}  // namespace
}  // namespace heygen::conformance
