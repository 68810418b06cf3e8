// TLS for accepted connections: version 1.2 and up, HTTP/1.1 alone, the certificate by the name
// that the client asks for.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "mock_server/tls/leaves.h"
#include "mock_server/wire/transport.h"

namespace heygen::mock::tls {

// What became of a handshake.
struct Handshake {
  std::string server_name;  // that the client asked for; "" when it asked for none
  bool complete = false;
  std::string reason;  // when it is not: one line for a person
};
// Called on any thread of the listener; must not block.
using OnHandshake = std::function<void(const Handshake&)>;

// Thread-safe. Must outlive its transports.
class Acceptor {
 public:
  // Throws std::runtime_error when OpenSSL cannot.
  Acceptor(std::unique_ptr<Leaves> leaves, OnHandshake on_handshake);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // The far side is a TLS client.
  [[nodiscard]] std::unique_ptr<wire::Transport> accept(
      std::unique_ptr<wire::Transport> inner) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heygen::mock::tls
