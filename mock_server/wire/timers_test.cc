#include "mock_server/wire/timers.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace heygen::mock::wire {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr IoTime kStart{1000s};

std::vector<Timer*> due(Timers& timers, IoTime now) {
  std::vector<Timer*> found;
  timers.take_due(now, found);
  return found;
}

TEST(Timers, DueOnesComeOutEarliestFirst) {
  Timers timers;
  std::array<Timer, 3> t;
  EXPECT_TRUE(timers.arm(t[0], kStart + 3s));
  EXPECT_TRUE(timers.arm(t[1], kStart + 1s));
  EXPECT_FALSE(timers.arm(t[2], kStart + 2s));
  EXPECT_EQ(timers.earliest(), kStart + 1s);
  EXPECT_THAT(due(timers, kStart), IsEmpty());
  EXPECT_THAT(due(timers, kStart + 2s), ElementsAre(&t[1], &t[2]));
  EXPECT_THAT(due(timers, kStart + 9s), ElementsAre(&t[0]));
  EXPECT_FALSE(timers.earliest());
}

TEST(Timers, ADeadlineMovesBothWaysAndIsHeldOnce) {
  Timers timers;
  Timer a;
  Timer b;
  timers.arm(a, kStart + 1s);
  timers.arm(b, kStart + 2s);
  EXPECT_FALSE(timers.arm(a, kStart + 3s));
  EXPECT_EQ(timers.earliest(), kStart + 2s);
  EXPECT_TRUE(timers.arm(a, kStart + 1s));
  EXPECT_THAT(due(timers, kStart + 9s), ElementsAre(&a, &b));
}

TEST(Timers, ACancelledOneNeverComesOut) {
  Timers timers;
  Timer a;
  timers.cancel(a);  // not armed: nothing to do
  timers.arm(a, kStart);
  timers.cancel(a);
  EXPECT_FALSE(timers.earliest());
  timers.arm(a, kStart + 1s);  // and it may be armed again
  EXPECT_THAT(due(timers, kStart + 1s), ElementsAre(&a));
}

// A fixed pseudo-random sequence of all operations against a plain list.
TEST(Timers, AgreesWithAPlainList) {
  Timers timers;
  std::array<Timer, 64> t;
  std::array<std::size_t, 64> when{};  // 0: unarmed
  std::size_t state = 12345;
  const auto random = [&state](std::size_t below) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33U) % below;
  };
  for (int round = 0; round < 5000; ++round) {
    const auto i = random(t.size());
    if (random(4) == 0) {
      timers.cancel(t[i]);
      when[i] = 0;
    } else {
      when[i] = 1 + random(1000);
      timers.arm(t[i], kStart + std::chrono::seconds(when[i]));
    }
    if (random(50) == 0) {
      const auto now = 1 + random(500);
      std::vector<std::size_t> expected;
      for (auto& at : when) {
        if (at == 0 || at > now) continue;
        expected.push_back(at);
        at = 0;
      }
      EXPECT_EQ(due(timers, kStart + std::chrono::seconds(now)).size(), expected.size());
    }
    std::size_t lowest = 0;
    for (const auto at : when) lowest = at != 0 && (lowest == 0 || at < lowest) ? at : lowest;
    ASSERT_EQ(timers.earliest().has_value(), lowest != 0);
    if (lowest != 0) {
      ASSERT_EQ(*timers.earliest(), kStart + std::chrono::seconds(lowest));
    }
  }
}

}  // namespace
}  // namespace heygen::mock::wire
