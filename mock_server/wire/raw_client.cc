#include "mock_server/wire/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

namespace heygen::mock::wire::testing {
namespace {

constexpr int kPatienceMs = 20'000;  // a test that waits longer has failed

}  // namespace

RawClient::RawClient(std::uint16_t port, int receive_buffer) {
  UniqueFd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (receive_buffer > 0) {
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    fd_ = std::move(fd);
  }
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void RawClient::finish() { ::shutdown(fd_.get(), SHUT_WR); }

std::string RawClient::some(std::size_t size) {
  if (buffer_.empty()) fill();
  const auto taken = buffer_.substr(0, size);
  buffer_.erase(0, taken.size());
  return taken;
}

bool RawClient::fill() {
  if (end_ != End::open) return false;
  pollfd polled{fd_.get(), POLLIN, 0};
  if (::poll(&polled, 1, kPatienceMs) != 1) return false;
  std::array<char, 16384> bytes{};
  const auto count = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
  if (count <= 0) {
    end_ = count == 0 ? End::fin : End::reset;
    return false;
  }
  buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

std::string RawClient::until(std::string_view text) {
  std::size_t found = 0;
  while ((found = buffer_.find(text)) == std::string::npos && fill()) {
  }
  const auto size = found == std::string::npos ? buffer_.size() : found + text.size();
  const auto taken = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return taken;
}

std::string RawClient::response() {
  auto head = until("\r\n\r\n");
  constexpr std::string_view field = "Content-Length: ";
  const auto at = head.find(field);
  std::size_t length = 0;
  if (at != std::string::npos) {
    std::from_chars(head.data() + at + field.size(), head.data() + head.size(), length);
  }
  while (buffer_.size() < length && fill()) {
  }
  head += buffer_.substr(0, length);
  buffer_.erase(0, std::min(length, buffer_.size()));
  return head;
}

std::string RawClient::rest() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

std::string request(std::string_view method, std::string_view target, std::string_view body,
                    std::string_view fields) {
  std::string text;
  text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  text.append(fields);
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text.append("\r\n").append(body);
}

int status_of(std::string_view response) {
  int status = 0;
  if (response.starts_with("HTTP/1.1 ") && response.size() >= 12) {
    std::from_chars(response.data() + 9, response.data() + 12, status);
  }
  return status;
}

std::string body_of(std::string_view response) {
  const auto end = response.find("\r\n\r\n");
  return end == std::string_view::npos ? "" : std::string(response.substr(end + 4));
}

}  // namespace heygen::mock::wire::testing
