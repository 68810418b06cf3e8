#include "mock_server/wire/framing.h"

#include <algorithm>
#include <utility>

namespace heygen::mock::wire {
namespace {

constexpr std::size_t kRequestLineExtra = 128;  // method, version, spaces and CRLF

}  // namespace

void RequestFramer::refuse(Refusal refusal) {
  refusal_ = refusal;
  state_ = State::refused;
}

bool RequestFramer::take_continue() noexcept { return std::exchange(continue_wanted_, false); }

FramedRequest RequestFramer::take() {
  auto framed = std::move(framed_);
  *this = RequestFramer{};
  return framed;
}

std::size_t RequestFramer::feed(std::string_view bytes, const FramingLimits& limits) {
  std::size_t consumed = 0;
  while (consumed < bytes.size() && state_ != State::complete && state_ != State::refused) {
    const auto rest = bytes.substr(consumed);
    consumed += phase_ == Phase::body || phase_ == Phase::chunks ? feed_body(rest, limits)
                                                                 : feed_line(rest, limits);
  }
  return consumed;
}

std::size_t RequestFramer::feed_line(std::string_view bytes, const FramingLimits& limits) {
  if (state_ == State::idle && !may_start_request(bytes.front())) {
    refuse(bytes.front() == '\x16'
               ? Refusal{400, "a TLS handshake on a plain HTTP port: use http:// or the https port"}
               : Refusal{400, "the method is not a token"});
    return 1;
  }
  state_ = State::partial;
  const auto newline = bytes.find('\n');
  const auto taken = newline == std::string_view::npos ? bytes.size() : newline + 1;
  const auto piece = bytes.substr(0, taken);
  head_bytes_ += taken;
  // The start line first, so that a long target is called by its name.
  if (phase_ == Phase::request_line &&
      line_.size() + taken > limits.target_bytes + kRequestLineExtra) {
    refuse({414, "the target is too long"});
    return taken;
  }
  if (head_bytes_ > limits.head_bytes) {
    refuse({431, "the header fields are too large"});
    return taken;
  }
  if (newline == std::string_view::npos) {
    line_.append(piece);
    return taken;
  }
  auto line = piece;
  if (!line_.empty()) {
    line_.append(piece);
    line = line_;
  }
  if (!line.ends_with("\r\n")) {
    refuse({400, "a line ends in a bare LF"});
    return taken;
  }
  on_line(line.substr(0, line.size() - 2), limits);
  line_.clear();
  return taken;
}

void RequestFramer::on_line(std::string_view line, const FramingLimits& limits) {
  std::optional<Refusal> refusal;
  if (phase_ == Phase::request_line) {
    if (line.empty()) {
      // One empty line in front is forgiven (RFC 9112 §2.2): old clients sent it after a body.
      if (std::exchange(skipped_empty_line_, true)) refuse({400, "empty lines before a request"});
      if (state_ == State::partial) state_ = State::idle;
      return;
    }
    refusal = read_request_line(line, limits, framed_.request, framed_.version);
    phase_ = Phase::fields;
  } else if (line.empty()) {
    on_head_end(limits);
    return;
  } else {
    refusal = read_field_line(line, limits, framed_.request.headers);
  }
  if (refusal) refuse(*refusal);
}

void RequestFramer::on_head_end(const FramingLimits& limits) {
  HeadVerdict verdict;
  if (const auto refusal = judge_head(framed_.version, limits, framed_.request, verdict)) {
    refuse(*refusal);
    return;
  }
  framed_.keep_alive = verdict.keep_alive;
  continue_wanted_ = verdict.expects_continue;
  switch (verdict.body) {
    case HeadVerdict::Body::none:
      state_ = State::complete;
      break;
    case HeadVerdict::Body::length:
      body_remaining_ = verdict.content_length;
      phase_ = Phase::body;
      break;
    case HeadVerdict::Body::chunked:
      phase_ = Phase::chunks;
      break;
  }
}

std::size_t RequestFramer::feed_body(std::string_view bytes, const FramingLimits& limits) {
  continue_wanted_ = false;  // the client did not wait (RFC 9110 §10.1.1)
  if (phase_ == Phase::chunks) {
    const auto step = chunks_.feed(bytes, limits.body_bytes, framed_.request.body);
    if (step.refusal) refuse(*step.refusal);
    if (step.done) state_ = State::complete;
    return step.consumed;
  }
  const auto piece = bytes.substr(0, std::min(body_remaining_, bytes.size()));
  framed_.request.body.append(piece);
  body_remaining_ -= piece.size();
  if (body_remaining_ == 0) state_ = State::complete;
  return piece.size();
}

}  // namespace heygen::mock::wire
