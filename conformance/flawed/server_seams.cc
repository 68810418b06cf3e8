#include "conformance/flawed/server_seams.h"

#include <stdexcept>
#include <utility>

#include "mock_server/server.h"
#include "mock_server/wire/listener.h"

namespace heygen::conformance {
namespace {

using mock::wire::Listener;
using mock::wire::Request;
using mock::wire::Response;

// Each sandbox's store made anew by a function.
class MadeStores final : public mock::Stores {
 public:
  explicit MadeStores(MakeStore make) : make_(std::move(make)) {}
  mock::OpenedStore open(std::string_view) override { return {make_(), 1}; }
  void forget(std::string_view) override {}
  [[nodiscard]] std::vector<std::string> names() override { return {}; }
  [[nodiscard]] bool lasting() const noexcept override { return false; }

 private:
  const MakeStore make_;
};

bool is_control(const Request& request) {
  std::string_view path = request.path();
  if (path.starts_with("/s/")) path.remove_prefix(std::min(path.find('/', 3), path.size()));
  return path.starts_with("/_mock");
}

Response ask(const std::vector<Around>& front, std::size_t layer, const Request& request,
             mock::Server& server) {
  if (layer == front.size()) return server.answer(request);
  return front[layer](request,
                      [&](const Request& inner) { return ask(front, layer + 1, inner, server); });
}

}  // namespace

void Notes::put(std::string_view key, std::string_view value) {
  const std::lock_guard lock(mutex_);
  notes_.insert_or_assign(std::string(key), std::string(value));
}

std::optional<std::string> Notes::get(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto found = notes_.find(key);
  return found == notes_.end() ? std::nullopt : std::optional(found->second);
}

struct FlawedServer::Impl {
  std::vector<Around> front;
  std::unique_ptr<mock::Server> server;
  std::unique_ptr<Listener> listener;  // last: its threads use the rest
};

FlawedServer::FlawedServer(ServerSeams seams) : impl_(std::make_unique<Impl>()) {
  mock::ServerOptions options;
  options.blueprint.config.profile = seams.profile;
  options.blueprint.config.overrides = std::move(seams.policies);
  if (seams.store) {
    options.blueprint.stores = std::make_shared<MadeStores>(std::move(seams.store));
  }
  auto started = mock::Server::start(std::move(options));
  if (!started.server) throw std::runtime_error(started.error);
  impl_->front = std::move(seams.front);
  impl_->server = std::move(started.server);
  if (impl_->front.empty()) return;
  auto listening = Listener::start({}, [impl = impl_.get()](const Request& request) {
    return is_control(request) ? impl->server->answer(request)
                               : ask(impl->front, 0, request, *impl->server);
  });
  if (!listening.listener) throw std::runtime_error(listening.error);
  impl_->listener = std::move(listening.listener);
}

FlawedServer::~FlawedServer() {
  if (impl_->listener) impl_->listener->stop();
}

std::string FlawedServer::control_url() const {
  const auto port = impl_->listener ? impl_->listener->port() : impl_->server->port();
  return "http://127.0.0.1:" + std::to_string(port) + "/_mock";
}

}  // namespace heygen::conformance
