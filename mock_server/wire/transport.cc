#include "mock_server/wire/transport.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace heygen::mock::wire {
namespace {

IoResult failure() noexcept {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return {IoResult::Kind::again, 0, true};
  return {IoResult::Kind::broken, 0, true};
}

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(UniqueFd socket) : socket_(std::move(socket)) {}

  IoResult read(std::span<char> into) override {
    for (;;) {
      const auto count = ::recv(socket_.get(), into.data(), into.size(), 0);
      if (count > 0) {
        const auto bytes = static_cast<std::size_t>(count);
        // A short read emptied the queue (epoll(7)): no second recv is needed to be told so.
        return {IoResult::Kind::ok, bytes, bytes < into.size()};
      }
      if (count == 0) return {IoResult::Kind::ended, 0, true};
      if (errno != EINTR) return failure();
    }
  }

  IoResult write(std::string_view bytes) override {
    for (;;) {
      const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count >= 0) return {IoResult::Kind::ok, static_cast<std::size_t>(count), false};
      if (errno != EINTR) return failure();
    }
  }

  void shutdown_write() noexcept override { ::shutdown(socket_.get(), SHUT_WR); }
  [[nodiscard]] int fd() const noexcept override { return socket_.get(); }
  [[nodiscard]] std::string_view scheme() const noexcept override { return "http"; }

 private:
  UniqueFd socket_;
};

}  // namespace

std::unique_ptr<Transport> make_plain_transport(UniqueFd socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

bool is_broken(int fd) noexcept {
  pollfd polled{fd, 0, 0};  // errors and hang-ups are reported unasked
  return ::poll(&polled, 1, 0) == 1;
}

void close_by_reset(int fd) noexcept {
  const linger abortive{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &abortive, sizeof abortive);
}

}  // namespace heygen::mock::wire
