#include "client_under_test/lib/real_clock.h"

#include <gtest/gtest.h>

#include <future>

namespace heygen::client {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Instant kThen{seconds{2000000000}};

TEST(RealClock, GoesOnFromWhereItIsSet) {
  RealClock clock;
  clock.set(kThen);
  const Instant first = clock.now();
  EXPECT_GE(first, kThen);
  EXPECT_LT(first, kThen + hours{1});
  EXPECT_TRUE(clock.wait_until(first + std::chrono::milliseconds{2}, {}));
  EXPECT_GT(clock.now(), first);
}

TEST(RealClock, SettingItWakesWhoeverWaitsForThatTime) {
  RealClock clock;
  clock.set(kThen);
  auto waiter =
      std::async(std::launch::async, [&] { return clock.wait_until(kThen + hours{24}, {}); });
  clock.set(kThen + hours{24});
  EXPECT_TRUE(waiter.get());
}

TEST(RealClock, StopEndsAWait) {
  RealClock clock;
  std::stop_source stop;
  auto waiter = std::async(std::launch::async, [&] {
    return clock.wait_until(clock.now() + hours{24}, stop.get_token());
  });
  stop.request_stop();
  EXPECT_FALSE(waiter.get());
}

TEST(RealClock, TimeThatHasPassedIsNotWaitedFor) {
  RealClock clock;
  EXPECT_TRUE(clock.wait_until(clock.now() - seconds{1}, {}));
}

}  // namespace
}  // namespace heygen::client
