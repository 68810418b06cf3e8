// What a Listener is made of: the loop thread, which accepts, keeps time and watches the pool; the
// workers, which serve; the table of connections.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "mock_server/wire/connection.h"
#include "mock_server/wire/connection_table.h"
#include "mock_server/wire/lane.h"
#include "mock_server/wire/listener.h"
#include "mock_server/wire/reactor.h"
#include "mock_server/wire/socket.h"
#include "mock_server/wire/thread.h"
#include "mock_server/wire/timers.h"
#include "mock_server/wire/wake_fd.h"
#include "mock_server/wire/workers.h"

namespace heygen::mock::wire {

class Listener::Engine {
 public:
  // `socket` listens already. Throws std::system_error when threads or descriptors are wanting.
  Engine(Options options, Handler handler, ListeningSocket socket);
  ~Engine() { stop(); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void stop();

  [[nodiscard]] const std::string& host() const noexcept { return options_.host; }
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::size_t open_connections() const { return table_.open(); }
  [[nodiscard]] std::size_t held_bytes() const noexcept { return held_bytes_; }
  [[nodiscard]] std::size_t workers() const { return workers_.size(); }

 private:
  enum class Order : std::uint8_t { serve, drain, abort, end };

  void loop();
  void wait_for_news(bool watching) const;
  void on_event(const ReactorEvent& event, Lane& lane);
  void accept_callers();
  void open(Accepted caller);
  void turn_one_away();
  std::size_t evict();
  void fire_timers();
  void signal_all(std::uint32_t signals);
  void give(Order order);

  const Options options_;
  const Handler handler_;
  const std::uint16_t port_;
  std::size_t max_connections_;
  ListeningSocket socket_;  // the loop's
  UniqueFd reserve_;        // given up for a moment when there are no descriptors left
  WakeFd wake_;
  Reactor reactor_;
  Timers timers_;
  std::atomic<std::size_t> held_bytes_{0};
  ConnectionContext context_;
  ConnectionTable table_;
  WorkerPool workers_;
  std::atomic<Order> order_{Order::serve};
  std::atomic<bool> attention_{false};
  std::mutex stop_mutex_;
  bool stopped_ = false;

  // The loop's own.
  Lane lane_;
  IoTime accept_again_{};
  std::vector<Timer*> due_;
  Thread loop_;
};

}  // namespace heygen::mock::wire
