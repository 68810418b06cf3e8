// HTTPS and the proxy of a whole server, as C++ tests and the suite use them.
#include "mock_server/doors.h"

#include <gmock/gmock.h>

#include <atomic>

#include "mock_server/tls/tls_client.h"
#include "mock_server/wire/raw_client.h"

namespace heygen::mock {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using tls::testing::TlsClient;
using tls::testing::TlsClientOptions;
using wire::testing::request;
using wire::testing::status_of;

std::uint16_t port_of(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

struct DoorsTest : ::testing::Test {
  void start(ServerOptions options) {
    options.on_handshake = [this](const tls::Handshake& done) {
      ++(done.complete ? complete : failed);
    };
    auto started = Server::start(std::move(options));
    ASSERT_EQ(started.error, "");
    server = std::move(started.server);
  }
  [[nodiscard]] TlsClientOptions trusting(std::string name, std::string connect_to = {}) const {
    return {
        .ca_pem = server->ca_pem(), .name = std::move(name), .connect_to = std::move(connect_to)};
  }

  std::atomic<int> complete = 0;
  std::atomic<int> failed = 0;
  std::unique_ptr<Server> server;
};

TEST_F(DoorsTest, WithoutThemThereIsNoAuthority) {
  start({});
  EXPECT_EQ(server->https_url(), "");
  EXPECT_EQ(server->proxy_url(), "");
  EXPECT_EQ(server->ca_pem(), "");
}

TEST_F(DoorsTest, HttpsServesTheSameSandboxesByPathAndByName) {
  ServerOptions options;
  options.https = HttpsOptions{};
  start(std::move(options));
  EXPECT_THAT(server->https_url(), StartsWith("https://127.0.0.1:"));
  EXPECT_EQ(server->ca_file(), "");
  const auto box = server->sandboxes().find_or_create("a");
  TlsClient client(port_of(server->https_url()), trusting("a.localhost"));
  client.send("POST /v1/oauth/token HTTP/1.1\r\nHost: a.localhost\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(status_of(client.response()), 400);
  client.send(request("GET", "/s/a/v1/user/me"));
  EXPECT_EQ(status_of(client.response()), 401);
  EXPECT_EQ(box->journal().after(0).size(), 2U);
  EXPECT_EQ(box->journal().after(0).front()->request.scheme, "https");
}

TEST_F(DoorsTest, AClientThatLooksSendsNothingThroughABadDoor) {
  start({});
  for (const auto fault :
       {tls::TlsFault::self_signed, tls::TlsFault::expired, tls::TlsFault::wrong_host}) {
    const auto opened = server->open_https({.fault = fault});
    ASSERT_EQ(opened.error, "");
    EXPECT_FALSE(TlsClient(port_of(opened.url), trusting("localhost")).connected());
  }
  const auto good = server->open_https({});
  EXPECT_TRUE(TlsClient(port_of(good.url), trusting("localhost")).connected());
  server->stop();
  EXPECT_EQ(complete, 1);
  EXPECT_EQ(failed, 3);
  EXPECT_THAT(server->sandboxes().find_or_create("default")->journal().after(0), IsEmpty());
}

TEST_F(DoorsTest, TheProxyIsToldWhichSandboxIsMeant) {
  ServerOptions options;
  options.proxy = ProxyOptions{};
  start(std::move(options));
  const auto box = server->sandboxes().find_or_create("box-1");
  wire::testing::RawClient client(port_of(server->proxy_url()));
  client.send(
      "GET http://api2.heygen.com/.well-known/oauth-authorization-server HTTP/1.1\r\nHost: x\r\n"
      "Proxy-Authorization: Basic Ym94LTE6\r\n\r\n");
  EXPECT_THAT(client.response(), HasSubstr("\"issuer\":\"http://api2.heygen.com\""));
  ASSERT_EQ(box->journal().after(0).size(), 1U);
  EXPECT_FALSE(box->journal().after(0).front()->request.headers.has("Proxy-Authorization"));
}

TEST_F(DoorsTest, ThroughTheProxyEachHostIsTheVendors) {
  ServerOptions options;
  options.proxy = ProxyOptions{};
  start(std::move(options));
  const auto ask = [&](const std::string& host, const std::string& line) {
    TlsClient client(port_of(server->proxy_url()), trusting(host, host + ":443"));
    client.send(line + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\n\r\n");
    return client.response();
  };
  EXPECT_THAT(ask("app.heygen.com", "POST /oauth/token"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask("api2.heygen.com", "POST /v1/oauth/token"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask("api.heygen.com", "GET /v1/user/me"), StartsWith("HTTP/1.1 401 "));
  // A page must not reach the control API by the vendor's name.
  EXPECT_THAT(ask("api.heygen.com", "GET /_mock/config"), StartsWith("HTTP/1.1 403 "));
}

TEST_F(DoorsTest, MetricsCountTheConnectionsOfEveryDoor) {
  ServerOptions options;
  options.https = HttpsOptions{};
  options.proxy = ProxyOptions{};
  start(std::move(options));
  wire::testing::RawClient plain(server->port());
  TlsClient by_tls(port_of(server->https_url()), trusting("localhost"));
  wire::testing::RawClient by_proxy(port_of(server->proxy_url()));
  by_tls.send(request("GET", "/v1/user/me"));
  EXPECT_EQ(status_of(by_tls.response()), 401);
  by_proxy.send("GET http://api.heygen.com/v1/user/me HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status_of(by_proxy.response()), 401);
  plain.send(request("GET", "/_mock/metrics"));
  EXPECT_THAT(plain.response(), HasSubstr("\nheygen_mock_connections 3\n"));
}

TEST_F(DoorsTest, WhatCannotBeOpenedIsSaidWithItsFlag) {
  start({});
  ServerOptions options;
  options.https = HttpsOptions{.port = server->port()};
  EXPECT_THAT(Server::start(options).error, HasSubstr("--https HOST:PORT"));
  options.https = {};
  options.proxy = ProxyOptions{.port = server->port()};
  EXPECT_THAT(Server::start(options).error, HasSubstr("--proxy HOST:PORT"));
  options.state_dir = "/proc/no/such";
  EXPECT_THAT(Server::start(options).error, HasSubstr("--state-dir DIR"));
  server->stop();
  EXPECT_THAT(server->open_https({}).error, HasSubstr("stopped"));
}

}  // namespace
}  // namespace heygen::mock
