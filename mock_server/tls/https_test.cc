// TLS over real sockets, with OpenSSL's client at the other end.
#include "mock_server/tls/https.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "mock_server/sandbox/system_sources.h"
#include "mock_server/tls/tls_client.h"
#include "mock_server/wire/raw_client.h"

namespace heygen::mock::tls {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using testing::TlsClient;
using testing::TlsClientOptions;
using wire::testing::body_of;
using wire::testing::RawClient;
using wire::testing::request;

// "SCHEME METHOD target SIZE-OF-BODY".
wire::Response echo(const wire::Request& request) {
  wire::Response response;
  response.headers = {{"Content-Type", "text/plain"}};
  response.body = request.scheme + " " + request.method + " " + request.target + " " +
                  std::to_string(request.body.size());
  return response;
}

struct HttpsTest : ::testing::Test {
  void serve(TlsFault fault = TlsFault::none, wire::Handler handler = echo,
             wire::Listener::Options options = {}) {
    auto started = start_https(
        std::move(options), std::move(handler),
        {authority, names, clock, random, [this](const Handshake& done) { note(done); }}, fault);
    ASSERT_EQ(started.error, "");
    https = std::move(started.https);
  }
  [[nodiscard]] std::uint16_t port() const { return https.listener->port(); }
  [[nodiscard]] TlsClientOptions trusting(std::string name) const {
    return {.ca_pem = authority->pem(), .name = std::move(name)};
  }
  void note(const Handshake& done) {
    const std::lock_guard lock(mutex);
    handshakes.push_back(done);
    news.notify_all();
  }
  Handshake next_handshake() {
    std::unique_lock lock(mutex);
    if (!news.wait_for(lock, 20s, [this] { return !handshakes.empty(); })) return {};
    auto first = std::move(handshakes.front());
    handshakes.pop_front();
    return first;
  }

  const std::vector<std::string> suffixes{"localhost"};
  SystemClock clock;
  SystemRandom random;
  Names names = served_names({}, suffixes);
  std::shared_ptr<const Authority> authority = Authority::make(names, clock, random);
  std::mutex mutex;
  std::condition_variable news;
  std::deque<Handshake> handshakes;
  Https https;
};

TEST_F(HttpsTest, AnswersClientsThatTrustItsAuthority) {
  serve();
  for (const auto* const name : {"127.0.0.1", "localhost", "api2.heygen.com", "a.localhost"}) {
    TlsClient client(port(), trusting(name));
    ASSERT_TRUE(client.connected()) << name << ": " << client.error();
    client.send(request("POST", "/x", "body"));
    EXPECT_EQ(body_of(client.response()), "https POST /x 4");
    client.send(request("GET", "/again"));
    EXPECT_EQ(body_of(client.response()), "https GET /again 0");
    EXPECT_TRUE(next_handshake().complete);
  }
}

TEST_F(HttpsTest, SpeaksTls12And13AndNothingOlder) {
  serve();
  auto options = trusting("localhost");
  options.max_version = TLS1_2_VERSION;
  EXPECT_EQ(TlsClient(port(), options).version(), "TLSv1.2");
  options.max_version = TLS1_3_VERSION;
  EXPECT_EQ(TlsClient(port(), options).version(), "TLSv1.3");
  options.max_version = TLS1_1_VERSION;
  EXPECT_FALSE(TlsClient(port(), options).connected());
}

TEST_F(HttpsTest, ChoosesHttp11AndRefusesWhoSpeaksSomethingElseAlone) {
  serve();
  auto options = trusting("localhost");
  options.alpn = "\x02h2\x08http/1.1";
  EXPECT_EQ(TlsClient(port(), options).protocol(), "http/1.1");
  options.alpn = "\x02h2";
  EXPECT_FALSE(TlsClient(port(), options).connected());
}

TEST_F(HttpsTest, EachFaultIsSeenByAClientThatLooks) {
  const auto failure = [&](TlsFault fault) {
    serve(fault);
    return TlsClient(port(), trusting("localhost")).error();
  };
  EXPECT_THAT(failure(TlsFault::none), "");
  EXPECT_THAT(failure(TlsFault::self_signed), HasSubstr("self"));
  EXPECT_THAT(failure(TlsFault::expired), HasSubstr("expired"));
  EXPECT_THAT(failure(TlsFault::wrong_host), HasSubstr("hostname mismatch"));
  EXPECT_THAT(failure(TlsFault::plain_http), HasSubstr("wrong version number"));
}

TEST_F(HttpsTest, AFaultyServerStillAnswersAClientThatDoesNotLook) {
  for (const auto fault : {TlsFault::self_signed, TlsFault::expired, TlsFault::wrong_host}) {
    serve(fault);
    TlsClient client(port(), {.verify = false});
    client.send(request("GET", "/careless"));
    EXPECT_EQ(body_of(client.response()), "https GET /careless 0");
  }
  serve(TlsFault::plain_http);
  RawClient client(port());
  client.send(request("GET", "/plain"));
  EXPECT_EQ(body_of(client.response()), "http GET /plain 0");
}

TEST_F(HttpsTest, SaysWhyAClientWasNotServed) {
  serve();
  for (int i = 0; i < 50; ++i) {  // the client's last words race with its hanging up
    EXPECT_FALSE(TlsClient(port(), {.name = "api.heygen.com"}).connected());
    const auto done = next_handshake();
    EXPECT_FALSE(done.complete);
    EXPECT_EQ(done.server_name, "api.heygen.com");
    ASSERT_THAT(done.reason, HasSubstr("does not trust the certificate"));
  }
}

TEST_F(HttpsTest, PlainHttpIsToldSo) {
  serve();
  RawClient client(port());
  client.send(request("POST", "/v1/oauth/token", std::string(50'000, 'x')));
  EXPECT_THAT(client.rest(), AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("use https://")));
  EXPECT_THAT(next_handshake().reason, HasSubstr("plain HTTP"));
}

TEST_F(HttpsTest, HostileBytesEndTheirOwnConnectionAlone) {
  serve();
  TlsClient good(port(), trusting("localhost"));
  std::string noise(70'000, '\0');
  std::uint32_t state = 1;
  for (auto& byte : noise) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<char>(state >> 24U);
  }
  for (const std::string& bytes :
       {noise, "\x16" + noise, std::string("\x16\x03\x01\xff\xff") + noise,
        std::string("\x16\x03\x01\x00\x05\x01\x00\xff\xff\xff", 10), std::string(1, '\x16'),
        std::string(5, '\0'), std::string("\x80\x2e\x01\x00\x02", 5)}) {
    RawClient client(port());
    client.send(bytes);
    client.finish();
    client.rest();
    EXPECT_NE(client.end(), RawClient::End::open);
  }
  good.send(request("GET", "/still"));
  EXPECT_EQ(body_of(good.response()), "https GET /still 0");
}

TEST_F(HttpsTest, WhoDoesNotFinishTheHandshakeIsLetGo) {
  wire::Listener::Options options;
  options.opening_timeout = 1s;
  options.idle_timeout = 60s;
  serve(TlsFault::none, echo, std::move(options));
  TlsClient idle(port(), trusting("localhost"));
  RawClient silent(port());
  RawClient half(port());
  half.send(std::string("\x16\x03\x01\x01\x00\x01", 6));
  EXPECT_EQ(silent.rest(), "");
  EXPECT_EQ(half.rest(), "");
  EXPECT_NE(silent.end(), RawClient::End::open);
  EXPECT_NE(half.end(), RawClient::End::open);
  // One that did finish has the longer time-out.
  idle.send(request("GET", "/late"));
  EXPECT_EQ(body_of(idle.response()), "https GET /late 0");
}

TEST_F(HttpsTest, LargeBodiesPassInBothDirections) {
  const std::string large(900'000, 'b');
  serve(TlsFault::none, [&](const wire::Request& request) {
    wire::Response response;
    response.body = request.body;
    return response;
  });
  TlsClient client(port(), trusting("localhost"));
  for (int i = 0; i < 3; ++i) {
    client.send(request("POST", "/", large));
    EXPECT_EQ(body_of(client.response()), large);
  }
}

TEST_F(HttpsTest, ABodyThatIsDribbledAndOneThatBreaksOffArriveAsSuch) {
  serve(TlsFault::none, [](const wire::Request& request) {
    wire::Response response;
    response.body = "0123456789";
    if (request.target == "/truncated") {
      response.delivery.ending = wire::Delivery::Ending::truncated;
      response.delivery.truncate_at = 4;
    } else {
      response.delivery.dribble = wire::Delivery::Dribble{.bytes = 7, .every = 1ms};
    }
    return response;
  });
  TlsClient client(port(), trusting("localhost"));
  client.send(request("GET", "/dribbled"));
  EXPECT_EQ(body_of(client.response()), "0123456789");
  client.send(request("GET", "/truncated"));
  EXPECT_EQ(body_of(client.rest()), "0123");
}

TEST_F(HttpsTest, AStreamGoesOnUntilItsSourceEnds) {
  serve(TlsFault::none, [](const wire::Request&) {
    wire::Response response;
    response.stream = [](const std::shared_ptr<wire::Outbox>& out) {
      out->push("one ");
      out->push("two");
      out->close();
    };
    return response;
  });
  TlsClient client(port(), trusting("localhost"));
  client.send(request("GET", "/"));
  EXPECT_EQ(body_of(client.rest()), "one two");
}

TEST_F(HttpsTest, IdleConnectionsHoldNoThread) {
  serve();
  std::vector<std::unique_ptr<TlsClient>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<TlsClient>(port(), trusting("localhost")));
    ASSERT_TRUE(clients.back()->connected());
  }
  EXPECT_LE(https.listener->workers(), std::max(std::thread::hardware_concurrency(), 1U) + 1);
  for (const auto& client : clients) {
    client->send(request("GET", "/"));
    ASSERT_EQ(body_of(client->response()), "https GET / 0");
  }
}

TEST_F(HttpsTest, StopWaitsForNoIdleClient) {
  serve();
  TlsClient idle(port(), trusting("localhost"));
  RawClient half(port());
  half.send("\x16");
  https.listener->stop();
  EXPECT_EQ(idle.rest(), "");
  EXPECT_EQ(half.rest(), "");
}

}  // namespace
}  // namespace heygen::mock::tls
