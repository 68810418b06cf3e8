#include "mock_server/proxy/proxy_server.h"

#include <utility>

#include "mock_server/proxy/pass_through.h"

namespace heygen::mock::proxy {
namespace {

wire::OnBadRequest told_in_plain_text_outside(wire::OnBadRequest inside) {
  return [inside = std::move(inside)](const wire::Request& partial, int status,
                                      std::string_view reason) {
    if (partial.tunnel && inside) return inside(partial, status, reason);
    wire::Response response;
    response.status = status;
    response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    response.body = "heygen-mock-server's proxy: " + std::string{reason} + "\n";
    return response;
  };
}

}  // namespace

ProxyServer::ProxyServer(const ProxySettings& settings, const tls::Identity& identity)
    : acceptor_(settings.fault == tls::TlsFault::plain_http
                    ? nullptr
                    : tls::make_acceptor(identity, settings.fault)),
      gate_([&] {
        Gate::Settings gate{settings.vendor, acceptor_.get(), {}, settings.listen.log};
        if (settings.pass_through) {
          gate.elsewhere = [this, log = settings.listen.log](const wire::Request& connect,
                                                             const Target& target) {
            port_.wait(0);
            return open_tunnel(connect, target, port_, relay_, log);
          };
        }
        return Gate(std::move(gate));
      }()) {}

ProxyServer::Started ProxyServer::start(ProxySettings settings, const tls::Identity& identity) {
  std::unique_ptr<ProxyServer> server(new ProxyServer(settings, identity));
  settings.listen.on_bad_request =
      told_in_plain_text_outside(std::move(settings.listen.on_bad_request));
  auto started = wire::Listener::start(std::move(settings.listen),
                                       [gate = &server->gate_](wire::Request&& request) {
                                         return gate->answer(std::move(request));
                                       });
  if (!started.listener) return {nullptr, std::move(started.error)};
  server->listener_ = std::move(started.listener);
  server->port_ = server->listener_->port();
  server->port_.notify_all();
  return {std::move(server), {}};
}

void ProxyServer::stop() {
  if (listener_) listener_->stop();
  relay_.stop();
}

}  // namespace heygen::mock::proxy
