// Threads for requests that overlap: made as they are needed, up to a limit.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace heygen::client {

class WorkerPool {
 public:
  explicit WorkerPool(std::size_t most_threads = 64, std::size_t most_waiting = 1024)
      : most_threads_(most_threads), most_waiting_(most_waiting) {}
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool() { stop(); }

  // Blocks while too many jobs wait; after stop() the job is dropped. A job must not throw.
  void submit(std::function<void()> job);
  // Drops the jobs that wait and returns when those under way have ended. Not from within a job.
  void stop();

 private:
  void work();

  const std::size_t most_threads_;
  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopped_ = false;
};

}  // namespace heygen::client
