// What a listener is told when it starts.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "mock_server/wire/head.h"
#include "mock_server/wire/message.h"
#include "mock_server/wire/transport.h"

namespace heygen::mock::wire {

// Called on a worker thread; it may block (the pool of workers grows meanwhile) and must be safe to
// call from several threads at once. What it throws becomes a 500; the text goes to the log only.
// The request is the handler's to keep; one that only reads may take it as const Request&.
using Handler = std::function<Response(Request&&)>;

// Makes the answer to bytes that are no request: `partial` is what could be read of it, `reason`
// one line for a person. Called on any thread of the listener; must not block.
using OnBadRequest =
    std::function<Response(const Request& partial, int status, std::string_view reason)>;

// Called on any thread of the listener; must not block.
using LogError = std::function<void(std::string_view)>;

struct ListenerOptions {
  std::string host = "127.0.0.1";  // a name or an address, IPv6 without brackets
  std::uint16_t port = 0;          // 0: any free one; Listener::port() tells which
  std::string flag = "--listen";   // what a bind error tells the user to change

  FramingLimits limits;
  // Beyond it the oldest idle or half-sent ones are closed. It is lowered to what the process may
  // open, after the soft limit of descriptors has been raised as far as it goes.
  std::size_t max_connections = 10'000;
  // What requests of more than 16 KiB may take until they are answered, all together. Beyond it who
  // sends more of one is answered 503; smaller ones are always taken.
  std::size_t held_bytes = std::size_t{64} * 1024 * 1024;
  std::chrono::milliseconds opening_timeout{
      10'000};                                     // of a TLS handshake, from the first byte of TCP
  std::chrono::milliseconds idle_timeout{75'000};  // between requests
  std::chrono::milliseconds request_timeout{30'000};  // from a request's first byte to its last
  std::chrono::milliseconds write_timeout{30'000};    // while the peer takes nothing
  std::chrono::milliseconds linger_timeout{2'000};    // after our FIN, for the peer's
  std::chrono::milliseconds drain_timeout{5'000};     // of stop(), for requests in flight
  std::size_t stream_queue_bytes = std::size_t{256} * 1024;  // Outbox

  std::size_t workers = 0;  // 0: one for each processor
  std::size_t max_workers = 512;

  OnBadRequest on_bad_request;   // default: one line of text/plain
  LogError log;                  // default: nowhere
  MakeTransport make_transport;  // default: plain sockets
};

}  // namespace heygen::mock::wire
