#include "client_under_test/lib/loopback_listener.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <future>

#include "client_under_test/lib/listener_http.h"
#include "client_under_test/testing/test_server.h"

namespace heygen::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::connect_to;
using testing::exchange_raw;

TEST(ListenerHttp, HeadIsReadWhenItIsWhole) {
  const std::string whole = "GET /cb?code=a HTTP/1.1\r\nHost: x\r\n\r\n";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const HeadOutcome part = read_request_head(whole.substr(0, length));
    EXPECT_FALSE(part.request) << length;
    EXPECT_EQ(part.refuse_with, 0) << length;
  }
  const HeadOutcome outcome = read_request_head(whole);
  ASSERT_TRUE(outcome.request);
  EXPECT_EQ(outcome.request->method, "GET");
  EXPECT_EQ(outcome.request->target, "/cb?code=a");
}

TEST(ListenerHttp, WhatIsNoRequestIsRefused) {
  for (const char* line :
       {"", "GET", "GET /", "GET / HTTP/2.0", "get / HTTP/1.1", "GET http://evil/ HTTP/1.1",
        "GET / x HTTP/1.1", " / HTTP/1.1", "\x16\x03\x01 / HTTP/1.1", "GET /\x01 HTTP/1.1"}) {
    EXPECT_EQ(read_request_head(std::string(line) + "\r\n\r\n").refuse_with, 400) << line;
  }
}

TEST(ListenerHttp, HeadIsBounded) {
  EXPECT_EQ(read_request_head(std::string(kLargestRequestHead + 1, 'x')).refuse_with, 431);
  EXPECT_EQ(read_request_head("GET /" + std::string(kLargestRequestHead, 'x') + " HTTP/1.1\r\n\r\n")
                .refuse_with,
            431);
}

TEST(ListenerHttp, AnswerKeepsThePageToThisBrowser) {
  const std::string text = write_response({405, "<p>no</p>"}, true);
  for (const char* header : {"HTTP/1.1 405 Method Not Allowed\r\n", "Content-Length: 9\r\n",
                             "Cache-Control: no-store\r\n", "Referrer-Policy: no-referrer\r\n",
                             "X-Content-Type-Options: nosniff\r\n", "Allow: GET\r\n",
                             "Connection: close\r\n\r\n<p>no</p>"}) {
    EXPECT_NE(text.find(header), std::string::npos) << header;
  }
  EXPECT_TRUE(write_response({200, "<p>"}, false).ends_with("\r\n\r\n")) << "HEAD has no body";
}

class Listener : public ::testing::Test {
 protected:
  void SetUp() override {
    serving = std::async(std::launch::async, [this] {
      return listener
          .serve({[this](const PageRequest& request) {
                   targets.push_back(request.method + " " + request.target);
                   return PageResponse{200, "page", request.target == "/last"};
                 }},
                 seconds{60})
          .value();
    });
  }
  std::string get(const std::string& target) {
    return exchange_raw(listener.port(), "GET " + target + " HTTP/1.1\r\n\r\n");
  }

  LoopbackListener listener = LoopbackListener::open(0).value();
  std::vector<std::string> targets;
  std::future<bool> serving;
};

TEST_F(Listener, AnswersUntilTheLastPage) {
  EXPECT_TRUE(get("/favicon.ico").ends_with("\r\n\r\npage"));
  EXPECT_TRUE(get("/one?x=y").ends_with("\r\n\r\npage"));
  EXPECT_TRUE(get("/last").ends_with("\r\n\r\npage"));
  EXPECT_TRUE(serving.get());
  EXPECT_EQ(targets, (std::vector<std::string>{"GET /favicon.ico", "GET /one?x=y", "GET /last"}));
}

TEST_F(Listener, SilentConnectionsHoldUpNobody) {
  const UniqueFd silent = connect_to(listener.port());
  const UniqueFd slow = connect_to(listener.port());
  ASSERT_EQ(::send(slow.get(), "GET /slo", 8, 0), 8);
  EXPECT_TRUE(get("/last").ends_with("page"));
  EXPECT_TRUE(serving.get());
}

TEST_F(Listener, NoiseIsRefusedAndSurvived) {
  EXPECT_TRUE(exchange_raw(listener.port(), "\x16\x03\x01\r\n\r\n").starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(exchange_raw(listener.port(), std::string(200000, 'x')).starts_with("HTTP/1.1 431"));
  EXPECT_TRUE(get("/last").ends_with("page"));
  EXPECT_TRUE(serving.get());
  EXPECT_EQ(targets, std::vector<std::string>{"GET /last"});
}

TEST_F(Listener, BodyOfAPostDoesNotCostItsAnswer) {
  const std::string answer =
      exchange_raw(listener.port(),
                   "POST /x HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + std::string(100000, 'b'));
  EXPECT_TRUE(answer.ends_with("page"));
  (void)get("/last");
}

TEST(ListenerEnd, ComesWithTheTime) {
  LoopbackListener listener = LoopbackListener::open(0).value();
  const auto served =
      listener.serve({[](const PageRequest&) { return PageResponse{}; }}, milliseconds{1});
  EXPECT_FALSE(served.value());
}

TEST(ListenerStart, NamesThePortThatIsTaken) {
  const LoopbackListener first = LoopbackListener::open(0).value();
  const auto second = LoopbackListener::open(first.port());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "cannot listen on 127.0.0.1:" + std::to_string(first.port()) +
                                        ": Address already in use");
}

}  // namespace
}  // namespace heygen::client
