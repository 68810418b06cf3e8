// HTTP over libcurl: the one real transport.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "client_under_test/lib/transport.h"

namespace heygen::client {

struct TransportOptions {
  std::chrono::milliseconds connect_timeout = std::chrono::seconds{10};
  // No exchange takes longer, whatever its request allows itself.
  std::chrono::milliseconds longest = std::chrono::seconds{30};
  std::size_t largest_body = 1024 * 1024;
  std::size_t largest_head = 64 * 1024;
  std::string ca_file{};  // PEM; empty: the system's
};

// TLS is always verified; http goes to loopback addresses only, whatever their name resolves to,
// and past any proxy. Each exchange has a connection of its own: on a kept one, libcurl would send
// a POST again when the connection turns out dead, and a code or refresh token must not be spent
// twice.
class CurlTransport final : public Transport {
 public:
  // Throws std::runtime_error when libcurl cannot be initialised.
  explicit CurlTransport(TransportOptions options = {});
  ~CurlTransport() override;
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  Result<HttpResponse> send(const HttpRequest& request) override;

 private:
  const TransportOptions options_;
};

}  // namespace heygen::client
