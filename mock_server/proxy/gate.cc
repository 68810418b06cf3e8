#include "mock_server/proxy/gate.h"

#include <utility>

#include "mock_server/core/uri.h"
#include "mock_server/proxy/tunnel_transport.h"
#include "mock_server/tls/names.h"

namespace heygen::mock::proxy {
namespace {

constexpr std::uint16_t kHttps = 443;
constexpr std::uint16_t kHttp = 80;

constexpr std::string_view kOthersAreRefused =
    "only app.heygen.com, api2.heygen.com and api.heygen.com are answered here; tunnels to others "
    "need --proxy-pass-through";
constexpr std::string_view kGoDirectly =
    "this machine is reached without a proxy: set NO_PROXY=localhost,127.0.0.1,::1";

std::string_view why_refused(const Target& target) {
  const bool v6 = target.host.find(':') != std::string::npos;
  return is_loopback_host(v6 ? "[" + target.host + "]" : target.host, true) ? kGoDirectly
                                                                            : kOthersAreRefused;
}

}  // namespace

wire::Response Gate::answer(wire::Request&& request) const {
  if (request.tunnel) return settings_.vendor(std::move(request));
  if (request.method == "CONNECT") return connect(request);
  if (!request.target.starts_with('/')) return forward(request);
  return refuse(400, request.method,
                "this is a proxy's port: name it in HTTPS_PROXY, and call the mock itself at its "
                "own address");
}

wire::Response Gate::connect(const wire::Request& request) const {
  const auto target = parse_target(request.target);
  if (!target) return refuse(400, "CONNECT", "the target is not HOST:PORT");
  const std::string what = "CONNECT " + request.target;
  if (!request.body.empty()) return refuse(400, what, "CONNECT has no body");
  if (!tls::is_vendor_host(target->host)) {
    if (settings_.elsewhere) return settings_.elsewhere(request, *target);
    return refuse(403, what, why_refused(*target));
  }
  if (target->port != kHttps && target->port != kHttp) {
    return refuse(403, what, "the vendor's hosts are answered on the ports 443 and 80");
  }
  const auto* const acceptor = target->port == kHttps ? settings_.acceptor : nullptr;
  wire::Response response;
  response.upgrade = [acceptor, tunnel = wire::Tunnel{request.target, proxy_user(request.headers)}](
                         std::unique_ptr<wire::Transport> outer, std::string early) {
    auto inside = make_tunnel(std::move(outer), tunnel, std::move(early));
    return acceptor == nullptr ? std::move(inside) : acceptor->accept(std::move(inside));
  };
  return response;
}

// A plain http:// request in absolute form (RFC 9112 §3.2.2).
wire::Response Gate::forward(const wire::Request& request) const {
  const auto target = parse_absolute(request.target);
  if (!target) return refuse(400, request.method, "the target is neither http:// nor HOST:PORT");
  const std::string what = request.method + " http://" + target->host;
  if (!tls::is_vendor_host(target->host)) return refuse(403, what, why_refused(*target));
  wire::Request inside = request;
  const auto path = inside.target.find_first_of("/?", sizeof("http://") - 1);
  inside.target.erase(0, path);
  if (!inside.target.starts_with('/')) inside.target.insert(0, "/");
  inside.tunnel =
      wire::Tunnel{target->host + ":" + std::to_string(target->port), proxy_user(request.headers)};
  inside.headers.remove("Proxy-Authorization");  // for the proxy alone (RFC 9110 §11.7.2)
  inside.headers.remove("Proxy-Connection");
  return settings_.vendor(std::move(inside));
}

wire::Response Gate::refuse(int status, const std::string& what, std::string_view why) const {
  if (settings_.log) settings_.log("proxy: refused " + what + ": " + std::string{why});
  wire::Response response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  response.body = "heygen-mock-server's proxy: " + std::string{why} + "\n";
  return response;
}

}  // namespace heygen::mock::proxy
