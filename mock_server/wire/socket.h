// Listening sockets: bound, listening, and their callers.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "mock_server/wire/message.h"
#include "mock_server/wire/unique_fd.h"

namespace heygen::mock::wire {

struct ListeningSocket {
  UniqueFd fd;
  std::uint16_t port = 0;
};

// The socket, or one line that names what is wrong and the flag to change: "127.0.0.1:8765 is in
// use: choose another with --listen HOST:PORT".
[[nodiscard]] std::variant<ListeningSocket, std::string> listen_on(const std::string& host,
                                                                   std::uint16_t port,
                                                                   const std::string& flag);

struct Accepted {
  enum class Kind : std::uint8_t {
    caller,
    none,       // nobody is waiting
    exhausted,  // no descriptor or memory for the one who is
  };
  Kind kind = Kind::none;
  UniqueFd fd;  // non-blocking, TCP_NODELAY
  Peer peer;
};

[[nodiscard]] Accepted accept_from(int listening_fd);

// Raises the soft limit of open descriptors to the hard one when fewer than `wanted` are allowed;
// the limit that then holds. Process-wide.
std::size_t raise_descriptor_limit(std::size_t wanted) noexcept;

}  // namespace heygen::mock::wire
