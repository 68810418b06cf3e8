#include "mock_server/tls/https.h"

#include <stdexcept>
#include <utility>

namespace heygen::mock::tls {

std::unique_ptr<Acceptor> make_acceptor(const Identity& identity, TlsFault fault) {
  return std::make_unique<Acceptor>(
      std::make_unique<Leaves>(identity.authority, identity.names, fault, identity.clock,
                               identity.random),
      identity.handshaked);
}

HttpsStarted start_https(wire::Listener::Options options, wire::Handler handler,
                         const Identity& identity, TlsFault fault) {
  Https https;
  if (fault != TlsFault::plain_http) {
    try {
      https.acceptor = make_acceptor(identity, fault);
    } catch (const std::runtime_error& error) {
      return {{}, error.what()};
    }
    options.make_transport = [acceptor = https.acceptor.get()](wire::UniqueFd socket) {
      return acceptor->accept(wire::make_plain_transport(std::move(socket)));
    };
  }
  auto started = wire::Listener::start(std::move(options), std::move(handler));
  if (!started.listener) return {{}, std::move(started.error)};
  https.listener = std::move(started.listener);
  return {std::move(https), {}};
}

}  // namespace heygen::mock::tls
