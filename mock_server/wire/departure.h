// How an answer leaves: a state machine that says what to do next, without sockets and without a
// clock of its own. Every kind of Delivery is carried out here, the plain one too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "mock_server/wire/answer.h"
#include "mock_server/wire/io_time.h"

namespace heygen::mock::wire {

// Not thread-safe.
class Departure {
 public:
  enum class Act : std::uint8_t {
    send,     // `bytes`, or a part of them; then tell sent()
    wait,     // until `until`
    keep,     // done; the connection serves the next request
    close,    // done; FIN
    reset,    // done; RST
    stream,   // the head is out; stream() goes on
    upgrade,  // the head is out; upgrade() says what the connection becomes
  };
  struct Step {
    Act act = Act::keep;
    std::string_view bytes;
    IoTime until = kNever;
  };

  Departure(Answer answer, IoTime now);

  [[nodiscard]] Step next(IoTime now);
  void sent(std::size_t count, IoTime now);

  [[nodiscard]] const std::function<void(std::shared_ptr<Outbox>)>& stream() const noexcept {
    return answer_.stream;
  }
  [[nodiscard]] const auto& upgrade() const noexcept { return answer_.upgrade; }

 private:
  [[nodiscard]] Act end() const;
  void refill();

  Answer answer_;
  IoTime start_;
  std::size_t position_ = 0;        // in answer_.bytes
  std::size_t stop_at_ = 0;         // bytes of answer_.bytes that are to leave
  std::uint64_t endless_left_ = 0;  // body bytes still to be made up
  bool terminator_due_ = false;     // of the chunked coding
  std::size_t piece_left_ = 0;      // of the current dribble
  IoTime next_piece_;
};

}  // namespace heygen::mock::wire
