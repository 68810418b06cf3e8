#include "conformance/flood.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace heygen::conformance {
namespace {

using mock::wire::UniqueFd;

constexpr std::size_t kPiece = std::size_t{64} * 1024;

// Whoever takes nothing for so long is gone, or hangs; and destruction waits no longer.
void bound_waiting(int fd) {
  constexpr timeval kPatience{2, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
}

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

Flood::Flood(std::uint64_t most)
    : most_(most), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  const bool listens = listener_.valid() && ::bind(listener_.get(), any, size) == 0 &&
                       ::listen(listener_.get(), SOMAXCONN) == 0 &&
                       ::getsockname(listener_.get(), any, &size) == 0;
  if (!listens) throw std::runtime_error("no port for a server whose answers do not end");
  port_ = ntohs(address.sin_port);
  server_ = std::thread([this] { serve(); });
}

Flood::~Flood() {
  over_ = true;
  ::shutdown(listener_.get(), SHUT_RDWR);
  server_.join();
}

std::string Flood::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

void Flood::serve() {
  while (!over_) {
    const UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection.valid()) continue;
    bound_waiting(connection.get());
    answer(connection.get());
  }
}

void Flood::answer(int connection) {
  // What is asked does not matter; an answer before the end of the request would look like a reset.
  std::array<char, 4096> request{};
  if (::recv(connection, request.data(), request.size(), 0) <= 0) return;
  ++requests_;
  if (!send_all(connection,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n")) {
    return;
  }
  const std::string piece(kPiece, ' ');
  std::uint64_t sent = 0;
  while (sent < most_ && !over_ && send_all(connection, piece)) sent += piece.size();
  taken_ = std::max(taken_.load(), sent);
  // Closed with a part of the request unread, the connection would be reset and the answer's end
  // lost.
  ::shutdown(connection, SHUT_WR);
  while (::recv(connection, request.data(), request.size(), 0) > 0) {
  }
}

}  // namespace heygen::conformance
