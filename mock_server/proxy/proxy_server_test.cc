// The proxy over real sockets.
#include "mock_server/proxy/proxy_server.h"

#include <gmock/gmock.h>

#include <mutex>
#include <vector>

#include "mock_server/sandbox/system_sources.h"
#include "mock_server/tls/tls_client.h"
#include "mock_server/wire/raw_client.h"

namespace heygen::mock::proxy {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using tls::testing::TlsClient;
using tls::testing::TlsClientOptions;
using wire::testing::body_of;
using wire::testing::RawClient;
using wire::testing::request;
using wire::testing::status_of;

// "SCHEME HOST METHOD target via TUNNEL as USER".
wire::Response echo(const wire::Request& request) {
  wire::Response response;
  response.body = request.scheme + " " + std::string{request.headers.get("Host")} + " " +
                  request.method + " " + request.target;
  if (request.tunnel) {
    response.body += " via " + request.tunnel->target + " as " + request.tunnel->user;
  }
  if (request.headers.has("Proxy-Authorization")) response.body += " and its credentials";
  return response;
}

std::string connect(const std::string& target, const std::string& fields = {}) {
  return "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n" + fields + "\r\n";
}

struct ProxyTest : ::testing::Test {
  void start(bool pass_through = false, tls::TlsFault fault = tls::TlsFault::none) {
    wire::Listener::Options listen;
    listen.log = [this](std::string_view line) {
      const std::lock_guard lock(mutex);
      lines.emplace_back(line);
    };
    auto started = ProxyServer::start({std::move(listen), echo, fault, pass_through},
                                      {authority, names, clock, random, {}});
    ASSERT_EQ(started.error, "");
    proxy = std::move(started.server);
  }
  std::vector<std::string> logged() {
    const std::lock_guard lock(mutex);
    return lines;
  }
  std::string ask(const std::string& bytes) const {
    RawClient client(proxy->port());
    client.send(bytes);
    return client.response();
  }
  [[nodiscard]] TlsClientOptions through(const std::string& host) const {
    return {.ca_pem = authority->pem(), .name = host, .connect_to = host + ":443"};
  }

  SystemClock clock;
  SystemRandom random;
  tls::Names names = tls::served_names({}, {});
  std::shared_ptr<const tls::Authority> authority = tls::Authority::make(names, clock, random);
  std::mutex mutex;
  std::vector<std::string> lines;
  std::unique_ptr<ProxyServer> proxy;
};

TEST_F(ProxyTest, AnswersForTheVendorsHostsByTls) {
  start();
  for (const std::string host : {"app.heygen.com", "api2.heygen.com", "api.heygen.com"}) {
    TlsClient client(proxy->port(), through(host));
    ASSERT_TRUE(client.connected()) << client.error();
    EXPECT_THAT(client.proxy_answer(), Not(HasSubstr("Content-Length")));
    for (const auto* const target : {"/one", "/two"}) {
      client.send("GET " + std::string{target} + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
      const auto body = body_of(client.response());
      EXPECT_THAT(body, StartsWith("https " + host + " GET " + target));
      EXPECT_THAT(body, ::testing::EndsWith(" via " + host + ":443 as "));
    }
  }
  EXPECT_THAT(logged(), ElementsAre());
}

TEST_F(ProxyTest, ATunnelToPort80IsPlain) {
  start();
  RawClient client(proxy->port());
  // The client need not wait for the answer: what it sent already is not lost.
  client.send(connect("api2.heygen.com:80") + request("GET", "/early"));
  EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(body_of(client.response()), "http 127.0.0.1 GET /early via api2.heygen.com:80 as ");
}

TEST_F(ProxyTest, PlainRequestsToTheVendorAreAnsweredInOriginForm) {
  start();
  const auto answer =
      ask("GET http://API2.heygen.com/v1/x?y=1 HTTP/1.1\r\nHost: ignored\r\n"
          "Proxy-Authorization: Basic Ym94LTE6\r\n\r\n");
  EXPECT_EQ(body_of(answer), "http API2.heygen.com GET /v1/x?y=1 via API2.heygen.com:80 as box-1");
  EXPECT_EQ(body_of(ask("GET http://api.heygen.com HTTP/1.1\r\nHost: x\r\n\r\n")),
            "http api.heygen.com GET / via api.heygen.com:80 as ");
}

TEST_F(ProxyTest, TheNameGivenToItReachesWhoAnswers) {
  start();
  RawClient client(proxy->port());
  client.send(connect("api2.heygen.com:80", "Proxy-Authorization: Basic Ym94LTE6\r\n"));
  client.until("\r\n\r\n");
  client.send(request("GET", "/"));
  EXPECT_THAT(body_of(client.response()), HasSubstr(" as box-1"));
}

TEST_F(ProxyTest, RefusesEverybodyElse) {
  start();
  for (const std::string target :
       {"example.com:443", "heygen.com:443", "api2.heygen.com.evil.test:443",
        "upload.heygen.com:443", "10.0.0.1:443", "192.168.0.1:80", "172.16.0.1:443",
        "169.254.169.254:80", "[fd00::1]:443", "[fe80::1]:443", "127.0.0.1:22", "[::1]:443",
        "localhost:443", "0.0.0.0:1"}) {
    const auto answer = ask(connect(target));
    EXPECT_EQ(status_of(answer), 403) << target;
    EXPECT_THAT(logged().back(), HasSubstr("refused CONNECT " + target));
  }
  EXPECT_EQ(status_of(ask("GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n")), 403);
  EXPECT_THAT(logged().back(), AllOf(HasSubstr("example.com"), HasSubstr("--proxy-pass-through")));
  // The Host field of an absolute target means nothing.
  EXPECT_EQ(status_of(ask("GET http://10.0.0.1/ HTTP/1.1\r\nHost: api2.heygen.com\r\n\r\n")), 403);
}

TEST_F(ProxyTest, RefusesItselfAndSaysHowThisMachineIsReached) {
  start();
  const auto own = "127.0.0.1:" + std::to_string(proxy->port());
  EXPECT_EQ(status_of(ask(connect(own))), 403);
  EXPECT_THAT(ask("GET http://" + own + "/ HTTP/1.1\r\nHost: x\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 403 "), HasSubstr("NO_PROXY")));
  EXPECT_THAT(ask(request("GET", "/")),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("HTTPS_PROXY")));
}

TEST_F(ProxyTest, MalformedRequestsAreRefused) {
  start();
  for (const std::string& bytes :
       {connect("api2.heygen.com"), connect("api2.heygen.com:"), connect("api2.heygen.com:0"),
        connect("api2.heygen.com:70000"), connect("us@api2.heygen.com:443"), connect(":443"),
        std::string("CONNECT https://api2.heygen.com/ HTTP/1.1\r\nHost: x\r\n\r\n"),
        std::string("CONNECT /x HTTP/1.1\r\nHost: x\r\n\r\n"),
        std::string("CONNECT api2.heygen.com:443\r\n\r\n"),
        std::string("GET https://api2.heygen.com/ HTTP/1.1\r\nHost: x\r\n\r\n"),
        std::string("GET http://:1/ HTTP/1.1\r\nHost: x\r\n\r\n"),
        connect("api2.heygen.com:443", "Content-Length: 1\r\n") + "x", std::string("\x16\x03\x01"),
        std::string("\x05\x01\x00", 3), std::string(200, '\xFF')}) {
    RawClient client(proxy->port());
    client.send(bytes);
    EXPECT_EQ(status_of(client.response()), 400) << bytes;
  }
  EXPECT_EQ(status_of(ask(connect("api2.heygen.com:444"))), 403);
  EXPECT_EQ(status_of(ask("CONNECT " + std::string(20'000, 'a') + ":1 HTTP/1.1\r\n\r\n")), 414);
}

TEST_F(ProxyTest, HostileBytesInATunnelEndItAlone) {
  start();
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\xff\xff\xff\xff", 7), std::string(50'000, 'x'),
        std::string("GET / HTTP/1.1\r\nHost: api2.heygen.com\r\n\r\n"), std::string(1, '\0')}) {
    RawClient client(proxy->port());
    client.send(connect("api2.heygen.com:443") + bytes);
    client.finish();
    EXPECT_THAT(client.rest(), StartsWith("HTTP/1.1 200 "));
    EXPECT_NE(client.end(), RawClient::End::open);
  }
  EXPECT_TRUE(TlsClient(proxy->port(), through("api2.heygen.com")).connected());
}

TEST_F(ProxyTest, ItsTlsCanBeWrongOnPurpose) {
  start(false, tls::TlsFault::expired);
  EXPECT_THAT(TlsClient(proxy->port(), through("api2.heygen.com")).error(), HasSubstr("expired"));
  start(false, tls::TlsFault::plain_http);
  RawClient client(proxy->port());
  client.send(connect("api2.heygen.com:443") + request("GET", "/careless"));
  client.until("\r\n\r\n");
  EXPECT_THAT(body_of(client.response()), HasSubstr("http 127.0.0.1 GET /careless via"));
}

TEST_F(ProxyTest, LetsCallersThroughOnlyWhenTold) {
  start(true);
  const auto far = wire::Listener::start({}, [](const wire::Request& request) {
    wire::Response response;
    response.body = "far " + request.body;
    return response;
  });
  RawClient client(proxy->port());
  const std::string large(300'000, 'x');
  client.send(connect("127.0.0.1:" + std::to_string(far.listener->port())) +
              request("POST", "/", "early"));
  EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(body_of(client.response()), "far early");
  client.send(request("POST", "/", large));
  EXPECT_EQ(body_of(client.response()), "far " + large);
  client.finish();
  EXPECT_EQ(client.rest(), "");
  EXPECT_EQ(client.end(), RawClient::End::fin);
}

TEST_F(ProxyTest, EvenThenItIsNotItsOwnTargetAndTheVendorStaysHere) {
  start(true);
  for (const std::string host : {"127.0.0.1", "localhost", "0.0.0.0", "127.1.2.3"}) {
    const auto answer = ask(connect(host + ":" + std::to_string(proxy->port())));
    EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 502 "), HasSubstr("this proxy itself"))) << host;
  }
  EXPECT_TRUE(TlsClient(proxy->port(), through("api2.heygen.com")).connected());
}

TEST_F(ProxyTest, AHostThatCannotBeReachedIsSaid) {
  start(true);
  auto gone = wire::Listener::start({}, echo);
  const auto port = gone.listener->port();
  gone.listener.reset();
  EXPECT_THAT(ask(connect("127.0.0.1:" + std::to_string(port))),
              AllOf(StartsWith("HTTP/1.1 502 "), HasSubstr("cannot be reached")));
  EXPECT_THAT(ask(connect("no-such-host.invalid:443")), HasSubstr("there is no host"));
  EXPECT_THAT(logged(), Contains(HasSubstr("no tunnel to no-such-host.invalid:443")));
}

TEST_F(ProxyTest, StoppingEndsOpenTunnels) {
  start(true);
  const auto far = wire::Listener::start({}, echo);
  RawClient client(proxy->port());
  client.send(connect("127.0.0.1:" + std::to_string(far.listener->port())));
  client.until("\r\n\r\n");
  client.send(request("GET", "/"));
  EXPECT_THAT(body_of(client.response()), StartsWith("http 127.0.0.1 GET /"));
  proxy->stop();
  EXPECT_EQ(client.rest(), "");
  EXPECT_NE(client.end(), RawClient::End::open);
}

}  // namespace
}  // namespace heygen::mock::proxy
