// Cuts a connection's bytes into requests. Incremental: it may be fed a byte or a megabyte at a
// time and sees the same; a request that arrives slowly costs its bytes, never a thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mock_server/wire/chunked.h"
#include "mock_server/wire/head.h"
#include "mock_server/wire/message.h"

namespace heygen::mock::wire {

struct FramedRequest {
  Request request;  // de-chunked; fields as received, in order; `peer` and `scheme` not filled in
  bool keep_alive = false;
  HttpVersion version = HttpVersion::http_1_1;
};

// Not thread-safe.
class RequestFramer {
 public:
  enum class State : std::uint8_t {
    idle,      // not one byte of a request yet
    partial,   // in the midst of one
    complete,  // take() has it
    refused,   // refusal() says why; what follows on this connection has no meaning
  };

  // Takes bytes up to the end of one request (or its refusal) and says how many; call again with
  // the rest after take().
  std::size_t feed(std::string_view bytes, const FramingLimits& limits);

  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] const Refusal& refusal() const noexcept { return refusal_; }
  // What is known of the request so far.
  [[nodiscard]] const Request& partial() const noexcept { return framed_.request; }

  // Bytes of the request so far, de-chunked.
  [[nodiscard]] std::size_t held() const noexcept {
    return head_bytes_ + framed_.request.body.size();
  }

  // True once for a request whose client waits for "100 Continue" before it sends the body.
  bool take_continue() noexcept;

  // The complete request; the framer is then ready for the next.
  FramedRequest take();

 private:
  enum class Phase : std::uint8_t { request_line, fields, body, chunks };

  // Both give the number of bytes taken.
  std::size_t feed_line(std::string_view bytes, const FramingLimits& limits);
  std::size_t feed_body(std::string_view bytes, const FramingLimits& limits);
  void on_line(std::string_view line, const FramingLimits& limits);
  void on_head_end(const FramingLimits& limits);
  void refuse(Refusal refusal);

  State state_ = State::idle;
  Phase phase_ = Phase::request_line;
  bool continue_wanted_ = false;
  bool skipped_empty_line_ = false;
  std::size_t head_bytes_ = 0;
  std::size_t body_remaining_ = 0;
  std::string line_;  // the part of a head line that has come so far
  ChunkedDecoder chunks_;
  FramedRequest framed_;
  Refusal refusal_;
};

}  // namespace heygen::mock::wire
