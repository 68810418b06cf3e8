// The threads that wait for events and run handlers: as many as processors, more while handlers
// block, and fewer again when they no longer do.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "mock_server/wire/lane.h"
#include "mock_server/wire/reactor.h"
#include "mock_server/wire/thread.h"

namespace heygen::mock::wire {

inline constexpr std::chrono::milliseconds kWatchInterval{5};

class WorkerPool {
 public:
  using OnEvent = std::function<void(const ReactorEvent&, Lane&)>;
  struct Settings {
    std::size_t usual = 2;
    std::size_t most = 512;
    std::chrono::milliseconds retire_after{2'000};  // without work, while there are too many
    LogError log;
    // Call watch() now, and every kWatchInterval while it returns true.
    std::function<void()> attention;
  };

  WorkerPool(const Reactor& reactor, OnEvent on_event, Settings settings);
  ~WorkerPool() { stop(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Starts the usual number. Throws std::system_error when not even one can be had.
  void start();
  // Adds workers for those whose handler has blocked since the last call, and sees the retired off.
  // False when somebody waits for events, so that nothing needs to be done. From one thread only.
  bool watch();
  // Waits for every handler that runs, then ends all workers. The reactor must have been told to
  // wake_all().
  void stop();

  [[nodiscard]] std::size_t size() const;

 private:
  struct Worker {
    explicit Worker(LogError log) : lane(std::move(log)) {}
    Lane lane;
    std::uint64_t steps_seen = 0;
    bool retired = false;
    Thread thread;
  };

  void run(Worker& worker);
  bool retire(Worker& worker);
  bool add_worker();  // with the lock held
  void on_handler();

  const Reactor& reactor_;
  const OnEvent on_event_;
  const Settings settings_;
  std::atomic<std::size_t> waiting_{0};
  std::atomic<bool> watched_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> surplus_{false};  // more than usual: waits have an end
  mutable std::mutex mutex_;
  std::list<Worker> workers_;  // the retired ones too, until they are joined
  std::size_t active_ = 0;
};

}  // namespace heygen::mock::wire
