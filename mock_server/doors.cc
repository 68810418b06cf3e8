#include "mock_server/doors.h"

#include <stdexcept>
#include <utility>

#include "mock_server/tls/trust_bundle.h"

namespace heygen::mock {
namespace {

// Whoever was refused in the dark asks here.
void log_handshake(const ServerOptions& options, const tls::Handshake& handshake,
                   const std::string& ca_file) {
  if (handshake.complete || !options.log) return;
  const std::string whom = handshake.server_name.empty() ? "" : " for " + handshake.server_name;
  const std::string ca = ca_file.empty() ? "its CA" : ca_file;
  options.log("a TLS client" + whom + " was not served: " + handshake.reason +
              "; clients trust this server by " + ca);
}

}  // namespace

std::string url_of(std::string_view scheme, const std::string& host, std::uint16_t port) {
  const bool v6 = host.find(':') != std::string::npos;
  return std::string{scheme} + "://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Doors::Doors(const ServerOptions& options, const Clock& clock, Serving serving)
    : options_(options), clock_(clock), serving_(std::move(serving)) {}

std::string Doors::open() {
  if (options_.https) {
    auto opened = open_https(*options_.https);
    if (!opened.error.empty()) return std::move(opened.error);
    https_url_ = std::move(opened.url);
  }
  if (options_.proxy) return open_proxy(*options_.proxy);
  return {};
}

std::string Doors::open_proxy(const ProxyOptions& options) {
  const std::lock_guard lock(mutex_);
  try {
    if (auto error = need_identity(); !error.empty()) return error;
    if (options.pass_through && !options_.state_dir.empty()) {
      auto written = tls::write_trust_bundle(options_.state_dir, identity_->authority->pem());
      if (auto* const error = std::get_if<std::string>(&written)) return std::move(*error);
      bundle_file_ = std::move(std::get<tls::TrustBundle>(written).file);
    }
    auto started =
        proxy::ProxyServer::start({listen_on(options.host, options.port, "--proxy"),
                                   serving_.handler, options.fault, options.pass_through},
                                  *identity_);
    if (!started.server) return std::move(started.error);
    proxy_ = std::move(started.server);
    proxy_url_ = url_of("http", options.host, proxy_->port());
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

std::string Doors::need_identity() {
  if (identity_) return {};
  std::vector<std::string> hosts{options_.host};
  if (options_.https) hosts.push_back(options_.https->host);
  auto names = tls::served_names(hosts, options_.host_suffixes);
  std::shared_ptr<const tls::Authority> authority;
  if (options_.state_dir.empty()) {
    authority = tls::Authority::make(names, clock_, random_);
  } else {
    auto found = tls::Authority::load_or_make(options_.state_dir, names, clock_, random_);
    if (auto* const error = std::get_if<std::string>(&found)) return std::move(*error);
    authority = std::get<std::shared_ptr<const tls::Authority>>(std::move(found));
    if (authority->origin() == tls::Authority::Origin::replaced && options_.log) {
      options_.log("made a new certificate authority, which clients have yet to trust: " +
                   authority->file());
    }
  }
  const auto on_handshake = [this, file = authority->file()](const tls::Handshake& handshake) {
    log_handshake(options_, handshake, file);
    if (options_.on_handshake) options_.on_handshake(handshake);
  };
  identity_.emplace(
      tls::Identity{std::move(authority), std::move(names), clock_, random_, on_handshake});
  return {};
}

Server::Opened Doors::open_https(const HttpsOptions& options) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return {{}, "the server has stopped"};
  try {
    if (auto error = need_identity(); !error.empty()) return {{}, std::move(error)};
  } catch (const std::runtime_error& error) {
    return {{}, error.what()};
  }
  auto started = tls::start_https(listen_on(options.host, options.port, "--https"),
                                  serving_.handler, *identity_, options.fault);
  if (!started.https.listener) return {{}, std::move(started.error)};
  const auto port = started.https.listener->port();
  https_.push_back(std::move(started.https));
  return {url_of("https", options.host, port), {}};
}

wire::Listener::Options Doors::listen_on(const std::string& host, std::uint16_t port,
                                         const char* flag) const {
  wire::Listener::Options listen;
  listen.host = host;
  listen.port = port;
  listen.flag = flag;
  listen.log = options_.log;
  listen.on_bad_request = serving_.on_bad_request;
  return listen;
}

void Doors::stop() {
  std::vector<tls::Https> open;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    open.swap(https_);
  }
  for (const auto& https : open) https.listener->stop();
  if (proxy_) proxy_->stop();
}

std::size_t Doors::open_connections() const {
  const std::lock_guard lock(mutex_);
  std::size_t open = proxy_ ? proxy_->open_connections() : 0;
  for (const auto& https : https_) open += https.listener->open_connections();
  return open;
}

std::string Doors::ca_pem() const {
  const std::lock_guard lock(mutex_);
  return identity_ ? identity_->authority->pem() : "";
}

std::string Doors::ca_file() const {
  const std::lock_guard lock(mutex_);
  if (!bundle_file_.empty()) return bundle_file_;
  return identity_ ? identity_->authority->file() : "";
}

}  // namespace heygen::mock
