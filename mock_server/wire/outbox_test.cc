#include "mock_server/wire/outbox.h"

#include <gmock/gmock.h>

#include <string>

namespace heygen::mock::wire {
namespace {

struct Calls {
  int wakes = 0;
  int drops = 0;
};

StreamOutbox::Connection recording(Calls& calls) {
  return {.wake = [&calls] { ++calls.wakes; }, .drop = [&calls] { ++calls.drops; }};
}

TEST(Outbox, PushesAreTakenTogetherAfterOneWakeUp) {
  Calls calls;
  StreamOutbox outbox(100, recording(calls));
  EXPECT_TRUE(outbox.push("a"));
  EXPECT_TRUE(outbox.push("b"));
  EXPECT_EQ(calls.wakes, 1);
  const auto taken = outbox.take();
  EXPECT_EQ(taken.bytes, "ab");
  EXPECT_FALSE(taken.last);
  EXPECT_TRUE(outbox.push("c"));
  EXPECT_EQ(calls.wakes, 2);
}

TEST(Outbox, CloseLetsTheQueueLeaveFirst) {
  Calls calls;
  StreamOutbox outbox(100, recording(calls));
  outbox.push("a");
  outbox.close();
  EXPECT_FALSE(outbox.open());
  EXPECT_FALSE(outbox.push("b"));
  const auto taken = outbox.take();
  EXPECT_EQ(taken.bytes, "a");
  EXPECT_TRUE(taken.last);
}

TEST(Outbox, OverItsLimitTheConnectionIsDropped) {
  Calls calls;
  StreamOutbox outbox(10, recording(calls));
  EXPECT_TRUE(outbox.push("12345"));
  EXPECT_EQ(outbox.take().bytes, "12345");  // on its way, but not known to be sent
  EXPECT_TRUE(outbox.push("67890"));
  EXPECT_EQ(calls.drops, 0);
  EXPECT_FALSE(outbox.push("x"));
  EXPECT_EQ(calls.drops, 1);
  EXPECT_FALSE(outbox.open());
  EXPECT_FALSE(outbox.push(""));

  StreamOutbox small(10, recording(calls));
  EXPECT_FALSE(small.push(std::string(11, 'x')));
}

TEST(Outbox, WhatWasSentNoLongerCounts) {
  Calls calls;
  StreamOutbox outbox(10, recording(calls));
  outbox.push("1234567890");
  EXPECT_EQ(outbox.take().bytes.size(), 10U);
  EXPECT_EQ(outbox.take().bytes.size(), 0U);
  EXPECT_TRUE(outbox.push("1234567890"));
}

TEST(Outbox, DetachedItCallsNobody) {
  Calls calls;
  StreamOutbox outbox(10, recording(calls));
  outbox.detach();
  EXPECT_FALSE(outbox.open());
  EXPECT_FALSE(outbox.push("a"));
  outbox.close();
  EXPECT_EQ(calls.wakes + calls.drops, 0);
}

}  // namespace
}  // namespace heygen::mock::wire
