// The whole mock as an object, for a program's main and for C++ tests:
//
//   auto started = heygen::mock::Server::start({});          // a free port on 127.0.0.1
//   if (!started.server) FAIL() << started.error;
//   auto box = started.server->sandboxes().find_or_create("my-test");
//   my_client.log_in(started.server->url("my-test") + "/oauth/authorize");
//   box->clock().advance(std::chrono::days{10});
//   EXPECT_EQ(box->journal().after(0).back()->outcome, "ok");
//
// It serves until it is destroyed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mock_server/sandbox/registry.h"
#include "mock_server/store/location.h"
#include "mock_server/tls/acceptor.h"
#include "mock_server/tls/fault.h"
#include "mock_server/wire/message.h"

namespace heygen::mock {

struct HttpsOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any
  tls::TlsFault fault = tls::TlsFault::none;
};

// An HTTP proxy that answers for the vendor's hosts and refuses all others.
struct ProxyOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;     // 0: any
  bool pass_through = false;  // others are let through instead, for callers on this machine
  tls::TlsFault fault = tls::TlsFault::none;  // of the vendor's hosts
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any
  SandboxBlueprint blueprint;
  Registry::Declared sandboxes;  // beside the default one, from the start
  StoreLocation store;           // where sandboxes are kept; unless the blueprint has stores
  std::optional<std::string> admin_token;  // absent: loopback callers need none, others are refused
  std::vector<std::string> host_suffixes{"localhost"};  // NAME.SUFFIX is sandbox NAME
  std::optional<HttpsOptions> https;                    // beside the plain address
  std::optional<ProxyOptions> proxy;
  std::string state_dir;     // keeps the certificate authority; "": one is made, in memory
  std::string fixtures_dir;  // adds to the built-in API fixtures or replaces them; "": none
  std::function<void(std::string_view line)> log;  // what goes wrong inside; any thread
  std::function<void(const Sandbox&, const Entry&)> access_log;  // each exchange; any thread
  tls::OnHandshake on_handshake;  // each TLS handshake's end, good or bad; any thread
};

// Thread-safe.
class Server {
 public:
  struct Started {
    std::unique_ptr<Server> server;  // serving, or null:
    std::string error;               // one line that names the mend
  };
  [[nodiscard]] static Started start(ServerOptions options);
  ~Server();  // stop()
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] const std::string& url() const noexcept;          // "http://127.0.0.1:8765"
  [[nodiscard]] std::string url(std::string_view sandbox) const;  // "…/s/NAME"
  [[nodiscard]] std::uint16_t port() const noexcept;
  // "https://127.0.0.1:8443"; "" without ServerOptions::https.
  [[nodiscard]] const std::string& https_url() const noexcept;
  // "http://127.0.0.1:8766"; "" without ServerOptions::proxy.
  [[nodiscard]] const std::string& proxy_url() const noexcept;
  [[nodiscard]] Registry& sandboxes() noexcept;

  // One more HTTPS port onto the same sandboxes, good or with a fault, until stop().
  struct Opened {
    std::string url;    // "https://127.0.0.1:8443", or "":
    std::string error;  // one line that names the mend
  };
  [[nodiscard]] Opened open_https(const HttpsOptions& options);

  // What a client has to trust, as PEM, and where it lies ("": in memory alone; with pass_through
  // the system's own certificates lie there as well). Both are "" before anything speaks TLS.
  [[nodiscard]] std::string ca_pem() const;
  [[nodiscard]] std::string ca_file() const;

  // As if the request had come over a socket: faults, journal and all; only the delivery is left to
  // the caller. For a test that plays the browser.
  [[nodiscard]] wire::Response answer(wire::Request request);

  // Refuses new connections, lets requests in flight end, returns when none is left.
  void stop();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace heygen::mock
