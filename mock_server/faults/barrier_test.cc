#include "mock_server/faults/barrier.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <vector>

namespace heygen::mock {
namespace {

using namespace std::chrono_literals;
using Released = Barrier::Released;

std::vector<std::future<Released>> arrivals(Barrier& barrier, std::size_t count) {
  std::vector<std::future<Released>> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(std::async(std::launch::async, [&barrier] { return barrier.arrive(); }));
  }
  return out;
}

void wait_until_waiting(const Barrier& barrier, std::uint32_t count) {
  while (barrier.waiting() != count) std::this_thread::yield();
}

TEST(Barrier, ReleasesAllWhenAllAreThere) {
  Barrier barrier{{8, 1h}};
  auto early = arrivals(barrier, 7);
  wait_until_waiting(barrier, 7);
  for (auto& one : early) EXPECT_EQ(one.wait_for(0s), std::future_status::timeout);
  EXPECT_EQ(barrier.arrive(), Released::complete);
  for (auto& one : early) EXPECT_EQ(one.get(), Released::complete);
  EXPECT_EQ(barrier.waiting(), 0U);
}

TEST(Barrier, BeginsAnewForTheNextGroup) {
  Barrier barrier{{4, 1h}};
  std::atomic<int> complete{0};
  std::vector<std::future<void>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::async(std::launch::async, [&] {
      for (int round = 0; round < 100; ++round) {
        if (barrier.arrive() == Released::complete) ++complete;
      }
    }));
  }
  for (auto& client : clients) client.get();
  EXPECT_EQ(complete, 400);
}

TEST(Barrier, GivesUpAfterTheTimeout) {
  Barrier barrier{{3, 20ms}};
  auto two = arrivals(barrier, 2);
  for (auto& one : two) EXPECT_EQ(one.get(), Released::timeout);
}

TEST(Barrier, OpenLetsAllGoForGood) {
  Barrier barrier{{3, 1h}};
  auto two = arrivals(barrier, 2);
  wait_until_waiting(barrier, 2);
  barrier.open();
  for (auto& one : two) EXPECT_EQ(one.get(), Released::opened);
  EXPECT_EQ(barrier.arrive(), Released::opened);
}

}  // namespace
}  // namespace heygen::mock
