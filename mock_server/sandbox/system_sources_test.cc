#include "mock_server/sandbox/system_sources.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <thread>
#include <vector>

namespace heygen::mock {
namespace {

using Draw = std::array<std::byte, 24>;

TEST(SystemRandom, NoByteIsGivenTwiceByAnyThread) {
  SystemRandom random;
  constexpr std::size_t kEach = 500;  // many times over what is drawn at once
  std::vector<std::vector<Draw>> drawn(4, std::vector<Draw>(kEach));
  std::vector<std::thread> threads;
  for (auto& mine : drawn) {
    threads.emplace_back([&] {
      for (auto& draw : mine) random.fill(draw);
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<Draw> all;
  for (const auto& mine : drawn) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 4 * kEach);
}

TEST(SystemRandom, FillsAsMuchAsIsAskedFor) {
  SystemRandom random;
  for (const std::size_t size : {0U, 1U, 1023U, 1024U, 1025U, 5000U}) {
    std::vector<std::byte> bytes(size);
    random.fill(bytes);
    // That a tenth of so many bytes stays zero has no chance; that a few do has.
    EXPECT_LE(std::ranges::count(bytes, std::byte{0}), static_cast<std::ptrdiff_t>(1 + size / 10));
  }
}

}  // namespace
}  // namespace heygen::mock
