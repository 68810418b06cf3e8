#include "mock_server/wire/workers.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

namespace heygen::mock::wire {

WorkerPool::WorkerPool(const Reactor& reactor, OnEvent on_event, Settings settings)
    : reactor_(reactor), on_event_(std::move(on_event)), settings_(std::move(settings)) {}

void WorkerPool::start() {
  const std::lock_guard lock(mutex_);
  while (active_ < settings_.usual && add_worker()) {
  }
  if (active_ == 0) throw std::system_error(EAGAIN, std::generic_category(), "worker threads");
}

std::size_t WorkerPool::size() const {
  const std::lock_guard lock(mutex_);
  return active_;
}

bool WorkerPool::add_worker() {
  auto& worker = workers_.emplace_back(settings_.log);
  worker.lane.before_handler = [this] { on_handler(); };
  try {
    worker.thread = Thread([this, &worker] { run(worker); });
  } catch (const std::system_error& error) {
    workers_.pop_back();
    if (settings_.log) settings_.log(std::string("no further worker: ") + error.what());
    return false;
  }
  ++active_;
  return true;
}

void WorkerPool::run(Worker& worker) {
  for (;;) {
    const auto patience = surplus_ ? settings_.retire_after : std::chrono::milliseconds{-1};
    ++waiting_;
    const auto event = reactor_.wait(patience);
    --waiting_;
    if (stopping_) return;
    if (!event) {
      if (retire(worker)) return;
    } else if (event->owner != nullptr) {
      on_event_(*event, worker.lane);
    }
  }
}

void WorkerPool::on_handler() {
  if (waiting_ == 0 && !watched_ && !watched_.exchange(true)) settings_.attention();
}

bool WorkerPool::retire(Worker& worker) {
  const std::lock_guard lock(mutex_);
  if (active_ <= settings_.usual) return false;
  worker.retired = true;
  --active_;
  surplus_ = active_ > settings_.usual;
  settings_.attention();  // to be joined: its stack is not given back before
  return true;
}

// A worker that is in the same handler as an interval ago is blocked, or as good as: another takes
// its place. Growth is by a quarter at least, so that a barrier of hundreds fills within a second.
bool WorkerPool::watch() {
  const std::lock_guard lock(mutex_);
  std::erase_if(workers_, [](const Worker& worker) { return worker.retired; });  // and join
  // First unset, then look: a worker that takes the last event meanwhile either sees that nobody
  // watches, and says so, or is seen here.
  watched_ = false;
  if (waiting_ != 0) return false;
  watched_ = true;
  std::size_t blocked = 0;
  for (auto& worker : workers_) {
    const auto steps = worker.lane.steps.load(std::memory_order_relaxed);
    if (steps % 2 == 1 && steps == worker.steps_seen) ++blocked;
    worker.steps_seen = steps;
  }
  const auto wanted = std::min(settings_.most, blocked + settings_.usual + blocked / 4);
  while (!stopping_ && blocked > 0 && active_ < wanted && add_worker()) {
  }
  surplus_ = active_ > settings_.usual;
  return true;
}

void WorkerPool::stop() {
  stopping_ = true;
  std::list<Worker> leaving;
  {
    const std::lock_guard lock(mutex_);
    leaving.splice(leaving.begin(), workers_);
    active_ = 0;
  }
  leaving.clear();  // joins
}

}  // namespace heygen::mock::wire
