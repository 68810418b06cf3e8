#include "conformance/browser/chromium.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <mutex>

#include "conformance/runner/scratch.h"
#include "mock_server/wire/listener.h"

namespace heygen::conformance {
namespace {

using mock::wire::Request;
using mock::wire::Response;
using std::chrono::seconds;
using std::chrono::steady_clock;

Response page(std::string body, std::string type = "text/html") {
  Response response;
  response.headers = {{"Content-Type", std::move(type)}};
  response.body = std::move(body);
  return response;
}

Response redirect(std::string to) {
  Response response;
  response.status = 302;
  response.headers = {{"Location", std::move(to)}};
  return response;
}

Response answer(const Request& request) {
  const std::string_view path = request.path();
  if (path == "/set") {
    Response response = redirect("/echo");
    response.headers.add("Set-Cookie", "session=abc; Path=/; HttpOnly");
    response.headers.add("Set-Cookie", "seen=1; Path=/");
    return response;
  }
  if (path == "/echo") {
    return page(request.method + " [" + std::string(request.headers.get("Cookie")) + "] " +
                request.body);
  }
  if (path == "/api") return page(R"({"secret":"of the api"})", "application/json");
  if (path == "/script") {
    return page(
        "<p id=p>before<script>fetch('/api').then(a => a.json()).then(a => {"
        "p.textContent = 'after ' + a.secret; sessionStorage.setItem('k', 'kept value');"
        "history.replaceState(null, '', '/clean'); })</script>");
  }
  if (path == "/moves") return page("<script>location = '/script'</script>");
  if (path == "/leaves")
    return page("<script>location = 'http://vendor.example/x?state=s'</script>");
  if (path == "/unread") {
    return page("<p id=p><script>fetch('/api').then(a => p.textContent = 'ok ' + a.ok)</script>");
  }
  if (path == "/meta") return page("<meta http-equiv=refresh content='30;url=echo'>");
  if (path == "/buttons") {
    return page(
        "<button onclick=\"document.body.append('no')\">Other</button><button "
        "onclick=\"sessionStorage.s = 'mine'; location = 'http://vendor.example/go?state=s1'\">"
        "Log in</button><form method=post action=/echo><input type=hidden name=a value='b c'>"
        "<button>Log out</button></form>");
  }
  if (path == "/mine")
    return page("<p id=p><script>p.textContent = 's=' + sessionStorage.s</script>");
  if (path == "/circle") return page("<script>location = '/circle?' + Math.random()</script>");
  if (path == "/alert") return page("<script>alert(1); document.write('went on')</script>");
  if (path == "/hangs") return page("<script>while (true);</script>");
  if (path == "/nothing") {
    Response nothing;
    nothing.status = 204;
    return nothing;
  }
  Response closed;
  closed.delivery.ending = mock::wire::Delivery::Ending::empty;
  return closed;
}

// One Chromium for all: a start costs seconds.
class ChromiumTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (find_chromium().empty()) return;
    scratch_ = std::make_unique<Scratch>();
    chromium_ = std::make_unique<Chromium>(ChromiumOptions{scratch_->path(), {}});
  }
  static void TearDownTestSuite() {
    chromium_.reset();
    scratch_.reset();
  }
  void SetUp() override {
    if (!chromium_) GTEST_SKIP() << "chromium is not installed: scripts/install-deps ui";
    ASSERT_EQ(chromium_->start(), "");
    auto started = mock::wire::Listener::start({}, &answer);
    listener_ = std::move(started.listener);
    origin_ = "http://127.0.0.1:" + std::to_string(listener_->port());
    browser_ = open();
  }

  std::unique_ptr<Browser> open() {
    BrowserOptions options;
    options.may_follow = [this](const std::string& url) { return url.starts_with(origin_); };
    options.most_pages = 8;
    return chromium_->open(std::move(options));
  }
  Outcome<Visit> visit(FetchRequest request, seconds patience = seconds{20}) {
    request.url = origin_ + request.url;
    return browser_->visit(std::move(request), steady_clock::now() + patience, {});
  }
  Outcome<std::optional<Visit>> press(const Visit& at, std::string_view text) {
    std::set<std::string> pressed;
    return browser_->press(
        at, [text](const auto& thing) { return thing.text.find(text) != std::string::npos; },
        pressed, steady_clock::now() + seconds{20}, {});
  }

  static std::unique_ptr<Scratch> scratch_;
  static std::unique_ptr<Chromium> chromium_;
  std::unique_ptr<mock::wire::Listener> listener_;
  std::string origin_;
  std::unique_ptr<Browser> browser_;
};
std::unique_ptr<Scratch> ChromiumTest::scratch_;
std::unique_ptr<Chromium> ChromiumTest::chromium_;

TEST_F(ChromiumTest, SeesEveryAnswerOnTheWayAndKeepsCookies) {
  const auto seen = visit({"GET", "/set"});
  ASSERT_TRUE(seen) << seen.failure().message;
  EXPECT_EQ(seen->first().answer.status, 302);
  EXPECT_EQ(header_of(seen->first().answer.headers, "Set-Cookie"), "session=abc; Path=/; HttpOnly");
  EXPECT_NE(seen->last().answer.body.find("session=abc"), std::string::npos);
  // A script reads the one cookie and not the other.
  EXPECT_NE(seen->kept.find("seen=1"), std::string::npos);
  EXPECT_EQ(seen->kept.find("abc"), std::string::npos);
  browser_ = open();
  EXPECT_NE(visit({"GET", "/echo"})->last().answer.body.find("[]"), std::string::npos);
}

TEST_F(ChromiumTest, ATwinHasTheCookiesOfThatMoment) {
  const auto cookies_of = [this](Browser& browser) {
    const auto way =
        browser.visit({"GET", origin_ + "/echo"}, steady_clock::now() + seconds{20}, {});
    return way ? way->last().answer.body : way.failure().message;
  };
  const auto before = browser_->with_same_cookies({});
  ASSERT_TRUE(before) << before.failure().message;
  ASSERT_TRUE(visit({"GET", "/set"}));
  const auto after = browser_->with_same_cookies({});
  ASSERT_TRUE(after) << after.failure().message;
  EXPECT_NE(cookies_of(**before).find("[]"), std::string::npos);
  EXPECT_NE(cookies_of(**after).find("session=abc"), std::string::npos);
  EXPECT_NE(cookies_of(**after).find("seen=1"), std::string::npos);
}

TEST_F(ChromiumTest, WaitsForScriptsAndSeesWhatTheyFetchAndKeep) {
  const auto seen = visit({"GET", "/moves"});
  ASSERT_TRUE(seen) << seen.failure().message;
  EXPECT_NE(seen->last().answer.body.find("after of the api"), std::string::npos);
  EXPECT_EQ(seen->last().url, origin_ + "/clean");
  ASSERT_EQ(seen->loaded.size(), 1U);
  EXPECT_EQ(seen->loaded.front().answer.body, R"({"secret":"of the api"})");
  EXPECT_NE(seen->kept.find("kept value"), std::string::npos);
}

TEST_F(ChromiumTest, WaitsForNoScriptToReadWhatItFetched) {
  const auto seen = visit({"GET", "/unread"}, seconds{10});
  ASSERT_TRUE(seen) << seen.failure().message;
  EXPECT_NE(seen->last().answer.body.find("ok true"), std::string::npos);
}

TEST_F(ChromiumTest, StopsWhereItMayNotGo) {
  EXPECT_EQ(visit({"GET", "/leaves"})->left_to, "http://vendor.example/x?state=s");
}

TEST_F(ChromiumTest, FollowsAMetaRefreshAtOnce) {
  const auto begun = steady_clock::now();
  const auto seen = visit({"GET", "/meta"}, seconds{25});
  ASSERT_TRUE(seen);
  EXPECT_NE(seen->last().answer.body.find("GET ["), std::string::npos);
  EXPECT_LT(steady_clock::now() - begun, seconds{25});
}

TEST_F(ChromiumTest, PressesWhatIsWanted) {
  const auto begun = visit({"GET", "/buttons"});
  ASSERT_TRUE(begun);
  const auto left = press(*begun, "Log in");
  ASSERT_TRUE(left && *left) << "nothing was pressed";
  EXPECT_EQ((*left)->left_to, "http://vendor.example/go?state=s1");
  const auto none = press(*begun, "Sign up");
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
}

TEST_F(ChromiumTest, SendsForms) {
  const auto begun = visit({"GET", "/buttons"});
  const auto sent = press(*begun, "Log out");
  ASSERT_TRUE(sent && *sent);
  EXPECT_NE((*sent)->last().answer.body.find("POST [] a=b+c"), std::string::npos);
}

// A login ends in the tab where it was begun: sessionStorage is a tab's own.
TEST_F(ChromiumTest, AnswersToALoginComeToItsTab) {
  const auto begun = visit({"GET", "/buttons"});
  const auto left = press(*begun, "Log in");
  ASSERT_TRUE(left && *left);
  const auto other = visit({"GET", "/mine"});
  EXPECT_NE(other->last().answer.body.find("s=undefined"), std::string::npos);
  const auto back = visit({"GET", "/mine?code=c&state=s1"});
  EXPECT_NE(back->last().answer.body.find("s=mine"), std::string::npos);
}

TEST_F(ChromiumTest, AsksByAnyMethod) {
  const auto posted = visit({"POST", "/echo", {{"Content-Type", "text/plain"}}, "x=1"});
  EXPECT_NE(posted->last().answer.body.find("POST [] x=1"), std::string::npos);
  EXPECT_EQ(visit({"HEAD", "/echo"})->first().answer.status, 200);
  EXPECT_EQ(visit({"GET", "/nothing"})->first().answer.status, 204);
}

TEST_F(ChromiumTest, SaysWhyThereIsNoAnswer) {
  const auto circle = visit({"GET", "/circle"});
  ASSERT_FALSE(circle);
  EXPECT_EQ(circle.failure().kind, "redirect-loop");
  const auto closed = visit({"GET", "/closed"});
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.failure().kind, "closed");
  const auto nobody = browser_->visit({"GET", origin_.substr(0, 16) + ":1/"},
                                      steady_clock::now() + seconds{20}, {});
  ASSERT_FALSE(nobody);
}

TEST_F(ChromiumTest, OutlivesDialoguesAndScriptsThatHang) {
  EXPECT_NE(visit({"GET", "/alert"})->last().answer.body.find("went on"), std::string::npos);
  const auto hangs = visit({"GET", "/hangs"}, seconds{2});
  ASSERT_FALSE(hangs);
  EXPECT_EQ(hangs.failure().kind, "timeout");
  EXPECT_TRUE(visit({"GET", "/echo"}));
}

TEST_F(ChromiumTest, IsStartedAgainWhenItDied) {
  ASSERT_TRUE(visit({"GET", "/echo"}));
  chromium_->running()->end();
  EXPECT_THROW((void)visit({"GET", "/echo"}), BrowserGone);
  browser_ = open();
  EXPECT_TRUE(visit({"GET", "/echo"}));
}

}  // namespace
}  // namespace heygen::conformance
