#include "client_under_test/adapter/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace heygen::client {
namespace {

TEST(WorkerPool, JobsOverlapUpToTheLimit) {
  constexpr int kThreads = 8;
  WorkerPool pool(kThreads);
  std::latch together(kThreads);
  std::latch done(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    pool.submit([&] {
      together.arrive_and_wait();  // only passed when all run at once
      done.count_down();
    });
  }
  done.wait();
}

TEST(WorkerPool, MoreJobsThanThreadsAllRun) {
  std::atomic<int> ran = 0;
  std::latch done(100);
  WorkerPool pool(2, 4);
  for (int i = 0; i < 100; ++i) {
    pool.submit([&] {
      ++ran;
      done.count_down();
    });
  }
  done.wait();
  EXPECT_EQ(ran, 100);
}

TEST(WorkerPool, StopWaitsForWhatRunsAndRunsNothingAfterwards) {
  std::latch running(1);
  std::latch go_on(1);
  std::atomic<bool> ended = false;
  std::atomic<bool> late = false;
  WorkerPool pool(1);
  pool.submit([&] {
    running.count_down();
    go_on.wait();
    ended = true;
  });
  running.wait();
  std::thread stopper([&] { pool.stop(); });
  go_on.count_down();
  stopper.join();
  EXPECT_TRUE(ended);
  pool.submit([&] { late = true; });
  pool.stop();
  EXPECT_FALSE(late);
}

}  // namespace
}  // namespace heygen::client
