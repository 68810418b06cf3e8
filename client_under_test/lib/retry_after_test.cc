#include "client_under_test/lib/retry_after.h"

#include <gtest/gtest.h>

#include "client_under_test/testing/fakes.h"

namespace heygen::client {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::kStart;

TEST(RetryAfter, IsSecondsOrADate) {
  EXPECT_EQ(parse_retry_after("3", kStart), kStart + seconds{3});
  EXPECT_EQ(parse_retry_after(" 0 ", kStart), kStart);
  EXPECT_EQ(parse_retry_after("Thu, 01 Jan 2026 00:01:30 GMT", kStart), kStart + seconds{90});
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", kStart),
            Instant{seconds{784111777}});
}

TEST(RetryAfter, IsNoLongerThanADay) {
  EXPECT_EQ(parse_retry_after("999999999", kStart), kStart + hours{24});
  EXPECT_EQ(parse_retry_after("99999999999999999999999", kStart), kStart + hours{24});
  EXPECT_EQ(parse_retry_after("Fri, 01 Jan 2100 00:00:00 GMT", kStart), kStart + hours{24});
}

TEST(RetryAfter, AnythingElseSaysNothing) {
  for (const char* text :
       {"", "-3", "3.5", "soon", "Thu, 32 Jan 2026 00:00:00 GMT", "Thu, 01 Foo 2026 00:00:00 GMT",
        "Thu, 01 Jan 2026 25:00:00 GMT", "Thu, 01 Jan 2026 00:00:00 CET"}) {
    EXPECT_EQ(parse_retry_after(text, kStart), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace heygen::client
