// The lines of a request's head: each judged by itself, then the whole for how its body is framed
// (RFC 9112 §2 to §6). Strict on purpose: whatever two parsers could read differently is refused,
// so that nothing can be smuggled past a proxy in front.
//
// Pure functions; safe to use from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mock_server/wire/message.h"

namespace heygen::mock::wire {

struct FramingLimits {
  std::size_t head_bytes =
      std::size_t{32} * 1024;  // request line and header fields together, else 431
  std::size_t fields = 100;    // header fields, else 431
  std::size_t target_bytes = std::size_t{16} * 1024;  // else 414
  std::size_t body_bytes = std::size_t{1024} * 1024;  // after de-chunking, else 413
};

// The reason of a refusal, for whoever looks for it in a journal: a line end, a NUL, a DEL.
inline constexpr std::string_view kControlInField =
    "a header field's value has a control character";

// Why a request is not taken: the status to answer with, and one line for a person.
struct Refusal {
  int status = 400;
  std::string_view reason;  // a literal
};

enum class HttpVersion : std::uint8_t { http_1_0, http_1_1 };

// What the head says of the rest of the message.
struct HeadVerdict {
  enum class Body : std::uint8_t { none, length, chunked };
  Body body = Body::none;
  std::size_t content_length = 0;
  bool keep_alive = false;
  bool expects_continue = false;  // RFC 9110 §10.1.1
};

// `line` without its CRLF; fills method and target.
std::optional<Refusal> read_request_line(std::string_view line, const FramingLimits& limits,
                                         Request& request, HttpVersion& version);

// `line` without its CRLF; adds one field.
std::optional<Refusal> read_field_line(std::string_view line, const FramingLimits& limits,
                                       Headers& headers);

// Judges the fields together: Host, Content-Length, Transfer-Encoding, Connection, Expect. For a
// target in absolute form it puts the target's authority into Host (RFC 9112 §3.2.2).
std::optional<Refusal> judge_head(HttpVersion version, const FramingLimits& limits,
                                  Request& request, HeadVerdict& verdict);

// A byte that may start a request line; all else, a TLS handshake for one, is hopeless at once.
bool may_start_request(char c) noexcept;

}  // namespace heygen::mock::wire
