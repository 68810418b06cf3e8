#include "mock_server/proxy/dial.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

namespace heygen::mock::proxy {
namespace {

using wire::UniqueFd;

// Also the unspecified addresses, which reach this machine too.
bool is_this_machine(const addrinfo& at) {
  if (at.ai_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, at.ai_addr, sizeof address);
    const auto host = ntohl(address.sin_addr.s_addr);
    return host >> 24U == 127 || host == INADDR_ANY;
  }
  sockaddr_in6 address{};
  std::memcpy(&address, at.ai_addr, sizeof address);
  const auto& bytes = address.sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&bytes) || IN6_IS_ADDR_UNSPECIFIED(&bytes) ||
         (IN6_IS_ADDR_V4MAPPED(&bytes) && bytes.s6_addr[12] == 127);
}

// 0, or errno.
int connect_to(const addrinfo& at, std::chrono::milliseconds timeout, UniqueFd& out) {
  UniqueFd fd{::socket(at.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!fd.valid()) return errno;
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  int error = 0;
  if (::connect(fd.get(), at.ai_addr, at.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return errno;
    pollfd polled{fd.get(), POLLOUT, 0};
    if (::poll(&polled, 1, static_cast<int>(timeout.count())) != 1) return ETIMEDOUT;
    socklen_t size = sizeof error;
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  }
  if (error == 0) out = std::move(fd);
  return error;
}

}  // namespace

std::variant<UniqueFd, std::string> dial(const Target& target, std::uint16_t own_port,
                                         std::chrono::milliseconds timeout) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int failure =
      ::getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &list);
  if (failure != 0) return "there is no host " + target.host + " (" + ::gai_strerror(failure) + ")";
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  int error = 0;
  for (const auto* at = list; at != nullptr; at = at->ai_next) {
    if (target.port == own_port && is_this_machine(*at)) return "that is this proxy itself";
    UniqueFd fd;
    error = connect_to(*at, timeout, fd);
    if (error == 0) return fd;
  }
  return target.host + " cannot be reached (" + std::generic_category().message(error) + ")";
}

}  // namespace heygen::mock::proxy
