// HTTPS on a port of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "mock_server/tls/acceptor.h"
#include "mock_server/wire/listener.h"

namespace heygen::mock::tls {

// What every TLS port of one server shares.
struct Identity {
  std::shared_ptr<const Authority> authority;
  Names names;
  const Clock& clock;    // outlives the ports
  RandomSource& random;  // likewise
  OnHandshake handshaked;
};

[[nodiscard]] std::unique_ptr<Acceptor> make_acceptor(const Identity& identity, TlsFault fault);

// Serving while it lives.
struct Https {
  std::unique_ptr<Acceptor> acceptor;  // null when there is no TLS on purpose
  std::unique_ptr<wire::Listener> listener;
};
struct HttpsStarted {
  Https https;
  std::string error;  // when there is no listener: one line that names the mend
};
// `options` but for the transport, which is made here.
[[nodiscard]] HttpsStarted start_https(wire::Listener::Options options, wire::Handler handler,
                                       const Identity& identity, TlsFault fault);

}  // namespace heygen::mock::tls
