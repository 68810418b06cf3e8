#include "mock_server/proxy/relay.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

namespace heygen::mock::proxy {
namespace {

using wire::IoResult;
using wire::Transport;

constexpr int kIdleMs = 10 * 60 * 1'000;

// One way of a tunnel: what was read from one side and is not yet written to the other.
class Way {
 public:
  Way(Transport& from, Transport& to, std::string early)
      : from_(from), to_(to), early_(std::move(early)), pending_(early_) {}

  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool wants_read() const { return !ended_ && pending_.empty(); }
  [[nodiscard]] bool wants_write() const { return !pending_.empty(); }

  // Moves what can be moved now. False when the tunnel is broken.
  bool move() {
    for (;;) {
      if (pending_.empty()) {
        if (ended_) return true;
        const auto got = from_.read(buffer_);
        if (got.kind == IoResult::Kind::again) return true;
        if (got.kind == IoResult::Kind::broken) return false;
        if (got.kind == IoResult::Kind::ended) {
          ended_ = true;
          to_.shutdown_write();
          return true;
        }
        pending_ = {buffer_.data(), got.bytes};
      }
      const auto put = to_.write(pending_);
      if (put.kind == IoResult::Kind::again) return true;
      if (put.kind != IoResult::Kind::ok) return false;
      pending_.remove_prefix(put.bytes);
    }
  }

 private:
  Transport& from_;
  Transport& to_;
  std::string early_;
  std::array<char, std::size_t{16} * 1024> buffer_{};
  std::string_view pending_;
  bool ended_ = false;
};

short events_for(const Way& out_of, const Way& into) {
  return static_cast<short>((out_of.wants_read() ? POLLIN : 0) |
                            (into.wants_write() ? POLLOUT : 0));
}

void pass_on(Transport& near, Transport& far, std::string early) {
  Way there(near, far, std::move(early));
  Way back(far, near, {});
  while (there.move() && back.move() && !(there.ended() && back.ended())) {
    std::array<pollfd, 2> polled{pollfd{near.fd(), events_for(there, back), 0},
                                 pollfd{far.fd(), events_for(back, there), 0}};
    // A side of which nothing is wanted is not watched: its hang-up would wake us for ever.
    for (auto& side : polled) {
      if (side.events == 0) side.fd = -1;
    }
    if (::poll(polled.data(), polled.size(), kIdleMs) <= 0) return;
  }
}

}  // namespace

bool Relay::full() const {
  const std::lock_guard lock(mutex_);
  return stopped_ ||
         std::ranges::count(tunnels_, false, &Tunnel::done) >= static_cast<std::ptrdiff_t>(kMost);
}

void Relay::join(std::unique_ptr<Transport> near, std::unique_ptr<Transport> far,
                 std::string early) {
  const std::lock_guard lock(mutex_);
  reap();
  if (stopped_ || tunnels_.size() >= kMost) return;
  auto& tunnel = tunnels_.emplace_back();
  tunnel.near = std::move(near);
  tunnel.far = std::move(far);
  tunnel.early = std::move(early);
  try {
    tunnel.thread = wire::Thread([this, &tunnel] { run(tunnel); });
  } catch (const std::system_error&) {
    tunnels_.pop_back();  // no thread to be had: as if there were no room
  }
}

void Relay::run(Tunnel& tunnel) {
  pass_on(*tunnel.near, *tunnel.far, std::move(tunnel.early));
  ::shutdown(tunnel.near->fd(), SHUT_RDWR);
  ::shutdown(tunnel.far->fd(), SHUT_RDWR);
  const std::lock_guard lock(mutex_);
  tunnel.done = true;
}

void Relay::reap() {
  std::erase_if(tunnels_, [](const Tunnel& tunnel) { return tunnel.done; });
}

void Relay::stop() {
  std::list<Tunnel> open;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (const auto& tunnel : tunnels_) {
      ::shutdown(tunnel.near->fd(), SHUT_RDWR);
      ::shutdown(tunnel.far->fd(), SHUT_RDWR);
    }
    open.splice(open.end(), tunnels_);
  }
}

}  // namespace heygen::mock::proxy
