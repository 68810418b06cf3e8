#include "client_under_test/lib/api_request.h"

#include <gtest/gtest.h>

#include "client_under_test/testing/fakes.h"

namespace heygen::client {
namespace {

using testing::FakeTransport;
using testing::json_answer;

HttpResponse redirect(int status, const std::string& to) {
  return {status, {{"Location", to}}, ""};
}

// Sends with a token to http://127.0.0.1:1/a and redirects there once.
std::vector<HttpRequest> sent_when_redirected(const std::string& method, int status,
                                              const std::string& to) {
  FakeTransport transport;
  transport.answer_with([&](const HttpRequest& request) {
    return request.url == "http://127.0.0.1:1/a" ? redirect(status, to) : json_answer(200, "{}");
  });
  ApiCall call{method, "http://127.0.0.1:1/a"};
  if (method == "POST") call.body = "BODY";
  (void)send_api_request(transport, build_api_request(call, "AT"), {});
  return transport.sent();
}

TEST(ApiRedirect, KeepsTheTokenWithinTheOrigin) {
  for (const int status : {301, 302, 303, 307, 308}) {
    const auto sent = sent_when_redirected("GET", status, "/b");
    ASSERT_EQ(sent.size(), 2U) << status;
    EXPECT_EQ(sent[1].url, "http://127.0.0.1:1/b");
    EXPECT_EQ(find_header(sent[1].headers, "Authorization"), "Bearer AT");
  }
}

TEST(ApiRedirect, LeavesTheTokenBehindAtAnotherOrigin) {
  for (const int status : {301, 302, 303, 307, 308}) {
    for (const char* to :
         {"http://127.0.0.1:2/b", "http://localhost:1/b", "https://127.0.0.1:1/b"}) {
      const auto sent = sent_when_redirected("GET", status, to);
      ASSERT_EQ(sent.size(), 2U) << status << to;
      EXPECT_EQ(find_header(sent[1].headers, "Authorization"), std::nullopt);
    }
  }
}

TEST(ApiRedirect, TokenDoesNotComeBackOnTheWayHome) {
  FakeTransport transport;
  transport.answer_with([](const HttpRequest& request) {
    if (request.url == "http://127.0.0.1:1/a") return redirect(302, "http://127.0.0.1:2/b");
    if (request.url == "http://127.0.0.1:2/b") return redirect(302, "http://127.0.0.1:1/c");
    return json_answer(200, "{}");
  });
  const ApiCall call{"GET", "http://127.0.0.1:1/a"};
  ASSERT_TRUE(send_api_request(transport, build_api_request(call, "AT"), {}));
  EXPECT_EQ(find_header(transport.sent().at(2).headers, "Authorization"), std::nullopt);
}

TEST(ApiRedirect, BodyStaysWithinTheOrigin) {
  const auto within = sent_when_redirected("POST", 307, "/b");
  ASSERT_EQ(within.size(), 2U);
  EXPECT_EQ(within[1].method, "POST");
  EXPECT_EQ(within[1].body, "BODY");
  EXPECT_EQ(sent_when_redirected("POST", 308, "http://127.0.0.1:2/b").size(), 1U);
  const auto seeother = sent_when_redirected("POST", 303, "http://127.0.0.1:2/b");
  ASSERT_EQ(seeother.size(), 2U);
  EXPECT_EQ(seeother[1].method, "GET");
  EXPECT_EQ(seeother[1].body, "");
  EXPECT_EQ(find_header(seeother[1].headers, "Content-Type"), std::nullopt);
}

TEST(ApiRedirect, UnsafeTargetsAreNotFollowed) {
  for (const char* to : {"http://evil.example/", "file:///etc/passwd", "javascript:alert(1)",
                         "http://user@127.0.0.1:1/", "", "/a b"}) {
    EXPECT_EQ(sent_when_redirected("GET", 302, to).size(), 1U) << to;
  }
}

TEST(ApiRedirect, TlsIsNotLeft) {
  FakeTransport transport;
  transport.answer_with([](const HttpRequest&) { return redirect(302, "http://127.0.0.1:2/b"); });
  const ApiCall call{"GET", "https://api.example/a"};
  EXPECT_EQ(send_api_request(transport, build_api_request(call, "AT"), {})->status, 302);
  EXPECT_EQ(transport.sent().size(), 1U);
}

TEST(ApiRedirect, IsFollowedFiveTimes) {
  FakeTransport transport;
  transport.answer_with(
      [](const HttpRequest& request) { return redirect(302, request.url + "x"); });
  const ApiCall call{"GET", "http://127.0.0.1:1/a"};
  const auto outcome = send_api_request(transport, build_api_request(call, "AT"), {});
  EXPECT_EQ(outcome.error().message, "the API redirects more than 5 times");
  EXPECT_EQ(transport.sent().size(), 6U);
}

TEST(ApiCall, PathIsAppendedToTheConfiguredBase) {
  Config config = testing::test_config();
  config.api_url = "http://127.0.0.1:1/s/one/";
  EXPECT_EQ(make_api_call(config, "GET", "/v1/x?y=1", {})->url,
            "http://127.0.0.1:1/s/one/v1/x?y=1");
  EXPECT_EQ(make_api_call(config, "GET", "//evil.example/x", {})->url,
            "http://127.0.0.1:1/s/one//evil.example/x");
}

TEST(ApiCall, PathAndMethodAreFitForARequestLine) {
  const Config config = testing::test_config();
  for (const char* path : {"", "v1", "@evil.example/", "/a b", "/a\r\nX: 1", "/a#b", "/\xC3\xA9"}) {
    EXPECT_EQ(make_api_call(config, "GET", path, {}).error().kind, ErrorKind::bad_request) << path;
  }
  for (const char* method : {"", "get", "GET /", "G\r\nX", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}) {
    EXPECT_FALSE(make_api_call(config, method, "/v1", {})) << method;
  }
}

}  // namespace
}  // namespace heygen::client
