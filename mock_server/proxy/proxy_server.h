// The proxy on its port.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "mock_server/proxy/gate.h"
#include "mock_server/proxy/relay.h"
#include "mock_server/tls/https.h"
#include "mock_server/wire/listener.h"

namespace heygen::mock::proxy {

struct ProxySettings {
  wire::Listener::Options listen;             // its on_bad_request is asked inside of tunnels alone
  wire::Handler vendor;                       // answers what is for the vendor
  tls::TlsFault fault = tls::TlsFault::none;  // of the vendor's hosts
  bool pass_through = false;
};

// Serving while it lives. Thread-safe.
class ProxyServer {
 public:
  struct Started {
    std::unique_ptr<ProxyServer> server;  // or null:
    std::string error;                    // one line that names the mend
  };
  // Throws std::runtime_error when OpenSSL cannot.
  [[nodiscard]] static Started start(ProxySettings settings, const tls::Identity& identity);
  ~ProxyServer() { stop(); }
  ProxyServer(const ProxyServer&) = delete;
  ProxyServer& operator=(const ProxyServer&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  // To this port; not those of tunnels that were let through.
  [[nodiscard]] std::size_t open_connections() const { return listener_->open_connections(); }
  void stop();

 private:
  ProxyServer(const ProxySettings& settings, const tls::Identity& identity);

  std::unique_ptr<tls::Acceptor> acceptor_;
  Relay relay_;
  std::atomic<std::uint16_t> port_ = 0;
  Gate gate_;
  std::unique_ptr<wire::Listener> listener_;  // last: it ends before what it uses
};

}  // namespace heygen::mock::proxy
