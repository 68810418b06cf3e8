// The life of a connection: ownership, deadlines, reading and answering. How answers leave is in
// connection_write.cc.
#include "mock_server/wire/connection.h"

#include <utility>

namespace heygen::mock::wire {
namespace {

constexpr int kTurns = 64;  // before others get theirs
constexpr std::size_t kSmallRequest = std::size_t{16} * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Response plain_refusal(int status, std::string_view reason) {
  Response response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  response.body = std::to_string(status) + " " + std::string(reason) + "\n";
  return response;
}

}  // namespace

Connection::~Connection() {
  if (phase_ != Phase::closed) close();
}

void Connection::open(std::unique_ptr<Transport> transport, Peer peer, Lane& lane) {
  transport_ = std::move(transport);
  peer_ = std::move(peer);
  readable_ = false;
  peer_ended_ = false;
  write_stalled_ = false;
  stopping_ = false;
  armed_ = kNever;
  now_ = IoClock::now();
  become_idle();
  // Whatever was signalled to its former life is forgotten.
  signals_.store(kOwned, std::memory_order_release);
  if (!context_.reactor.add(transport_->fd(), this)) close();
  own(lane);
}

void Connection::signal(std::uint32_t signals, Lane& lane) {
  const auto before = signals_.fetch_or(signals | kOwned, std::memory_order_acq_rel);
  if ((before & kOwned) == 0) own(lane);
}

void Connection::own(Lane& lane) {
  for (;;) {
    const auto signals = signals_.exchange(kOwned, std::memory_order_acq_rel) & ~kOwned;
    act(signals, lane);
    if (phase_ == Phase::closed) {
      context_.closed(*this);  // and ownership with it
      return;
    }
    auto expected = kOwned;
    if (signals_.compare_exchange_strong(expected, 0, std::memory_order_acq_rel)) return;
  }
}

std::optional<IoTime> Connection::waiting_since() const noexcept {
  const auto since = waiting_since_.load(std::memory_order_relaxed);
  if (since == 0) return std::nullopt;
  return IoTime{IoClock::duration{since}};
}

void Connection::act(std::uint32_t signals, Lane& lane) {
  now_ = IoClock::now();
  if ((signals & (kReadable | kPeerEnded)) != 0) readable_ = true;
  if ((signals & kPeerEnded) != 0) peer_ended_ = true;
  if ((signals & kStop) != 0) stopping_ = true;
  if ((signals & kTimer) != 0) armed_ = kNever;

  // Signals are hints: one may be late, and mean the socket that this object had before. What only
  // makes it look again does no harm, but a socket is not given up on hearsay.
  const bool broken =
      (signals & kBroken) != 0 && phase_ != Phase::closed && is_broken(transport_->fd());
  const bool waiting = phase_ == Phase::reading || phase_ == Phase::lingering;
  // Its answer is delayed, and it has sent its FIN: a client that gave up, which nothing waits for.
  const bool given_up = phase_ == Phase::leaving && peer_ended_;
  if (broken || (signals & kAbort) != 0 || (waiting && (signals & kEvict) != 0) ||
      (stopping_ && (waiting || given_up))) {
    close();
    return;
  }
  if (stopping_ && outbox_ != nullptr) outbox_->close();
  if (now_ >= deadline_) on_deadline(lane);

  int turns = kTurns;
  while (phase_ != Phase::closed && advance(lane) == Progress::more) {
    if (--turns == 0) {
      // The last turn may have closed it: an answer to a peer that had gone.
      if (phase_ != Phase::closed) look_again();
      break;
    }
  }
  if (phase_ != Phase::closed) arm_timer();
}

Connection::Progress Connection::advance(Lane& lane) {
  switch (phase_) {
    case Phase::reading:
      return read(lane);
    case Phase::ready:
    case Phase::starting:
      if (!lane.before_handler) {
        wait_until(now_ + context_.options.write_timeout);
        look_again();  // on a worker
        return Progress::blocked;
      }
      if (phase_ == Phase::ready) {
        handle(lane);
      } else {
        start_stream();
      }
      return Progress::more;
    case Phase::leaving:
      return leave();
    case Phase::streaming:
      return stream(lane);
    case Phase::lingering:
      return discard_input(lane);
    case Phase::closed:
      break;
  }
  return Progress::blocked;
}

void Connection::on_deadline(Lane& lane) {
  deadline_ = kNever;
  switch (phase_) {
    case Phase::reading:
      if (framer_.state() == RequestFramer::State::partial) {
        refuse({408, "the request was not complete in time"}, lane);
      } else {
        close();
      }
      return;
    case Phase::leaving:
    case Phase::streaming:
      if (write_stalled_) abort();  // else a delay is over
      return;
    case Phase::ready:
    case Phase::starting:
    case Phase::lingering:
      close();
      return;
    case Phase::closed:
      return;
  }
}

void Connection::wait_until(IoTime deadline) { deadline_ = deadline; }

// A deadline that moves later is left where it is: when it fires it is looked at again. So the
// requests of a busy connection never touch the shared heap.
void Connection::arm_timer() {
  if (deadline_ >= armed_) return;
  armed_ = deadline_;
  if (context_.timers.arm(*this, deadline_)) context_.deadline_moved_up();
}

// Whether another read is worth trying without a new event.
void Connection::note_read(const IoResult& result) {
  if (result.kind != IoResult::Kind::again) {
    readable_ = !result.drained || peer_ended_;
    return;
  }
  readable_ = result.wants_write;
  if (result.wants_write) look_again();
}

void Connection::look_again() { context_.reactor.watch_writable(transport_->fd(), this); }

Connection::Progress Connection::read(Lane& lane) {
  const bool first_bytes = framer_.state() == RequestFramer::State::idle;
  const auto& limits = context_.options.limits;
  if (!inbox_.empty()) {
    inbox_read_ += framer_.feed(std::string_view{inbox_}.substr(inbox_read_), limits);
    if (inbox_read_ == inbox_.size()) {
      forget_inbox();
    }
    on_framed(first_bytes, lane);
    return Progress::more;
  }
  if (!readable_) return Progress::blocked;
  const bool opening = transport_->opening();
  const auto result = transport_->read(*lane.buffer);
  note_read(result);
  if (opening && !transport_->opening()) become_idle();
  switch (result.kind) {
    case IoResult::Kind::again:
      return Progress::blocked;
    case IoResult::Kind::ended:
    case IoResult::Kind::broken:
      close();
      return Progress::blocked;
    case IoResult::Kind::ok:
      break;
  }
  const std::string_view bytes{lane.buffer->data(), result.bytes};
  const auto taken = framer_.feed(bytes, limits);
  if (taken < bytes.size()) inbox_.assign(bytes.substr(taken));
  on_framed(first_bytes, lane);
  return Progress::more;
}

// False: that is more than there is room for.
bool Connection::hold(std::size_t bytes) {
  if (bytes <= kSmallRequest) bytes = 0;
  if (bytes == held_) return true;
  const auto more = bytes - held_;  // modulo 2^64: less, too
  const auto total = context_.held_bytes.fetch_add(more, std::memory_order_relaxed) + more;
  const bool grew = bytes > held_;
  held_ = bytes;
  return !grew || total <= context_.options.held_bytes;
}

// These two with their memory: a string that is assigned a short one keeps its room.
void Connection::forget_request() {
  std::exchange(framer_, RequestFramer{});
  hold(0);
}

void Connection::forget_inbox() {
  std::exchange(inbox_, std::string{});
  inbox_read_ = 0;
}

void Connection::on_framed(bool first_bytes, Lane& lane) {
  if (!hold(framer_.held()) && framer_.state() != RequestFramer::State::refused) {
    refuse({503, "too many large requests are under way: send it again later"}, lane);
    return;
  }
  switch (framer_.state()) {
    case RequestFramer::State::idle:
      return;
    case RequestFramer::State::refused:
      refuse(framer_.refusal(), lane);
      return;
    case RequestFramer::State::complete:
      phase_ = Phase::ready;
      waiting_since_.store(0, std::memory_order_relaxed);
      return;
    case RequestFramer::State::partial:
      if (first_bytes) wait_until(now_ + context_.options.request_timeout);
      if (framer_.take_continue()) {
        std::size_t written = 0;
        // A peer that has not even room for this line is given up.
        if (!write(kContinue, written) || written < kContinue.size()) close();
      }
      return;
  }
}

void Connection::handle(Lane& lane) {
  auto framed = framer_.take();
  framed.request.peer = peer_;
  framed.request.scheme = transport_->scheme();
  if (const auto* const tunnel = transport_->tunnel()) framed.request.tunnel = *tunnel;
  framed.keep_alive = framed.keep_alive && !stopping_;
  lane.before_handler();
  lane.steps.fetch_add(1, std::memory_order_relaxed);
  auto answer = lane.bridge.answer(std::move(framed), context_.handler);
  lane.steps.fetch_add(1, std::memory_order_relaxed);
  hold(0);
  now_ = IoClock::now();
  depart(std::move(answer));
}

void Connection::refuse(const Refusal& refusal, Lane& lane) {
  FramedRequest framed;
  framed.request = framer_.partial();
  framed.request.peer = peer_;
  framed.request.scheme = transport_->scheme();
  if (const auto* const tunnel = transport_->tunnel()) framed.request.tunnel = *tunnel;
  const auto& make = context_.options.on_bad_request;
  auto answer = lane.bridge.answer(std::move(framed), [&](const Request& partial) {
    return make ? make(partial, refusal.status, refusal.reason)
                : plain_refusal(refusal.status, refusal.reason);
  });
  answer.keep_alive = false;
  forget_request();
  waiting_since_.store(0, std::memory_order_relaxed);
  depart(std::move(answer));
}

void Connection::become_idle() {
  phase_ = Phase::reading;
  waiting_since_.store(now_.time_since_epoch().count(), std::memory_order_relaxed);
  const auto& options = context_.options;
  wait_until(now_ + (transport_->opening() ? options.opening_timeout : options.idle_timeout));
}

}  // namespace heygen::mock::wire
