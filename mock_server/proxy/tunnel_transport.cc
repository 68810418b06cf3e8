#include "mock_server/proxy/tunnel_transport.h"

#include <algorithm>
#include <utility>

namespace heygen::mock::proxy {
namespace {

using wire::IoResult;

class TunnelTransport final : public wire::Transport {
 public:
  TunnelTransport(std::unique_ptr<wire::Transport> inner, wire::Tunnel tunnel, std::string early)
      : inner_(std::move(inner)), tunnel_(std::move(tunnel)), early_(std::move(early)) {}

  IoResult read(std::span<char> into) override {
    if (early_.empty()) return inner_->read(into);
    const auto count = std::min(into.size(), early_.size());
    std::copy_n(early_.begin(), count, into.begin());
    early_.erase(0, count);
    return {IoResult::Kind::ok, count, false};
  }
  IoResult write(std::string_view bytes) override { return inner_->write(bytes); }
  void shutdown_write() noexcept override { inner_->shutdown_write(); }
  [[nodiscard]] int fd() const noexcept override { return inner_->fd(); }
  [[nodiscard]] std::string_view scheme() const noexcept override { return inner_->scheme(); }
  [[nodiscard]] const wire::Tunnel* tunnel() const noexcept override { return &tunnel_; }

 private:
  std::unique_ptr<wire::Transport> inner_;
  wire::Tunnel tunnel_;
  std::string early_;
};

}  // namespace

std::unique_ptr<wire::Transport> make_tunnel(std::unique_ptr<wire::Transport> inner,
                                             wire::Tunnel tunnel, std::string early) {
  return std::make_unique<TunnelTransport>(std::move(inner), std::move(tunnel), std::move(early));
}

}  // namespace heygen::mock::proxy
