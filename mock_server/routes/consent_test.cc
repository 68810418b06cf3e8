#include <gtest/gtest.h>

#include <string>

#include "mock_server/routes/page.h"
#include "mock_server/routes/testing.h"

namespace heygen::mock {
namespace {

using testing::query_of;
using testing::World;

const std::string kAuthorize =
    "/oauth/authorize?response_type=code&client_id=demo&redirect_uri=http://127.0.0.1:4711/cb%3Fa=1"
    "&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    "&code_challenge_method=S256&scope=openid";

// What a browser takes from the page.
struct Page {
  std::string consent;
  std::string csrf;
  std::string cookie;  // "name=value"
};

std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const auto at = text.find(before);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + before.size());
  return std::string{text.substr(0, text.find(after))};
}

class Consent : public ::testing::Test {
 protected:
  Consent() { world_.config.approve = Approve::ask; }

  Page open() {
    const Answer answer = world_.get(kAuthorize);
    const std::string& html = answer.response.body;
    const auto cookie = answer.response.headers.get("Set-Cookie");
    return {between(html, "name=\"consent\" value=\"", "\""),
            between(html, "name=\"csrf\" value=\"", "\""),
            std::string{cookie.substr(0, cookie.find(';'))}};
  }
  Answer decide(const Page& page, std::string_view rest, wire::Headers headers = {}) {
    if (!page.cookie.empty()) headers.add("Cookie", "other=1; " + page.cookie);
    return world_.post(
        "/oauth/consent",
        "consent=" + page.consent + "&csrf=" + page.csrf + "&client_id=demo&" + std::string{rest},
        std::move(headers));
  }

  World world_;
};

TEST_F(Consent, ThePageIsShownAndNothingIsIssuedYet) {
  const Answer answer = world_.get(kAuthorize);
  EXPECT_EQ(answer.response.status, 200);
  EXPECT_EQ(answer.outcome, "ok");
  EXPECT_TRUE(answer.tokens_issued.empty());
  const std::string& html = answer.response.body;
  EXPECT_NE(html.find("value=\"approve\""), std::string::npos);
  EXPECT_NE(html.find("value=\"deny\""), std::string::npos);
  EXPECT_NE(html.find("ann@example.com"), std::string::npos);
  EXPECT_NE(html.find("bob@example.com"), std::string::npos);
  EXPECT_NE(html.find("http://127.0.0.1:4711<"), std::string::npos);
  EXPECT_EQ(html.find("<script"), std::string::npos);
}

// RFC 9700 §4.16, §4.2.4, and a page that may run and load nothing.
TEST_F(Consent, ThePageIsProtected) {
  const Answer answer = world_.get(kAuthorize);
  const wire::Headers& headers = answer.response.headers;
  EXPECT_TRUE(
      headers.get("Content-Security-Policy").starts_with("default-src 'none'; style-src 'sha256-"));
  EXPECT_NE(headers.get("Content-Security-Policy").find("frame-ancestors 'none'"),
            std::string_view::npos);
  EXPECT_EQ(headers.get("X-Frame-Options"), "DENY");
  EXPECT_EQ(headers.get("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_FALSE(headers.has("Access-Control-Allow-Origin"));
  const auto cookie = headers.get("Set-Cookie");
  EXPECT_NE(cookie.find("; Path=/oauth/consent; HttpOnly; SameSite=Strict"),
            std::string_view::npos);
}

TEST_F(Consent, TheCookieAndTheFormStayInsideTheSandbox) {
  world_.base = "https://127.0.0.1:8443/s/one";
  const Answer answer = world_.get(kAuthorize);
  EXPECT_TRUE(answer.response.headers.get("Set-Cookie")
                  .ends_with("; Path=/s/one/oauth/consent; HttpOnly; SameSite=Strict; Secure"));
  EXPECT_NE(answer.response.body.find("action=\"/s/one/oauth/consent\""), std::string::npos);
}

TEST_F(Consent, ApprovingSendsTheBrowserBackWithACode) {
  const Answer answer = decide(open(), "decision=approve&user=" + world_.config.users[1].id);
  EXPECT_EQ(answer.response.status, 303);  // RFC 9700 §4.12: never 307
  const std::string location{answer.response.headers.get("Location")};
  EXPECT_TRUE(location.starts_with("http://127.0.0.1:4711/cb?a=1&code=")) << location;
  EXPECT_EQ(query_of(location, "state"), "s");
  const auto code = world_.store.find_code(query_of(location, "code"));
  ASSERT_TRUE(code);
  EXPECT_EQ(code->user, world_.config.users[1].id);
  EXPECT_EQ(code->redirect_uri, "http://127.0.0.1:4711/cb?a=1");
  EXPECT_EQ(answer.tokens_issued.size(), 1U);
  EXPECT_NE(answer.response.headers.get("Set-Cookie").find("Max-Age=0"), std::string_view::npos);
}

TEST_F(Consent, DenyingSendsTheBrowserBackWithTheError) {
  const Answer answer = decide(open(), "decision=deny");
  EXPECT_EQ(answer.response.status, 303);
  EXPECT_EQ(query_of(answer.response.headers.get("Location"), "error"), "access_denied");
  EXPECT_EQ(query_of(answer.response.headers.get("Location"), "state"), "s");
  EXPECT_EQ(answer.outcome, "access_denied");
}

TEST_F(Consent, ADecisionIsTakenOnce) {
  const Page page = open();
  EXPECT_EQ(decide(page, "decision=approve").response.status, 303);
  const Answer again = decide(page, "decision=approve");
  EXPECT_EQ(again.response.status, 400);
  EXPECT_TRUE(again.tokens_issued.empty());
}

TEST_F(Consent, APageExpiresByTheSandboxsClock) {
  world_.set("pending_ttl_s", PolicyValue{std::int64_t{60}});
  const Page late = open();
  world_.clock.advance(std::chrono::seconds{60});
  EXPECT_EQ(decide(late, "decision=approve").response.status, 400);
  const Page in_time = open();
  world_.clock.advance(std::chrono::seconds{59});
  EXPECT_EQ(decide(in_time, "decision=approve").response.status, 303);
}

TEST_F(Consent, AForgedFormIsRefusedAndUsesNothingUp) {
  const Page page = open();
  Page other = page;
  other.csrf = "x";
  EXPECT_EQ(decide(other, "decision=approve").response.status, 403);
  other = page;
  other.cookie.clear();
  EXPECT_EQ(decide(other, "decision=approve").response.status, 403);
  other.cookie = open().cookie;  // of another page in the same browser
  EXPECT_EQ(decide(other, "decision=approve").response.status, 403);
  EXPECT_EQ(
      decide(page, "decision=approve", {{"Origin", "https://evil.test"}, {"Host", "127.0.0.1"}})
          .response.status,
      403);
  EXPECT_EQ(decide(page, "decision=approve", {{"Sec-Fetch-Site", "cross-site"}}).response.status,
            403);
  // "null" is what browsers send with our own Referrer-Policy.
  EXPECT_EQ(
      decide(page, "decision=approve", {{"Origin", "null"}, {"Sec-Fetch-Site", "same-origin"}})
          .response.status,
      303);
}

TEST_F(Consent, NeitherApprovedNorDeniedIsAskedAgain) {
  const Page page = open();
  EXPECT_EQ(decide(page, "").response.status, 400);
  EXPECT_EQ(decide(page, "decision=maybe").response.status, 400);
  EXPECT_EQ(decide(page, "decision=approve&user=nobody").response.status, 400);
  EXPECT_EQ(decide(page, "decision=approve&decision=deny").response.status, 400);
  EXPECT_EQ(decide(page, "decision=approve").response.status, 303);
}

TEST_F(Consent, WhatThePageShowsIsEscaped) {
  world_.config.users[0].first_name = "<b>Ann</b>";
  world_.store.put_client({"<script>", {"http://127.0.0.1/*"}, std::nullopt, {}});
  std::string target = kAuthorize;
  target.replace(target.find("client_id=demo"), 14, "client_id=%3Cscript%3E");
  target.replace(target.find("scope=openid"), 12, "scope=%22%3E%3Cimg%3E");
  const std::string html = world_.get(target).response.body;
  EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
  EXPECT_EQ(html.find("<script>"), std::string::npos);
  EXPECT_EQ(html.find("<b>Ann"), std::string::npos);
  EXPECT_EQ(html.find("<img"), std::string::npos);
}

TEST_F(Consent, ABrowserGetsErrorsAsAPage) {
  const wire::Headers browser{{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}};
  const Answer answer = world_.get("/oauth/authorize?response_type=code&client_id=nobody", browser);
  EXPECT_EQ(answer.response.status, 400);
  EXPECT_EQ(answer.response.headers.get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(answer.response.body.find("invalid_client"), std::string::npos);
  EXPECT_EQ(answer.outcome, "invalid_client");
  EXPECT_EQ(answer.response.body.find("--client"), std::string::npos);  // the why is not for it
}

TEST(Accept, TheFirstChoiceDecides) {
  const auto wants = [](std::string accept) {
    wire::Request request;
    if (!accept.empty()) request.headers.add("Accept", std::move(accept));
    return wants_html(request);
  };
  EXPECT_TRUE(wants("text/html"));
  EXPECT_TRUE(wants("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
  EXPECT_TRUE(wants("application/json;q=0.5, Text/HTML ; q=0.9"));
  EXPECT_FALSE(wants(""));
  EXPECT_FALSE(wants("*/*"));
  EXPECT_FALSE(wants("application/json, text/html"));
  EXPECT_FALSE(wants("text/html;q=0.1, application/json"));
  EXPECT_FALSE(wants("text/html;q=0"));
  EXPECT_FALSE(wants(",;q=,;;;q=9.9.9.9,"));
}

}  // namespace
}  // namespace heygen::mock
