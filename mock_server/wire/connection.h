// One accepted socket, from its first byte to its last.
//
// Any thread may bring a connection news (signal()), one at a time acts on it: who finds it unowned
// owns it until nothing is left to do, and what is signalled meanwhile is done by the owner. So no
// lock is held while a handler runs, and no event is lost.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mock_server/wire/departure.h"
#include "mock_server/wire/framing.h"
#include "mock_server/wire/io_time.h"
#include "mock_server/wire/lane.h"
#include "mock_server/wire/listener_options.h"
#include "mock_server/wire/outbox.h"
#include "mock_server/wire/reactor.h"
#include "mock_server/wire/timers.h"
#include "mock_server/wire/transport.h"

namespace heygen::mock::wire {

class Connection;

// What the connections of one listener share; outlives them.
struct ConnectionContext {
  const ListenerOptions& options;
  const Handler& handler;
  Reactor& reactor;
  Timers& timers;
  std::atomic<std::size_t>& held_bytes;     // see ListenerOptions
  std::function<void()> deadline_moved_up;  // the earliest deadline of all has changed
  std::function<void(Connection&)> closed;  // may be opened again from now on
};

class Connection : public Timer {
 public:
  enum Signal : std::uint32_t {
    kReadable = 1U << 1U,
    kPeerEnded = 1U << 2U,  // the peer's FIN has come
    kBroken = 1U << 3U,
    kWritable = 1U << 4U,  // or "look again"
    kTimer = 1U << 5U,
    kEvict = 1U << 6U,  // close, unless a request is being answered
    kStop = 1U << 7U,   // close as soon as no request is being answered
    kAbort = 1U << 8U,  // close
  };

  explicit Connection(const ConnectionContext& context) : context_(context) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Starts a connection that is new or was given to `closed`. It may be closed again by the time
  // this returns, as it is at once when it cannot be watched.
  void open(std::unique_ptr<Transport> transport, Peer peer, Lane& lane);

  // Acts on the signals with the caller's lane, or leaves them to who is acting already.
  void signal(std::uint32_t signals, Lane& lane);

  // Since when this connection is idle or half-sent, in I/O time; nothing while it is answered or
  // closed. A hint for choosing whom to evict; may be read by any thread.
  [[nodiscard]] std::optional<IoTime> waiting_since() const noexcept;

 private:
  enum class Phase : std::uint8_t {
    closed,
    reading,
    ready,     // a request is complete, its handler not yet called
    leaving,   // the answer is on its way
    starting,  // the head of a stream is out, its source not yet told
    streaming,
    lingering,  // our FIN is out; what still comes is thrown away
  };
  enum class Progress : bool { blocked, more };

  static constexpr std::uint32_t kOwned = 1U << 0U;

  void own(Lane& lane);
  void act(std::uint32_t signals, Lane& lane);
  Progress advance(Lane& lane);
  void on_deadline(Lane& lane);
  void wait_until(IoTime deadline);
  void arm_timer();
  void note_read(const IoResult& result);
  void look_again();

  Progress read(Lane& lane);
  void on_framed(bool first_bytes, Lane& lane);
  void handle(Lane& lane);
  void refuse(const Refusal& refusal, Lane& lane);
  bool hold(std::size_t bytes);
  void forget_request();
  void forget_inbox();
  void become_idle();

  void depart(Answer answer);
  Progress leave(Departure& departure);
  Progress leave();
  bool write(std::string_view bytes, std::size_t& written);
  void upgrade(const Departure& departure);
  void start_stream();
  Progress stream(Lane& lane);
  Progress discard_input(Lane& lane);
  void finish();
  void close();
  void abort();

  const ConnectionContext& context_;
  std::atomic<std::uint32_t> signals_{kOwned};  // closed: owned by who will open it
  std::atomic<IoClock::rep> waiting_since_{0};

  // All that follows belongs to the owner.
  Phase phase_ = Phase::closed;
  bool readable_ = false;    // the socket may have bytes that bring no event any more
  bool peer_ended_ = false;  // so read on until that is seen
  bool write_stalled_ = false;
  bool stopping_ = false;
  IoTime now_;
  IoTime deadline_ = kNever;
  IoTime armed_ = kNever;
  std::unique_ptr<Transport> transport_;
  Peer peer_;
  RequestFramer framer_;
  std::size_t held_ = 0;  // counted in the context's
  std::string inbox_;     // bytes behind a complete request
  std::size_t inbox_read_ = 0;
  std::unique_ptr<Departure> departure_;
  std::shared_ptr<StreamOutbox> outbox_;
  StreamOutbox::Taken outgoing_;  // from the outbox
  std::size_t outgoing_sent_ = 0;
  std::size_t discarded_ = 0;
};

}  // namespace heygen::mock::wire
