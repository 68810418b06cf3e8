#include "mock_server/wire/httplib_bridge.h"

#include <gmock/gmock.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace heygen::mock::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

FramedRequest framed(std::string method, std::string target) {
  FramedRequest framed;
  framed.request.method = std::move(method);
  framed.request.target = std::move(target);
  framed.keep_alive = true;
  return framed;
}

Answer answer_of(const FramedRequest& request, const Response& response) {
  HttplibBridge bridge{nullptr};
  return bridge.answer(request, [&](const Request&) { return response; });
}

Answer answer_of(const Response& response) { return answer_of(framed("GET", "/"), response); }

Response with_body(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

TEST(Bridge, TheHandlerGetsWhatTheFramingRead) {
  auto request = framed("PROPFIND", "/a%20b?x=%zz&x=1?y&z=");
  request.request.headers = {{"X", "%41"}, {"Range", "bytes=9-1"}, {"Accept", ";;"}, {"X", "2"}};
  request.request.body = std::string(16 * 1024, 'f');
  Request seen;
  HttplibBridge bridge{nullptr};
  const auto answer = bridge.answer(request, [&](const Request& given) {
    seen = given;
    return with_body("ok");
  });
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(seen.method, "PROPFIND");
  EXPECT_EQ(seen.target, "/a%20b?x=%zz&x=1?y&z=");
  EXPECT_EQ(seen.headers.size(), 4U);
  EXPECT_EQ(seen.headers.get("X"), "%41");
  EXPECT_EQ(seen.body.size(), 16U * 1024U);
}

TEST(Bridge, TheBytesAreHeadAndBodyAndNothingAdded) {
  Response response = with_body("{}");
  response.headers = {{"Content-Type", "application/json"}};
  const auto answer = answer_of(response);
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nContent-Length: 2\r\n"));
  EXPECT_THAT(answer.bytes, EndsWith("\r\n\r\n{}"));
  EXPECT_THAT(answer.bytes, Not(HasSubstr("Keep-Alive")));
  EXPECT_THAT(answer.bytes, Not(HasSubstr("Connection")));
  EXPECT_THAT(answer.bytes, Not(HasSubstr("Accept-Ranges")));
  EXPECT_EQ(answer.head_size, answer.bytes.size() - 2);
  EXPECT_TRUE(answer.keep_alive);
}

TEST(Bridge, ErrorsKeepTheConnectionToo) {
  Response response = with_body("no");
  response.status = 404;
  const auto answer = answer_of(response);
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(answer.bytes, Not(HasSubstr("Connection: close")));
  EXPECT_TRUE(answer.keep_alive);
}

TEST(Bridge, ReasonPhrasesAreOurs) {
  Response response = with_body("x");
  response.status = 413;
  EXPECT_THAT(answer_of(response).bytes, StartsWith("HTTP/1.1 413 Content Too Large\r\n"));
  response.status = 299;
  const auto answer = answer_of(response);
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 299 Unknown\r\n"));
  EXPECT_EQ(answer.bytes.substr(answer.head_size), "x");
}

TEST(Bridge, HeadHasTheLengthWithoutTheBody) {
  const auto answer = answer_of(framed("HEAD", "/"), with_body("12345"));
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nContent-Length: 5\r\n"));
  EXPECT_THAT(answer.bytes, EndsWith("\r\n\r\n"));
  EXPECT_EQ(answer.head_size, answer.bytes.size());
}

TEST(Bridge, NoContentAndNotModifiedHaveNoBody) {
  for (const int status : {204, 304}) {
    Response response = with_body("12345");
    response.status = status;
    const auto answer = answer_of(response);
    EXPECT_THAT(answer.bytes, EndsWith("\r\n\r\n"));
    EXPECT_THAT(answer.bytes, Not(HasSubstr("Content-Length")));
  }
}

TEST(Bridge, ConnectionSaysWhatWillBeDone) {
  auto request = framed("GET", "/");
  request.keep_alive = false;
  EXPECT_THAT(answer_of(request, {}).bytes, HasSubstr("\r\nConnection: close\r\n"));

  Response closing;
  closing.headers = {{"Connection", "close"}};
  const auto answer = answer_of(closing);
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_FALSE(answer.keep_alive);

  request.keep_alive = true;
  request.version = HttpVersion::http_1_0;
  EXPECT_THAT(answer_of(request, {}).bytes, HasSubstr("\r\nConnection: keep-alive\r\n"));
}

TEST(Bridge, ControlCharactersNeverReachAHeader) {
  Response response;
  response.headers = {{"Location", std::string("/a\r\nSet-Cookie: x=1\0;", 22)},
                      {"Bad\r\nName", "x"},
                      {"", "x"},
                      {"Content-Length", "7"},
                      {"Transfer-Encoding", "chunked"}};
  const auto bytes = answer_of(response).bytes;
  EXPECT_THAT(bytes, HasSubstr("\r\nLocation: /aSet-Cookie: x=1;\r\n"));
  EXPECT_THAT(bytes, Not(HasSubstr("\r\nSet-Cookie")));
  EXPECT_THAT(bytes, Not(HasSubstr("Bad")));
  EXPECT_THAT(bytes, HasSubstr("\r\nContent-Length: 0\r\n"));
  EXPECT_THAT(bytes, Not(HasSubstr("Transfer-Encoding")));
}

TEST(Bridge, AThrowingHandlerIs500AndItsTextGoesToTheLogOnly) {
  std::vector<std::string> log;
  HttplibBridge bridge{[&](std::string_view text) { log.emplace_back(text); }};
  const auto answer = bridge.answer(
      framed("GET", "/"), [](const Request&) -> Response { throw std::runtime_error("secret-7"); });
  EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
  EXPECT_THAT(answer.bytes, Not(HasSubstr("secret-7")));
  EXPECT_THAT(log, ElementsAre("a handler failed: secret-7"));
  const auto other = bridge.answer(framed("GET", "/"), [](const Request&) -> Response { throw 7; });
  EXPECT_THAT(other.bytes, StartsWith("HTTP/1.1 500 "));
  EXPECT_EQ(log.size(), 2U);
}

TEST(Bridge, AnInterimStatusFromAHandlerIsAFailure) {
  Response response;
  response.status = 100;
  EXPECT_THAT(answer_of(response).bytes, StartsWith("HTTP/1.1 500 "));
}

TEST(Bridge, AStreamHasNoLengthAndEndsWithTheConnection) {
  Response response = with_body(": hello\n\n");
  response.stream = [](const std::shared_ptr<Outbox>&) {};
  const auto answer = answer_of(response);
  EXPECT_EQ(answer.framing, Answer::Framing::until_close);
  EXPECT_THAT(answer.bytes, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(answer.bytes, EndsWith("\r\n\r\n: hello\n\n"));
  EXPECT_TRUE(answer.stream);
}

TEST(Bridge, AnEndlessBodyIsChunkedAndKeptApart) {
  Response response = with_body("abc");
  response.delivery.endless_bytes = 10;
  const auto answer = answer_of(response);
  EXPECT_EQ(answer.framing, Answer::Framing::chunked);
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_THAT(answer.bytes, Not(HasSubstr("Content-Length")));
  EXPECT_EQ(answer.endless, "abc");
  EXPECT_EQ(answer.head_size, answer.bytes.size());

  auto old = framed("GET", "/");
  old.version = HttpVersion::http_1_0;
  EXPECT_EQ(answer_of(old, response).framing, Answer::Framing::until_close);
}

TEST(Bridge, LongPathsAndOtherTargetFormsPass) {
  EXPECT_THAT(answer_of(framed("GET", "/" + std::string(16000, 'a')), {}).bytes,
              StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer_of(framed("OPTIONS", "*"), {}).bytes, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer_of(framed("CONNECT", "a:443"), {}).bytes, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer_of(framed("", ""), {}).bytes, StartsWith("HTTP/1.1 200 OK\r\n"));
}

}  // namespace
}  // namespace heygen::mock::wire
