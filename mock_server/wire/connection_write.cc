// How answers leave a connection, and how it ends.
#include <sys/socket.h>

#include <utility>

#include "mock_server/wire/connection.h"

namespace heygen::mock::wire {
namespace {

constexpr std::size_t kMaxDiscarded = std::size_t{1024} * 1024;

}  // namespace

void Connection::depart(Answer answer) {
  phase_ = Phase::leaving;
  Departure departure(std::move(answer), now_);
  if (leave(departure) == Progress::blocked && phase_ == Phase::leaving) {
    departure_ = std::make_unique<Departure>(std::move(departure));
  } else if (phase_ == Phase::starting) {
    departure_ = std::make_unique<Departure>(std::move(departure));
  }
}

Connection::Progress Connection::leave() {
  const auto progress = leave(*departure_);
  if (phase_ != Phase::leaving && phase_ != Phase::starting) departure_.reset();
  return progress;
}

// Blocked: the socket takes no more, or a delay has to pass; else the answer is gone and the phase
// tells what comes next.
Connection::Progress Connection::leave(Departure& departure) {
  for (int turns = 0; turns < 64; ++turns) {
    const auto step = departure.next(now_);
    switch (step.act) {
      case Departure::Act::send: {
        std::size_t written = 0;
        if (!write(step.bytes, written)) {
          close();
          return Progress::blocked;
        }
        if (written == 0) return Progress::blocked;
        departure.sent(written, now_);
        break;
      }
      case Departure::Act::wait:
        write_stalled_ = false;
        wait_until(step.until);
        return Progress::blocked;
      case Departure::Act::keep:
        if (stopping_) {
          finish();
        } else {
          become_idle();
        }
        return Progress::more;
      case Departure::Act::close:
        finish();
        return Progress::more;
      case Departure::Act::reset:
        abort();
        return Progress::blocked;
      case Departure::Act::upgrade:
        upgrade(departure);
        return Progress::more;
      case Departure::Act::stream:
        phase_ = Phase::starting;
        return Progress::more;
    }
    now_ = IoClock::now();
  }
  look_again();  // an endless body: others first
  return Progress::blocked;
}

// False: the connection is gone. Nothing written: the socket is full, and its event is awaited.
bool Connection::write(std::string_view bytes, std::size_t& written) {
  const auto result = transport_->write(bytes);
  switch (result.kind) {
    case IoResult::Kind::ok:
      written = result.bytes;
      write_stalled_ = false;
      return true;
    case IoResult::Kind::again:
      written = 0;
      if (!std::exchange(write_stalled_, true)) {
        wait_until(now_ + context_.options.write_timeout);
        look_again();
      }
      return true;
    case IoResult::Kind::ended:
    case IoResult::Kind::broken:
      break;
  }
  return false;
}

void Connection::upgrade(const Departure& departure) {
  auto early = inbox_.substr(inbox_read_);
  forget_inbox();
  // The descriptor may become another's: this connection's events must end before.
  context_.reactor.remove(transport_->fd());
  transport_ = departure.upgrade()(std::move(transport_), std::move(early));
  if (transport_ == nullptr || stopping_ || !context_.reactor.add(transport_->fd(), this)) {
    close();
    return;
  }
  readable_ = true;
  become_idle();
}

void Connection::start_stream() {
  const auto fd = transport_->fd();
  outbox_ = std::make_shared<StreamOutbox>(
      context_.options.stream_queue_bytes,
      StreamOutbox::Connection{.wake = [this] { look_again(); },
                               .drop = [fd] { ::shutdown(fd, SHUT_RDWR); }});
  const auto departure = std::move(departure_);
  phase_ = Phase::streaming;
  wait_until(kNever);
  outgoing_ = {};
  outgoing_sent_ = 0;
  discarded_ = 0;
  if (stopping_) outbox_->close();
  try {
    departure->stream()(outbox_);
  } catch (const std::exception& error) {
    if (context_.options.log) context_.options.log(std::string("a stream failed: ") + error.what());
    outbox_->close();
  }
}

Connection::Progress Connection::stream(Lane& lane) {
  if (readable_ && discard_input(lane) == Progress::more) return Progress::more;
  if (phase_ == Phase::closed) return Progress::blocked;
  for (;;) {
    if (outgoing_sent_ == outgoing_.bytes.size()) {
      if (outgoing_.last) {
        finish();
        return Progress::more;
      }
      outgoing_ = outbox_->take();
      outgoing_sent_ = 0;
      if (outgoing_.bytes.empty() && !outgoing_.last) {
        wait_until(kNever);
        return Progress::blocked;
      }
      continue;
    }
    std::size_t written = 0;
    if (!write(std::string_view{outgoing_.bytes}.substr(outgoing_sent_), written)) {
      close();
      return Progress::blocked;
    }
    if (written == 0) return Progress::blocked;
    outgoing_sent_ += written;
  }
}

// Reads what nobody wants, up to the peer's end of it or a bound.
Connection::Progress Connection::discard_input(Lane& lane) {
  if (!readable_) return Progress::blocked;
  const auto result = transport_->read(*lane.buffer);
  note_read(result);
  if (result.kind == IoResult::Kind::again) return Progress::blocked;
  discarded_ += result.bytes;
  if (result.kind != IoResult::Kind::ok || discarded_ > kMaxDiscarded) {
    close();
    return Progress::blocked;
  }
  return Progress::more;
}

// FIN first, and the socket later: closing it while the peer still sends would be an RST, which may
// destroy the answer before it is read (RFC 9112 §9.6).
void Connection::finish() {
  if (outbox_ != nullptr) {
    outbox_->detach();
    outbox_.reset();
  }
  transport_->shutdown_write();
  if (stopping_) {
    close();
    return;
  }
  phase_ = Phase::lingering;
  waiting_since_.store(now_.time_since_epoch().count(), std::memory_order_relaxed);
  discarded_ = 0;
  readable_ = true;
  forget_inbox();
  wait_until(now_ + context_.options.linger_timeout);
}

void Connection::abort() {
  close_by_reset(transport_->fd());
  close();
}

void Connection::close() {
  if (outbox_ != nullptr) {
    outbox_->detach();  // before the descriptor can be another's
    outbox_.reset();
  }
  context_.timers.cancel(*this);
  waiting_since_.store(0, std::memory_order_relaxed);
  deadline_ = kNever;
  phase_ = Phase::closed;
  departure_.reset();
  forget_request();
  forget_inbox();
  std::exchange(outgoing_, {});
  transport_.reset();
}

}  // namespace heygen::mock::wire
