#include "mock_server/wire/listener.h"

#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "mock_server/wire/raw_client.h"

namespace heygen::mock::wire {
namespace {

using namespace std::chrono_literals;
using testing::body_of;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::RawClient;
using testing::request;
using ::testing::StartsWith;
using testing::status_of;

Response text(std::string body) {
  Response response;
  response.headers = {{"Content-Type", "text/plain"}};
  response.body = std::move(body);
  return response;
}

// Answers with what it was asked: "METHOD target body".
Response echo(const Request& request) {
  return text(request.method + " " + request.target + " " + request.body);
}

std::unique_ptr<Listener> serve(Handler handler, Listener::Options options = {}) {
  auto started = Listener::start(std::move(options), std::move(handler));
  EXPECT_EQ(started.error, "");
  return std::move(started.listener);
}

TEST(Listener, ServesWhenStartReturns) {
  const auto listener = serve(echo);
  EXPECT_EQ(listener->host(), "127.0.0.1");
  EXPECT_NE(listener->port(), 0);
  RawClient client(listener->port());
  client.send(request("GET", "/a?b=%20"));
  const auto response = client.response();
  EXPECT_EQ(status_of(response), 200);
  EXPECT_EQ(body_of(response), "GET /a?b=%20 ");
  EXPECT_THAT(response, Not(HasSubstr("Date:")));  // time is the sandbox's to tell
}

TEST(Listener, OneConnectionServesMoreThanAHundredRequests) {
  const auto listener = serve(echo);
  RawClient client(listener->port());
  for (int i = 0; i < 150; ++i) {
    const auto target = "/" + std::to_string(i);
    client.send(request("GET", target));
    ASSERT_EQ(body_of(client.response()), "GET " + target + " ");
  }
}

TEST(Listener, PipelinedRequestsAreAnsweredInOrder) {
  const auto listener = serve(echo);
  RawClient client(listener->port());
  std::string all;
  for (int i = 0; i < 500; ++i) all += request("POST", "/" + std::to_string(i), "x");
  std::thread sender([&] { client.send(all); });
  for (int i = 0; i < 500; ++i) {
    ASSERT_EQ(body_of(client.response()), "POST /" + std::to_string(i) + " x");
  }
  sender.join();
}

TEST(Listener, ARequestMayComeAByteAtATime) {
  const auto listener = serve(echo);
  RawClient client(listener->port());
  for (const char byte : request("POST", "/slow", "body")) client.send({&byte, 1});
  EXPECT_EQ(body_of(client.response()), "POST /slow body");
}

TEST(Listener, EveryMethodReachesTheHandler) {
  const auto listener = serve(echo);
  RawClient client(listener->port());
  for (const std::string method : {"PATCH", "DELETE", "PROPFIND", "OPTIONS", "PUT", "TRACE"}) {
    client.send(request(method, "/m"));
    EXPECT_EQ(body_of(client.response()), method + " /m ");
  }
}

TEST(Listener, ChunkedAndLargeBodiesArriveWhole) {
  const auto listener = serve([](const Request& asked) { return text(asked.body); });
  RawClient client(listener->port());
  client.send(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n7;x=y\r\n, world\r\n0\r\nT: 1\r\n\r\n");
  EXPECT_EQ(body_of(client.response()), "hello, world");
  const std::string large(700'000, 'L');
  std::thread sender([&] { client.send(request("POST", "/", large)); });
  EXPECT_EQ(body_of(client.response()), large);
  sender.join();
}

TEST(Listener, HeadHasNoBodyAndTheConnectionStaysInStep) {
  const auto listener = serve(echo);
  RawClient client(listener->port());
  client.send(request("HEAD", "/h") + request("GET", "/next"));
  const auto head = client.until("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_EQ(body_of(client.response()), "GET /next ");
}

TEST(Listener, OneWhoExpects100ContinueGetsItBeforeTheBody) {
  const auto listener = serve(echo);
  RawClient client(listener->port());
  client.send("POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_EQ(body_of(client.response()), "POST /e body");
}

TEST(Listener, ConnectionCloseAndHttp10EndTheConnection) {
  const auto listener = serve(echo);
  RawClient client(listener->port());
  client.send(request("GET", "/", "", "Connection: close\r\n"));
  EXPECT_THAT(client.rest(), HasSubstr("Connection: close\r\n"));
  EXPECT_EQ(client.end(), RawClient::End::fin);

  RawClient old(listener->port());
  old.send("GET /old HTTP/1.0\r\n\r\n");
  EXPECT_THAT(old.rest(), EndsWith("GET /old "));
  EXPECT_EQ(old.end(), RawClient::End::fin);
}

TEST(Listener, AHalfClosedClientStillGetsItsAnswers) {
  const auto listener = serve(echo);
  RawClient client(listener->port());
  client.send(request("GET", "/1") + request("GET", "/2"));
  client.finish();
  EXPECT_THAT(client.rest(), HasSubstr("GET /2 "));
  EXPECT_EQ(client.end(), RawClient::End::fin);
}

TEST(Listener, BadBytesAreAnsweredAndTheConnectionClosed) {
  const auto listener = serve(echo);
  const auto answer_to = [&](std::string_view bytes) {
    RawClient client(listener->port());
    client.send(bytes);
    const auto answer = client.rest();
    EXPECT_EQ(client.end(), RawClient::End::fin);
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    return answer;
  };
  EXPECT_THAT(answer_to("GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n"),
              EndsWith("400 a header field's name is not a token\n"));
  EXPECT_EQ(status_of(answer_to("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                                "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")),
            400);
  EXPECT_EQ(status_of(answer_to("GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n")), 414);
  EXPECT_EQ(status_of(answer_to("GET / HTTP/1.1\r\nX: " + std::string(40'000, 'a'))), 431);
  EXPECT_EQ(status_of(answer_to("GET / HTTP/2.0\r\n\r\n")), 505);
  // Still sending when it is refused: the answer must not be lost to a reset.
  EXPECT_EQ(status_of(answer_to(request("POST", "/", std::string(1'500'000, 'b')))), 413);
}

TEST(Listener, TheOuterLayerChoosesTheAnswerToBadBytes) {
  Listener::Options options;
  options.on_bad_request = [](const Request& partial, int status, std::string_view reason) {
    auto response = text(partial.target + "|" + std::string(reason));
    response.status = status;
    return response;
  };
  const auto listener = serve(echo, options);
  RawClient client(listener->port());
  client.send("GET /who HTTP/1.1\r\nNo colon\r\n");
  const auto answer = client.rest();
  EXPECT_EQ(status_of(answer), 400);
  EXPECT_THAT(answer, EndsWith("/who|a header field has no colon"));
}

TEST(Listener, AThrowingHandlerIs500AndTheConnectionGoesOn) {
  std::vector<std::string> log;
  Listener::Options options;
  options.log = [&](std::string_view line) { log.emplace_back(line); };
  const auto listener = serve(
      [](const Request& asked) -> Response {
        if (asked.target == "/throw") throw std::runtime_error("secret");
        return echo(asked);
      },
      options);
  RawClient client(listener->port());
  client.send(request("GET", "/throw") + request("GET", "/next"));
  const auto failed = client.response();
  EXPECT_EQ(status_of(failed), 500);
  EXPECT_THAT(failed, Not(HasSubstr("secret")));
  EXPECT_EQ(body_of(client.response()), "GET /next ");
  EXPECT_THAT(log, ElementsAre("a handler failed: secret"));
}

TEST(Listener, ThePeerIsToldToTheHandler) {
  const auto listener = serve([](const Request& asked) {
    return text(asked.scheme + " " + asked.peer.address + (asked.peer.loopback ? " loopback" : "") +
                (asked.peer.port != 0 ? " port" : ""));
  });
  RawClient client(listener->port());
  client.send(request("GET", "/"));
  EXPECT_EQ(body_of(client.response()), "http 127.0.0.1 loopback port");
}

TEST(Listener, Ipv6IsServedWhereThereIs) {
  Listener::Options options;
  options.host = "::1";
  auto started = Listener::start(options, echo);
  if (!started.listener) GTEST_SKIP() << started.error;
  EXPECT_NE(started.listener->port(), 0);
}

TEST(Listener, APortInUseIsAnErrorThatNamesTheFlag) {
  const auto listener = serve(echo);
  Listener::Options options;
  options.port = listener->port();
  options.flag = "--https";
  const auto started = Listener::start(options, echo);
  EXPECT_EQ(started.listener, nullptr);
  EXPECT_EQ(started.error, "127.0.0.1:" + std::to_string(listener->port()) +
                               " is in use: choose another with --https HOST:PORT");
}

TEST(Listener, AHostThatIsNoneIsAnErrorThatNamesTheFlag) {
  Listener::Options options;
  options.host = "192.0.2.1";  // RFC 5737: nobody's
  EXPECT_EQ(Listener::start(options, echo).error,
            "192.0.2.1:0 is not an address of this machine: choose another with --listen "
            "HOST:PORT");
  options.host = "not a host";
  EXPECT_EQ(Listener::start(options, echo).error,
            "'not a host' is no address that can be listened on: choose another with --listen "
            "HOST:PORT");
}

TEST(Listener, StopLetsRequestsInFlightEnd) {
  std::latch entered(1);
  std::latch go_on(1);
  const auto listener = serve([&](const Request& asked) {
    if (asked.target == "/held") {
      entered.count_down();
      go_on.wait();
    }
    return echo(asked);
  });
  RawClient held(listener->port());
  RawClient idle(listener->port());
  RawClient half(listener->port());
  idle.send(request("GET", "/"));
  idle.response();
  half.send("GET / HT");
  held.send(request("GET", "/held"));
  entered.wait();
  std::thread stopper([&] { listener->stop(); });
  EXPECT_EQ(idle.rest(), "");  // closed, which shows that stop() has begun
  EXPECT_EQ(half.rest(), "");
  go_on.count_down();
  EXPECT_THAT(held.rest(), EndsWith("GET /held "));
  stopper.join();
  EXPECT_EQ(listener->open_connections(), 0U);
  EXPECT_FALSE(RawClient(listener->port()).connected());
}

TEST(Listener, StopIsBoundedForAnswersThatNeverEnd) {
  Listener::Options options;
  options.drain_timeout = 50ms;
  const auto listener = serve(
      [](const Request&) {
        auto response = text("late");
        response.delivery.delay = 1h;
        return response;
      },
      options);
  RawClient client(listener->port());
  client.send(request("GET", "/"));
  while (listener->open_connections() == 0) std::this_thread::yield();
  listener->stop();
  EXPECT_EQ(client.rest(), "");
  listener->stop();  // once more is harmless
}

TEST(Listener, ManyStartAndStopWithoutARace) {
  for (int i = 0; i < 50; ++i) {
    const auto listener = serve(echo);
    RawClient client(listener->port());
    client.send(request("GET", "/"));
    ASSERT_EQ(status_of(client.response()), 200);
  }
}

}  // namespace
}  // namespace heygen::mock::wire
