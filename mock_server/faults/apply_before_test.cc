// Stage "before": the rule answers, and the rules of OAuth never see the request.
#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "mock_server/faults/barrier.h"
#include "mock_server/faults/faults.h"
#include "mock_server/faults/testing.h"

namespace heygen::mock {
namespace {

using namespace std::chrono_literals;
using namespace testing;
using Ending = wire::Delivery::Ending;

wire::Response answer(FaultAction action, Endpoint endpoint, const wire::Request& request) {
  SameByte random;
  const auto firing = firing_of(std::move(action), endpoint, std::string{request.path()});
  auto made = before(firing, request, random);
  EXPECT_TRUE(made.has_value());
  if (!made) return {};
  const auto decided = *made;
  after(firing, request, *made, random);  // does nothing a second time
  EXPECT_EQ(made->body, decided.body);
  EXPECT_EQ(made->delivery.delay, decided.delivery.delay);
  return decided;
}

wire::Response at_token(FaultAction action) {
  return answer(std::move(action), Endpoint::token, token_request());
}

wire::Response at_api(FaultAction action, const std::string& path) {
  return answer(std::move(action), Endpoint::api, api_request(path));
}

TEST(FaultBefore, WhatOnlyChangesAnAnswerLeavesTheRouteToRun) {
  SameByte random;
  std::vector<FaultAction> actions(8);
  actions[0].delay = 2s;
  actions[1].headers = {{"X-A", "1"}};
  actions[2].content_type = "text/plain";
  actions[3].patch = {{"expires_in", "0"}};
  actions[4].redirect.drop = {"state"};
  actions[5].connection = FaultConnection::close;
  actions[6].connection = FaultConnection::truncate;
  actions[6].patch = {{"expires_in", "0"}};
  actions[7].status = 503;
  actions[7].stage = FaultStage::after_commit;
  for (const auto& action : actions) {
    const auto request = token_request();
    EXPECT_FALSE(before(firing_of(action, Endpoint::token, "/v1/oauth/token"), request, random));
  }
}

TEST(FaultBefore, AStatusGetsTheOAuthErrorOfItsEndpoint) {
  const auto response = at_token({.status = 503});
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, R"({"error":"temporarily_unavailable"})");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(response.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(response.headers.get("X-Mock-Fault"), "fault-1");
  EXPECT_EQ(at_token({.status = 418}).body, R"({"error":"invalid_request"})");
  EXPECT_EQ(at_token({.status = 599}).body, R"({"error":"server_error"})");
  EXPECT_EQ(at_token({.status = 200}).body, "{}");
  EXPECT_EQ(at_token({.status = 204}).body, "");
  EXPECT_EQ(at_token({.status = 401}).headers.get("WWW-Authenticate"),
            "Basic realm=\"heygen-mock\"");
}

TEST(FaultBefore, AStatusGetsTheEnvelopeOfTheApisFamily) {
  EXPECT_EQ(at_api({.status = 401}, "/v1/user/me").body,
            R"({"code":400112,"message":"Unauthorized"})");
  EXPECT_EQ(at_api({.status = 401}, "/v2/avatars").body,
            R"({"data":null,"error":{"code":"internal_error","message":"Unauthorized"}})");
  EXPECT_EQ(at_api({.status = 401}, "/v3/users/me").body,
            R"({"error":{"code":"unauthorized","message":"Unauthorized",)"
            R"("doc_url":"https://developers.heygen.com/docs/error-codes#unauthorized"}})");
  EXPECT_EQ(at_api({.status = 429}, "/v3/videos").body,
            R"({"error":{"code":"rate_limit_exceeded",)"
            R"("message":"please reduce the RATE to call this api",)"
            R"("doc_url":"https://developers.heygen.com/docs/error-codes#rate-limit-exceeded"}})");
  EXPECT_EQ(at_api({.status = 500}, "/v1/user/me").body,
            R"({"code":500,"message":"Internal Server Error"})");
  EXPECT_EQ(at_api({.status = 401}, "/v1/user/me").headers.get("deprecation"), "true");
  EXPECT_FALSE(at_api({.status = 401}, "/v3/users/me").headers.has("deprecation"));
}

// RFC 6750 §3 and §3.1.
TEST(FaultBefore, TheApiChallengesWhoPresentedAToken) {
  EXPECT_EQ(at_api({.status = 401}, "/v3/users/me").headers.get("WWW-Authenticate"),
            R"(Bearer realm="heygen-mock", error="invalid_token")");
  const auto scoped =
      at_api({.oauth_error = "insufficient_scope", .description = "n\"o"}, "/v3/users/me");
  EXPECT_EQ(scoped.status, 403);
  EXPECT_EQ(scoped.headers.get("WWW-Authenticate"),
            R"(Bearer realm="heygen-mock", error="insufficient_scope", error_description="no")");
}

TEST(FaultBefore, AnOAuthErrorIs400UnlessItSaysOtherwise) {
  const auto response = at_token({.oauth_error = "invalid_grant", .description = "no <b>"});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, R"({"error":"invalid_grant","error_description":"no \u003cb\u003e"})");
  const auto odd = at_token({.status = 200, .oauth_error = "invalid_grant"});
  EXPECT_EQ(odd.status, 200);
  EXPECT_EQ(odd.body, R"({"error":"invalid_grant"})");
}

// RFC 6749 §4.1.2.1.
TEST(FaultBefore, AnOAuthErrorAtAuthorizeGoesToTheClient) {
  const auto response = answer({.oauth_error = "temporarily_unavailable", .description = "a b"},
                               Endpoint::authorize, authorize_request());
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(response.headers.get("Location"),
            "http://127.0.0.1:7/cb?t=1&error=temporarily_unavailable"
            "&error_description=a%20b&state=s%201");
  EXPECT_EQ(response.body, "");
}

TEST(FaultBefore, AnAuthorizeErrorThatCannotGoToTheClientIsShown) {
  auto nowhere = authorize_request();
  nowhere.target = "/oauth/authorize?client_id=demo&redirect_uri=javascript%3Aalert(1)";
  EXPECT_EQ(answer({.oauth_error = "server_error"}, Endpoint::authorize, nowhere).status, 400);
  const auto asked = answer({.status = 500, .oauth_error = "server_error"}, Endpoint::authorize,
                            authorize_request());
  EXPECT_EQ(asked.status, 500);
  EXPECT_FALSE(asked.headers.has("Location"));
}

TEST(FaultBefore, TheRedirectedErrorIsTamperedWith) {
  const auto response = answer({.oauth_error = "access_denied", .redirect = {.drop = {"state"}}},
                               Endpoint::authorize, authorize_request());
  EXPECT_EQ(response.headers.get("Location"), "http://127.0.0.1:7/cb?t=1&error=access_denied");
}

TEST(FaultBefore, EchoesEveryParameterAndCredential) {
  const auto response = at_token({.echo_secrets = true});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(nlohmann::json::parse(response.body),
            nlohmann::json({{"error", "invalid_request"},
                            {"error_description",
                             "invalid request: grant_type=authorization_code&code=c/de"
                             "&client_id=demo"}}));
  const auto api = at_api({.status = 500, .echo_secrets = true}, "/v3/users/me?q=1");
  EXPECT_EQ(api.status, 500);
  EXPECT_NE(api.body.find("q=1\\u0026Authorization: Bearer secret-token"), std::string::npos);
}

TEST(FaultBefore, ABodyIsSentAsItIs) {
  const auto plain = at_token({.body = "hello"});
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(plain.body, "hello");
  EXPECT_EQ(plain.headers.get("Content-Type"), "application/json");
  const auto typed = at_token({.status = 502, .body = "<h1>", .content_type = "text/html"});
  EXPECT_EQ(typed.status, 502);
  EXPECT_EQ(typed.body, "<h1>");
  EXPECT_EQ(typed.headers.get("Content-Type"), "text/html");
}

TEST(FaultBefore, MalformedBodies) {
  const auto cut = at_token({.malformed = FaultBody::json});
  EXPECT_EQ(cut.status, 200);
  EXPECT_EQ(cut.headers.get("Content-Type"), "application/json");
  EXPECT_FALSE(nlohmann::json::accept(cut.body));
  EXPECT_TRUE(cut.body.starts_with(R"({"token_type":)"));

  const auto html = at_token({.malformed = FaultBody::html});
  EXPECT_EQ(html.status, 200);
  EXPECT_EQ(html.headers.get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_TRUE(html.body.starts_with("<!doctype html>"));
  EXPECT_EQ(at_token({.status = 502, .malformed = FaultBody::html}).status, 502);

  EXPECT_EQ(at_token({.malformed = FaultBody::empty_object}).body, "{}");
  const auto cut_error = at_token({.status = 500, .malformed = FaultBody::json});
  EXPECT_EQ(cut_error.status, 500);
  EXPECT_EQ(cut_error.body, R"({"error":"se)");
}

TEST(FaultBefore, RedirectsElsewhere) {
  const auto response = at_token({.location = "http://127.0.0.2:9/steal?a=b"});
  EXPECT_EQ(response.status, 307);
  EXPECT_EQ(response.headers.get("Location"), "http://127.0.0.2:9/steal?a=b");
  EXPECT_EQ(at_token({.status = 301, .location = "/x"}).status, 301);
}

TEST(FaultBefore, ConnectionsThatBreakBeforeAnyStateHasChanged) {
  EXPECT_EQ(at_token({.connection = FaultConnection::reset}).delivery.ending, Ending::reset);
  EXPECT_EQ(at_token({.connection = FaultConnection::empty}).delivery.ending, Ending::empty);
  const auto cut = at_token({.connection = FaultConnection::truncate});
  EXPECT_EQ(cut.delivery.ending, Ending::truncated);
  EXPECT_EQ(cut.status, 503);
  EXPECT_EQ(cut.body, R"({"error":"temporarily_unavailable"})");
  EXPECT_EQ(at_token({.status = 503, .connection = FaultConnection::close}).delivery.ending,
            Ending::close);
}

TEST(FaultBefore, AnEndlessAnswerIsWhiteSpaceOrTheBodyGiven) {
  const auto spaces = at_token({.endless_bytes = 1'000'000});
  EXPECT_EQ(spaces.status, 200);
  EXPECT_EQ(spaces.body, "");
  EXPECT_EQ(spaces.delivery.endless_bytes, 1'000'000U);
  EXPECT_EQ(at_token({.body = "[", .endless_bytes = 9}).body, "[");
}

TEST(FaultBefore, HeadersDelayAndDribbleGoWithTheAnswer) {
  FaultAction action;
  action.status = 429;
  action.delay = 2s;
  action.retry_after = "3";
  action.headers = {{"Cache-Control", "public"}, {"X-A", "1"}};
  action.dribble = wire::Delivery::Dribble{10, 5ms};
  const auto response = at_token(action);
  EXPECT_EQ(response.headers.get("Retry-After"), "3");
  EXPECT_EQ(response.headers.get("Cache-Control"), "public");
  EXPECT_EQ(response.headers.count("Cache-Control"), 1U);
  EXPECT_EQ(response.headers.get("X-A"), "1");
  EXPECT_EQ(response.delivery.delay, 2s);
  ASSERT_TRUE(response.delivery.dribble);
  EXPECT_EQ(response.delivery.dribble->bytes, 10U);
}

TEST(FaultBefore, JitterIsDrawnFromTheRandomnessGiven) {
  const auto firing = firing_of({.delay = 1s, .jitter = 255ms, .status = 503}, Endpoint::token, "");
  const auto request = token_request();
  SameByte low{0};
  SameByte high{0xFF};  // 2^64 - 1, modulo 256
  EXPECT_EQ(before(firing, request, low)->delivery.delay, 1s);
  EXPECT_EQ(before(firing, request, high)->delivery.delay, 1255ms);
}

TEST(FaultBefore, TheBarrierHoldsTheRequest) {
  auto firing = firing_of({}, Endpoint::refresh, "");
  firing.barrier = std::make_shared<Barrier>(BarrierSpec{2, 1h});
  const auto request = token_request();
  auto other = std::async(std::launch::async, [&] {
    SameByte random;
    return before(firing, request, random).has_value();
  });
  while (firing.barrier->waiting() == 0) std::this_thread::yield();
  SameByte random;
  EXPECT_FALSE(before(firing, request, random));
  EXPECT_FALSE(other.get());
}

}  // namespace
}  // namespace heygen::mock
