#include "mock_server/wire/engine.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

namespace heygen::mock::wire {
namespace {

constexpr int kAcceptBatch = 64;
constexpr std::chrono::milliseconds kAcceptPause{50};
constexpr std::size_t kOvershoot = 64;          // connections, for a moment
constexpr std::size_t kOtherDescriptors = 128;  // files, journals, databases of the process

UniqueFd open_reserve() { return UniqueFd{::open("/dev/null", O_RDONLY | O_CLOEXEC)}; }

std::size_t usual_workers(std::size_t asked) {
  return asked != 0 ? asked : std::max(std::thread::hardware_concurrency(), 1U);
}

std::size_t affordable_connections(std::size_t wanted) {
  const auto descriptors = raise_descriptor_limit(wanted + kOtherDescriptors);
  return std::min(wanted, descriptors - std::min(kOtherDescriptors, descriptors / 2));
}

std::uint32_t signals_of(std::uint32_t mask) {
  std::uint32_t signals = 0;
  if ((mask & EPOLLIN) != 0) signals |= Connection::kReadable;
  if ((mask & EPOLLRDHUP) != 0) signals |= Connection::kPeerEnded;
  if ((mask & EPOLLOUT) != 0) signals |= Connection::kWritable;
  if ((mask & (EPOLLERR | EPOLLHUP)) != 0) signals |= Connection::kBroken;
  return signals;
}

}  // namespace

Listener::Engine::Engine(Options options, Handler handler, ListeningSocket socket)
    : options_(std::move(options)),
      handler_(std::move(handler)),
      port_(socket.port),
      max_connections_(affordable_connections(options_.max_connections)),
      socket_(std::move(socket)),
      reserve_(open_reserve()),
      context_{options_,
               handler_,
               reactor_,
               timers_,
               held_bytes_,
               [this] { wake_.wake(); },
               [this](Connection& connection) { table_.give_back(connection); }},
      workers_(reactor_, [this](const ReactorEvent& event, Lane& lane) { on_event(event, lane); },
               {.usual = usual_workers(options_.workers),
                .most = std::max(options_.max_workers, usual_workers(options_.workers)),
                .retire_after = std::chrono::milliseconds{2'000},
                .log = options_.log,
                .attention =
                    [this] {
                      attention_ = true;
                      wake_.wake();
                    }}),
      lane_(options_.log) {
  workers_.start();
  try {
    loop_ = Thread([this] { loop(); });
  } catch (...) {
    reactor_.wake_all();  // the workers, which wait already
    throw;
  }
}

void Listener::Engine::stop() {
  const std::lock_guard lock(stop_mutex_);
  if (std::exchange(stopped_, true)) return;
  give(Order::drain);
  if (!table_.wait_until_none_is_open(options_.drain_timeout)) give(Order::abort);
  // Before the workers, so that a blocked handler may still be helped by others meanwhile.
  table_.wait_until_none_is_open(std::chrono::milliseconds{100});
  reactor_.wake_all();
  workers_.stop();
  give(Order::end);
  loop_.join();
}

void Listener::Engine::give(Order order) {
  order_ = order;
  wake_.wake();
}

void Listener::Engine::loop() {
  bool watching = false;
  auto last_order = Order::serve;
  for (;;) {
    wait_for_news(watching);
    wake_.clear();
    const auto order = order_.load();
    if (order == Order::end) return;
    if (order != last_order) {
      socket_.fd.reset();
      signal_all(order == Order::drain ? Connection::kStop : Connection::kAbort);
      last_order = order;
    }
    if (attention_.exchange(false) || watching) watching = workers_.watch();
    if (order == Order::serve) accept_callers();
    fire_timers();
  }
}

void Listener::Engine::wait_for_news(bool watching) const {
  const auto now = IoClock::now();
  const bool accepting = socket_.fd.valid() && now >= accept_again_;
  auto until = timers_.earliest().value_or(kNever);
  if (watching) until = std::min(until, now + kWatchInterval);
  if (socket_.fd.valid() && !accepting) until = std::min(until, accept_again_);
  int timeout = -1;
  if (until != kNever) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
    timeout = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
  }
  std::array<pollfd, 2> polled{pollfd{wake_.fd(), POLLIN, 0},
                               pollfd{accepting ? socket_.fd.get() : -1, POLLIN, 0}};
  ::poll(polled.data(), polled.size(), timeout);
}

void Listener::Engine::on_event(const ReactorEvent& event, Lane& lane) {
  static_cast<Connection*>(event.owner)->signal(signals_of(event.mask), lane);
}

void Listener::Engine::accept_callers() {
  if (IoClock::now() < accept_again_) return;
  for (int i = 0; i < kAcceptBatch; ++i) {
    auto caller = accept_from(socket_.fd.get());
    switch (caller.kind) {
      case Accepted::Kind::none:
        return;
      case Accepted::Kind::exhausted:
        if (evict() > 0) break;
        turn_one_away();
        accept_again_ = IoClock::now() + kAcceptPause;  // instead of spinning
        return;
      case Accepted::Kind::caller:
        open(std::move(caller));
        break;
    }
  }
}

void Listener::Engine::open(Accepted caller) {
  auto* connection = table_.take(context_, max_connections_);
  if (connection == nullptr) {
    // Those chosen may be a worker's at this moment and close a little later: hence the overshoot.
    const auto overshoot = evict() > 0 ? kOvershoot : 0;
    connection = table_.take(context_, max_connections_ + overshoot);
    if (connection == nullptr) return;  // all are being answered: this one is closed
  }
  auto transport = options_.make_transport ? options_.make_transport(std::move(caller.fd))
                                           : make_plain_transport(std::move(caller.fd));
  connection->open(std::move(transport), std::move(caller.peer), lane_);
}

// Without a descriptor accept() fails and the caller stays in the queue for ever: the reserve takes
// him out of it.
void Listener::Engine::turn_one_away() {
  reserve_.reset();
  const auto turned_away = accept_from(socket_.fd.get());
  reserve_ = open_reserve();
}

// A hundredth at a time, so that the search is not made for each caller.
std::size_t Listener::Engine::evict() {
  const auto chosen = table_.longest_waiting(max_connections_ / 100 + 1);
  for (auto* connection : chosen) connection->signal(Connection::kEvict, lane_);
  return chosen.size();
}

void Listener::Engine::fire_timers() {
  due_.clear();
  timers_.take_due(IoClock::now(), due_);
  for (auto* timer : due_) static_cast<Connection*>(timer)->signal(Connection::kTimer, lane_);
}

void Listener::Engine::signal_all(std::uint32_t signals) {
  for (auto* connection : table_.all()) connection->signal(signals, lane_);
}

}  // namespace heygen::mock::wire
