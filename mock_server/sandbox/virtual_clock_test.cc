#include "mock_server/sandbox/virtual_clock.h"

#include <gtest/gtest.h>

namespace heygen::mock {
namespace {

using namespace std::chrono_literals;

class BaseClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return now_; }
  TimePoint now_{1'000'000h};
};

struct VirtualClockTest : testing::Test {
  BaseClock base;
  VirtualClock clock{base};
};

TEST_F(VirtualClockTest, FollowsItsBaseAtFirst) {
  EXPECT_EQ(clock.now(), base.now());
  base.now_ += 5s;
  EXPECT_EQ(clock.now(), base.now());
  EXPECT_EQ(clock.read().mode, VirtualClock::Mode::real);
}

TEST_F(VirtualClockTest, AnAdvancedClockGoesOnAtADistance) {
  ASSERT_TRUE(clock.advance(240h));
  base.now_ += 1s;
  EXPECT_EQ(clock.now(), base.now() + 240h);
  EXPECT_EQ(clock.read().mode, VirtualClock::Mode::offset);
  ASSERT_TRUE(clock.advance(-240h));
  EXPECT_EQ(clock.now(), base.now());
}

TEST_F(VirtualClockTest, AFrozenClockStandsUntilMovedOrThawed) {
  const auto then = clock.now();
  clock.freeze();
  base.now_ += 1h;
  EXPECT_EQ(clock.now(), then);
  ASSERT_TRUE(clock.advance(1min));
  EXPECT_EQ(clock.now(), then + 1min);
  EXPECT_EQ(clock.read().mode, VirtualClock::Mode::frozen);
  clock.thaw();
  base.now_ += 1s;
  EXPECT_EQ(clock.now(), then + 1min + 1s);
}

TEST_F(VirtualClockTest, TellsOfEachMoveAndOfNothingElse) {
  int told = 0;
  TimePoint seen;
  clock.on_move([&] {
    ++told;
    seen = clock.now();  // no lock is held
  });
  ASSERT_TRUE(clock.advance(1h));
  EXPECT_EQ(seen, base.now() + 1h);
  clock.freeze();
  clock.freeze();  // it stands already
  ASSERT_TRUE(clock.set(kEarliest));
  clock.thaw();
  clock.reset();
  EXPECT_FALSE(clock.set(kLatest + 1ms));
  EXPECT_EQ(told, 5);
}

TEST_F(VirtualClockTest, ResetIsTheBaseAgain) {
  clock.freeze();
  ASSERT_TRUE(clock.set(kEarliest));
  clock.reset();
  EXPECT_EQ(clock.now(), base.now());
  EXPECT_EQ(clock.read().mode, VirtualClock::Mode::real);
}

TEST_F(VirtualClockTest, NothingLeavesTheYears1To9999) {
  EXPECT_FALSE(clock.advance(std::chrono::milliseconds::max()));
  EXPECT_FALSE(clock.advance(std::chrono::milliseconds::min()));
  EXPECT_FALSE(clock.set(kLatest + 1ms));
  EXPECT_FALSE(clock.set(kEarliest - 1ms));
  EXPECT_EQ(clock.now(), base.now());
  ASSERT_TRUE(clock.set(kLatest));
  EXPECT_FALSE(clock.advance(1ms));
  ASSERT_TRUE(clock.set(kEarliest));
  EXPECT_TRUE(clock.advance(kLatest - kEarliest));
}

}  // namespace
}  // namespace heygen::mock
