// An HTTP/1.1 server on one socket: framing, keep-alive, deliveries, streams.
//
//   auto started = Listener::start(options, handler);
//   if (!started.listener) fail(started.error);
//   serve_until_told(started.listener->port());   // it serves already
//
// Connections are watched by epoll and cost no thread between requests. A handler may block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "mock_server/wire/listener_options.h"
#include "mock_server/wire/message.h"

namespace heygen::mock::wire {

class Listener {
 public:
  using Options = ListenerOptions;

  struct Started {
    std::unique_ptr<Listener> listener;  // serving, or null:
    std::string error;                   // one line that names the flag to change
  };

  // SIGPIPE is never raised by what this does, and the soft limit of open descriptors may be raised
  // for the process (see Options::max_connections). Never throws for what a user can cause.
  [[nodiscard]] static Started start(Options options, Handler handler);

  ~Listener();  // stop()
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] const std::string& host() const noexcept;  // as given
  [[nodiscard]] std::uint16_t port() const noexcept;       // the real one

  // Refuses new connections, closes idle ones, lets requests in flight end (drain_timeout, then
  // their connections are closed), and returns when no thread of this listener runs any more, which
  // means: when every handler has returned. Thread-safe, but not from a handler. Later calls return
  // at once.
  void stop();

  // For tests and metrics.
  [[nodiscard]] std::size_t open_connections() const;
  [[nodiscard]] std::size_t held_bytes() const;  // see ListenerOptions
  [[nodiscard]] std::size_t workers() const;

 private:
  class Engine;
  explicit Listener(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace heygen::mock::wire
