// The core's laws under random interleavings of requests and clock moves. A failure names its seed.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "mock_server/fuzz/game.h"
#include "mock_server/store/memory.h"

namespace heygen::mock::game {
namespace {

// splitmix64: the same bytes for the same seed, on every machine.
std::string bytes_of(std::uint64_t seed, std::size_t length) {
  std::string bytes;
  while (bytes.size() < length) {
    seed += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = seed;
    mixed = (mixed ^ mixed >> 30U) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ mixed >> 27U) * 0x94D049BB133111EBU;
    mixed ^= mixed >> 31U;
    bytes.push_back(static_cast<char>(mixed & 0xFFU));
  }
  return bytes;
}

class Laws : public ::testing::TestWithParam<Profile> {};

TEST_P(Laws, HoldWhateverTheOrderOfRequestsAndClockMoves) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    MemoryStore store;
    Game game{store, GetParam()};
    ASSERT_EQ(game.play(bytes_of(seed, 700)), "") << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Profiles, Laws,
                         ::testing::Values(Profile::heygen, Profile::strict, Profile::lenient),
                         [](const auto& row) { return std::string{to_string(row.param)}; });

}  // namespace
}  // namespace heygen::mock::game
