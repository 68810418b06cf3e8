// The ports of a server that speak TLS, and the authority that vouches for them.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "mock_server/proxy/proxy_server.h"
#include "mock_server/sandbox/system_sources.h"
#include "mock_server/server.h"
#include "mock_server/tls/https.h"
#include "mock_server/wire/listener.h"

namespace heygen::mock {

// "http://127.0.0.1:8765"; IPv6 in brackets.
std::string url_of(std::string_view scheme, const std::string& host, std::uint16_t port);

// Thread-safe.
class Doors {
 public:
  struct Serving {
    wire::Handler handler;
    wire::OnBadRequest on_bad_request;
  };
  // Options and clock must outlive it.
  Doors(const ServerOptions& options, const Clock& clock, Serving serving);
  ~Doors() { stop(); }
  Doors(const Doors&) = delete;
  Doors& operator=(const Doors&) = delete;

  // What the options ask for. "", or one line that names the mend.
  std::string open();
  Server::Opened open_https(const HttpsOptions& options);
  // For good.
  void stop();

  // Those of open(); unchanged afterwards.
  [[nodiscard]] const std::string& https_url() const noexcept { return https_url_; }
  [[nodiscard]] const std::string& proxy_url() const noexcept { return proxy_url_; }
  [[nodiscard]] std::size_t open_connections() const;
  [[nodiscard]] std::string ca_pem() const;
  [[nodiscard]] std::string ca_file() const;

 private:
  // Both "" when all is well, else why not.
  std::string open_proxy(const ProxyOptions& options);
  std::string need_identity();
  [[nodiscard]] wire::Listener::Options listen_on(const std::string& host, std::uint16_t port,
                                                  const char* flag) const;

  const ServerOptions& options_;
  const Clock& clock_;
  SystemRandom random_;  // of certificates, which no seed may make guessable
  const Serving serving_;
  std::string https_url_;
  std::string proxy_url_;
  std::string bundle_file_;
  mutable std::mutex mutex_;
  bool stopped_ = false;
  std::optional<tls::Identity> identity_;
  std::vector<tls::Https> https_;
  std::unique_ptr<proxy::ProxyServer> proxy_;
};

}  // namespace heygen::mock
