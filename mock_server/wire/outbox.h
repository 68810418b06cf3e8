// The near end of a response that goes on: a bounded queue between whoever publishes and the
// connection that sends.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "mock_server/wire/message.h"

namespace heygen::mock::wire {

// Thread-safe. The two calls to the connection are made under the outbox's lock, so that after
// detach() none of them is running or will be made; neither may call back.
class StreamOutbox final : public Outbox {
 public:
  struct Connection {
    std::function<void()> wake;  // there is something to take
    std::function<void()> drop;  // the peer reads too slowly: break the connection off
  };

  StreamOutbox(std::size_t limit, Connection connection)
      : limit_(limit), connection_(std::move(connection)) {}

  bool push(std::string_view bytes) override;
  void close() override;
  [[nodiscard]] bool open() const override;

  // For the connection. What take() gave counts against the limit until the next take().
  struct Taken {
    std::string bytes;
    bool last = false;  // closed: nothing will follow
  };
  [[nodiscard]] Taken take();
  void detach();  // the peer has gone

 private:
  void wake();

  const std::size_t limit_;
  mutable std::mutex mutex_;
  Connection connection_;
  std::string queue_;
  std::size_t taken_ = 0;
  bool open_ = true;
  bool woken_ = false;
};

}  // namespace heygen::mock::wire
