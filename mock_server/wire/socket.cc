#include "mock_server/wire/socket.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

namespace heygen::mock::wire {
namespace {

constexpr int kBacklog = 4096;  // the kernel lowers it to net.core.somaxconn

std::string authority(const std::string& host, std::uint16_t port) {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string bind_error(const std::string& where, const std::string& flag, int error) {
  const std::string mend = ": choose another with " + flag + " HOST:PORT";
  switch (error) {
    case EADDRINUSE:
      return where + " is in use" + mend;
    case EADDRNOTAVAIL:
      return where + " is not an address of this machine" + mend;
    case EACCES:
      return where + " may only be bound by root" + mend;
    default:
      return where + " cannot be bound (" + std::generic_category().message(error) + ")" + mend;
  }
}

void set_flag(int fd, int level, int option) noexcept {
  const int on = 1;
  ::setsockopt(fd, level, option, &on, sizeof on);
}

std::uint16_t port_of(const sockaddr_storage& address) noexcept {
  sockaddr_in in{};
  sockaddr_in6 in6{};
  if (address.ss_family == AF_INET) {
    std::memcpy(&in, &address, sizeof in);
    return ntohs(in.sin_port);
  }
  std::memcpy(&in6, &address, sizeof in6);
  return ntohs(in6.sin6_port);
}

Peer peer_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  Peer peer;
  peer.port = port_of(address);
  in_addr v4{};
  bool is_v4 = address.ss_family == AF_INET;
  if (is_v4) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    v4 = in.sin_addr;
  } else {
    sockaddr_in6 in6{};
    std::memcpy(&in6, &address, sizeof in6);
    is_v4 = IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr);
    if (is_v4) {
      std::memcpy(&v4, &in6.sin6_addr.s6_addr[12], sizeof v4);
    } else {
      peer.loopback = IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
      ::inet_ntop(AF_INET6, &in6.sin6_addr, text.data(), text.size());
    }
  }
  if (is_v4) {
    peer.loopback = (ntohl(v4.s_addr) >> 24U) == 127;
    ::inet_ntop(AF_INET, &v4, text.data(), text.size());
  }
  peer.address = text.data();
  return peer;
}

}  // namespace

std::variant<ListeningSocket, std::string> listen_on(const std::string& host, std::uint16_t port,
                                                     const std::string& flag) {
  const auto where = authority(host, port);
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list) != 0) {
    return "'" + host + "' is no address that can be listened on: choose another with " + flag +
           " HOST:PORT";
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  int error = EADDRNOTAVAIL;
  for (const auto* at = list; at != nullptr; at = at->ai_next) {
    ListeningSocket found;
    found.fd = UniqueFd{::socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!found.fd.valid()) {
      error = errno;
      continue;
    }
    set_flag(found.fd.get(), SOL_SOCKET, SO_REUSEADDR);
    set_flag(found.fd.get(), IPPROTO_TCP, TCP_NODELAY);  // accepted sockets inherit it
    if (::bind(found.fd.get(), at->ai_addr, at->ai_addrlen) != 0 ||
        ::listen(found.fd.get(), kBacklog) != 0) {
      error = errno;
      continue;
    }
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    ::getsockname(found.fd.get(), reinterpret_cast<sockaddr*>(&bound), &size);
    found.port = port_of(bound);
    return found;
  }
  return bind_error(where, flag, error);
}

Accepted accept_from(int listening_fd) {
  for (;;) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    UniqueFd fd{::accept4(listening_fd, reinterpret_cast<sockaddr*>(&address), &size,
                          SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (fd.valid()) return {Accepted::Kind::caller, std::move(fd), peer_of(address)};
    switch (errno) {
      case EAGAIN:
        return {Accepted::Kind::none, {}, {}};
      case EMFILE:
      case ENFILE:
      case ENOBUFS:
      case ENOMEM:
        return {Accepted::Kind::exhausted, {}, {}};
      default:
        break;  // the caller has gone already, or a network error of his: the next one
    }
  }
}

std::size_t raise_descriptor_limit(std::size_t wanted) noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  if (limit.rlim_cur < wanted && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, wanted);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  return limit.rlim_cur;
}

}  // namespace heygen::mock::wire
