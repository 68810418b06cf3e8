#include "mock_server/wire/listener.h"

#include <exception>
#include <utility>
#include <variant>

#include "mock_server/wire/engine.h"

namespace heygen::mock::wire {

Listener::Started Listener::start(Options options, Handler handler) {
  auto socket = listen_on(options.host, options.port, options.flag);
  if (auto* error = std::get_if<std::string>(&socket)) return {nullptr, std::move(*error)};
  try {
    auto engine = std::make_unique<Engine>(std::move(options), std::move(handler),
                                           std::get<ListeningSocket>(std::move(socket)));
    return {std::unique_ptr<Listener>(new Listener(std::move(engine))), {}};
  } catch (const std::exception& error) {
    return {nullptr, std::string("the server cannot start: ") + error.what() +
                         "; raise the limits of processes and open files (ulimit -u, ulimit -n)"};
  }
}

Listener::Listener(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
Listener::~Listener() = default;

const std::string& Listener::host() const noexcept { return engine_->host(); }
std::uint16_t Listener::port() const noexcept { return engine_->port(); }
void Listener::stop() { engine_->stop(); }
std::size_t Listener::open_connections() const { return engine_->open_connections(); }
std::size_t Listener::held_bytes() const { return engine_->held_bytes(); }
std::size_t Listener::workers() const { return engine_->workers(); }

}  // namespace heygen::mock::wire
