// The server's end of one TLS connection. For this folder's .cc files.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "mock_server/tls/acceptor.h"
#include "mock_server/tls/transport_bio.h"

namespace heygen::mock::tls {

class ServerTransport final : public wire::Transport {
 public:
  // All references must outlive it.
  ServerTransport(SSL_CTX& context, const BIO_METHOD& method, const OnHandshake& on_handshake,
                  std::unique_ptr<wire::Transport> inner);
  ~ServerTransport() override;
  ServerTransport(const ServerTransport&) = delete;
  ServerTransport& operator=(const ServerTransport&) = delete;

  wire::IoResult read(std::span<char> into) override;
  wire::IoResult write(std::string_view bytes) override;
  void shutdown_write() noexcept override;
  [[nodiscard]] int fd() const noexcept override { return end_.transport->fd(); }
  [[nodiscard]] std::string_view scheme() const noexcept override { return "https"; }
  [[nodiscard]] bool opening() const noexcept override { return phase_ == Phase::opening; }
  [[nodiscard]] const wire::Tunnel* tunnel() const noexcept override {
    return end_.transport->tunnel();
  }

 private:
  enum class Phase : std::uint8_t { opening, open, failed };

  wire::IoResult handshake();
  wire::IoResult failure(int result);
  void report(std::string reason);
  void answer_plain_http();

  const OnHandshake& on_handshake_;
  TransportEnd end_;
  Session session_;
  Phase phase_ = Phase::opening;
};

}  // namespace heygen::mock::tls
