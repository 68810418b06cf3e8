#include "client_under_test/lib/curl_transport.h"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "client_under_test/testing/test_server.h"

namespace heygen::client {
namespace {

using testing::http_answer;
using testing::http_json;
using testing::RawRequest;
using testing::TestServer;

TestServer::Handler always(std::string bytes, bool hold = false) {
  return [bytes = std::move(bytes), hold](const RawRequest&) {
    return TestServer::Answer{bytes, hold};
  };
}

Result<HttpResponse> get(const std::string& url, TransportOptions options = {}) {
  CurlTransport transport(std::move(options));
  return transport.send({"GET", url});
}

TEST(CurlTransport, SendsWhatItIsGivenAndNothingOfItsOwn) {
  TestServer server(always(http_json(200, "{}")));
  CurlTransport transport;
  HttpRequest request{"POST", server.url("/t?x=1#f")};
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = "code=a%2Bb";
  ASSERT_TRUE(transport.send(request));
  const RawRequest seen = server.requests().at(0);
  EXPECT_TRUE(seen.head.starts_with("POST /t?x=1 HTTP/1.1\r\n")) << seen.head;
  EXPECT_NE(seen.head.find("Content-Type: application/x-www-form-urlencoded\r\n"),
            std::string::npos);
  EXPECT_EQ(seen.body, "code=a%2Bb");
  EXPECT_EQ(seen.head.find("Expect"), std::string::npos);
  EXPECT_EQ(seen.head.find("Referer"), std::string::npos);
}

TEST(CurlTransport, RequestWithoutABodyHasNoContentType) {
  TestServer server(always(http_json(200, "{}")));
  CurlTransport transport;
  ASSERT_TRUE(transport.send({"POST", server.url("/")}));
  ASSERT_TRUE(transport.send({"DELETE", server.url("/")}));
  EXPECT_EQ(server.requests().at(0).head.find("Content-Type"), std::string::npos);
  EXPECT_NE(server.requests().at(0).head.find("Content-Length: 0\r\n"), std::string::npos);
  EXPECT_TRUE(server.requests().at(1).head.starts_with("DELETE / "));
}

TEST(CurlTransport, GivesStatusHeadersAndBody) {
  TestServer server(always(http_answer(418, "X-One: 1 \r\nx-two: 2\r\n", "body")));
  const auto response = get(server.url());
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 418);
  EXPECT_EQ(find_header(response->headers, "x-one"), "1");
  EXPECT_EQ(find_header(response->headers, "X-Two"), "2");
  EXPECT_EQ(response->body, "body");
}

TEST(CurlTransport, RedirectIsAnAnswer) {
  TestServer elsewhere(always(http_json(200, "{}")));
  TestServer server(always(http_answer(307, "Location: " + elsewhere.url() + "\r\n", "")));
  EXPECT_EQ(get(server.url())->status, 307);
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST(CurlTransport, InterimAnswersAreSkipped) {
  TestServer server(
      always("HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\n" + http_answer(200, "X-Late: 1\r\n", "")));
  const auto response = get(server.url());
  EXPECT_EQ(response->status, 200);
  EXPECT_FALSE(find_header(response->headers, "X-Early"));
}

TEST(CurlTransport, BodyIsBounded) {
  TestServer fits(always(http_answer(200, "", std::string(1024 * 1024, 'x'))));
  EXPECT_EQ(get(fits.url())->body.size(), 1024U * 1024U);
  TestServer huge(always(http_answer(200, "", std::string(1024 * 1024 + 1, 'x'))));
  EXPECT_EQ(get(huge.url()).error().kind, ErrorKind::unsafe_response);
}

TEST(CurlTransport, BodyWithoutEndIsCutOff) {
  TestServer endless(always("HTTP/1.1 200 OK\r\n\r\n" + std::string(3 * 1024 * 1024, 'x'), true));
  EXPECT_EQ(get(endless.url()).error().kind, ErrorKind::unsafe_response);
}

TEST(CurlTransport, HeadIsBounded) {
  std::string headers;
  for (int i = 0; i < 2000; ++i) headers += "X-Many: " + std::string(100, 'x') + "\r\n";
  TestServer server(always(http_answer(200, headers, "")));
  EXPECT_EQ(get(server.url()).error().kind, ErrorKind::unsafe_response);
}

TEST(CurlTransport, DiscardedBodyMayBeLarge) {
  TestServer server(always(http_answer(200, "", std::string(3 * 1024 * 1024, 'x'))));
  CurlTransport transport;
  HttpRequest request{"GET", server.url()};
  request.discard_body = true;
  const auto response = transport.send(request);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "");
}

TEST(CurlTransport, TruncatedAnswerIsNoAnswer) {
  TestServer cut(always("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_token\":\"A"));
  EXPECT_EQ(get(cut.url()).error().kind, ErrorKind::transport);
  TestServer chunk(always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"));
  EXPECT_EQ(get(chunk.url()).error().kind, ErrorKind::transport);
  TestServer empty(always(""));
  EXPECT_EQ(get(empty.url()).error().kind, ErrorKind::transport);
}

TEST(CurlTransport, StalledServerIsGivenUp) {
  TestServer server(always("HTTP/1.1 200 OK\r\nContent-Le", true));
  TransportOptions options;
  options.longest = std::chrono::milliseconds{100};
  const auto response = get(server.url(), options);
  EXPECT_EQ(response.error().kind, ErrorKind::transport);
  EXPECT_NE(response.error().message.find("Timeout"), std::string::npos);
}

TEST(CurlTransport, StopEndsAnExchangeAtOnce) {
  std::latch arrived(1);
  TestServer server([&](const RawRequest&) {
    arrived.count_down();
    return TestServer::Answer{"", true};
  });
  CurlTransport transport;
  std::stop_source stop;
  std::jthread stopper([&] {
    arrived.wait();
    stop.request_stop();
  });
  HttpRequest request{"GET", server.url("/secret-path")};
  request.cancel = stop.get_token();
  const auto response = transport.send(request);
  EXPECT_EQ(response.error().message, "no answer from " + server.url() + ": it was cancelled");
}

TEST(CurlTransport, NobodyListeningIsATransportError) {
  std::string url;
  {
    const TestServer gone(always(""));
    url = gone.url();
  }
  EXPECT_EQ(get(url).error().kind, ErrorKind::transport);
}

TEST(CurlTransport, HttpStaysOnTheMachine) {
  EXPECT_EQ(get("http://192.0.2.1/").error().kind, ErrorKind::bad_request);
  EXPECT_EQ(get("file:///etc/passwd").error().kind, ErrorKind::bad_request);
}

TEST(CurlTransport, PlainHttpIsNotHttps) {
  TestServer server(always(http_json(200, "{}")));
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
  TransportOptions options;
  options.longest = std::chrono::milliseconds{200};  // the server waits for a request's end
  EXPECT_EQ(get(url, options).error().kind, ErrorKind::transport);
  EXPECT_TRUE(server.requests().empty());
}

}  // namespace
}  // namespace heygen::client
