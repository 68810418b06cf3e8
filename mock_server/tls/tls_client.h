// For tests: a TLS client that trusts one certificate, or nobody, and shows what came.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace heygen::mock::tls::testing {

struct TlsClientOptions {
  std::string ca_pem = {};  // trusted; "": nothing is
  bool verify = true;       // chain, name constraints and name
  std::string name = {};    // asked for and verified; an address is verified only. "": neither
  int min_version = 0;      // TLS1_2_VERSION, …; 0: OpenSSL's own
  int max_version = 0;
  std::string_view alpn = {};   // as on the wire: "\x08http/1.1"
  std::string connect_to = {};  // sends CONNECT for this "HOST:PORT" first
};

class TlsClient {
 public:
  // To 127.0.0.1. Handshakes at once.
  TlsClient(std::uint16_t port, const TlsClientOptions& options);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  [[nodiscard]] bool connected() const noexcept;
  [[nodiscard]] const std::string& error() const noexcept;  // why not: OpenSSL's words
  [[nodiscard]] std::string proxy_answer() const;           // the head of CONNECT's answer
  [[nodiscard]] std::string version() const;                // "TLSv1.3"
  [[nodiscard]] std::string protocol() const;               // by ALPN; ""
  [[nodiscard]] std::string certificate_pem() const;        // the server's

  bool send(std::string_view bytes);
  // Head and body, by Content-Length.
  std::string response();
  // Up to the end of the connection.
  std::string rest();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heygen::mock::tls::testing
