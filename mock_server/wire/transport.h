// How a connection's bytes come and go: the seam at which TLS slots in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "mock_server/wire/unique_fd.h"

namespace heygen::mock::wire {

struct Tunnel;

struct IoResult {
  enum class Kind : std::uint8_t {
    ok,      // `bytes` were moved, at least one
    again,   // nothing now; the socket's next event will tell
    ended,   // read: the peer has sent all it will send
    broken,  // the connection is gone
  };
  Kind kind = Kind::ok;
  std::size_t bytes = 0;
  bool drained = false;      // read: nothing more was there, so the next bytes bring an event
  bool wants_write = false;  // read, again: it goes on once the socket takes bytes
};

// Non-blocking. Not thread-safe, but used by one thread at a time, whichever that is.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual IoResult read(std::span<char> into) = 0;
  virtual IoResult write(std::string_view bytes) = 0;
  // Says that nothing more will be written (FIN), while reading goes on.
  virtual void shutdown_write() noexcept = 0;
  // The descriptor to wait on; destruction closes it.
  [[nodiscard]] virtual int fd() const noexcept = 0;
  // "http" or "https", for Request::scheme.
  [[nodiscard]] virtual std::string_view scheme() const noexcept = 0;
  // True while the peers still negotiate: ListenerOptions::opening_timeout bounds it.
  [[nodiscard]] virtual bool opening() const noexcept { return false; }
  // For Request::tunnel; null outside of one.
  [[nodiscard]] virtual const Tunnel* tunnel() const noexcept { return nullptr; }
};

// Makes the transport of an accepted socket; called on the accepting thread, must not block.
using MakeTransport = std::function<std::unique_ptr<Transport>(UniqueFd)>;

[[nodiscard]] std::unique_ptr<Transport> make_plain_transport(UniqueFd socket);

// Whether the socket is at an end in both directions, or failed.
[[nodiscard]] bool is_broken(int fd) noexcept;

// Makes the closing of the socket an RST (SO_LINGER of 0).
void close_by_reset(int fd) noexcept;

}  // namespace heygen::mock::wire
