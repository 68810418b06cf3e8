#include "client_under_test/lib/refresh_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <mutex>
#include <stdexcept>

#include "client_under_test/testing/fakes.h"

namespace heygen::client {
namespace {

using testing::kStart;

TokenRecord record(const std::string& access_token) { return {access_token, "RT", "", kStart}; }

class Gate : public ::testing::Test {
 protected:
  RefreshSteps steps{
      [] { return Result<std::unique_ptr<StoreLock>>(std::unique_ptr<StoreLock>()); },
      [this] { return current; },
      [this](const TokenRecord&) -> Result<TokenRecord> {
        ++spent;
        return record("AT2");
      },
  };
  std::optional<TokenRecord> current = record("AT1");
  std::atomic<int> spent = 0;
  std::unique_ptr<RefreshGate> gate = make_single_flight_gate();
};

// Starts a leader whose refresh waits, then lets `followers` join it before it ends.
std::vector<Result<TokenRecord>> refresh_together(RefreshGate& gate, RefreshSteps steps,
                                                  int followers) {
  std::latch leader_is_in(1);
  std::once_flag once;  // a follower that is late leads a refresh of its own
  std::latch followers_are_in(followers);
  const auto spend = steps.spend;
  steps.spend = [&](const TokenRecord& seen) {
    std::call_once(once, [&] { leader_is_in.count_down(); });
    followers_are_in.wait();
    return spend(seen);
  };
  std::vector<std::future<Result<TokenRecord>>> calls;
  calls.push_back(
      std::async(std::launch::async, [&] { return gate.refresh(record("AT1"), steps); }));
  leader_is_in.wait();
  for (int i = 0; i < followers; ++i) {
    calls.push_back(std::async(std::launch::async, [&] {
      followers_are_in.count_down();
      return gate.refresh(record("AT1"), steps);
    }));
  }
  std::vector<Result<TokenRecord>> outcomes;
  for (auto& call : calls) outcomes.push_back(call.get());
  return outcomes;
}

TEST_F(Gate, ManyCallersCostOneRefresh) {
  const auto keep = steps.spend;
  steps.spend = [&](const TokenRecord& seen) {
    auto fresh = keep(seen);
    current = *fresh;  // so that a follower that is late finds it
    return fresh;
  };
  for (const auto& outcome : refresh_together(*gate, steps, 20)) {
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->access_token, "AT2");
  }
  EXPECT_EQ(spent, 1);
}

TEST_F(Gate, LateCallerWithTheOldTokenGetsTheNewOneForNothing) {
  current = record("AT2");
  EXPECT_EQ(gate->refresh(record("AT1"), steps)->access_token, "AT2");
  EXPECT_EQ(spent, 0);
}

TEST_F(Gate, LoginThatIsGoneIsNotRefreshed) {
  current.reset();
  EXPECT_EQ(gate->refresh(record("AT1"), steps).error().kind, ErrorKind::login_required);
  EXPECT_EQ(spent, 0);
}

TEST_F(Gate, FailureReleasesTheWaitersAndTheNextCallerTriesAgain) {
  RefreshSteps failing = steps;
  failing.spend = [](const TokenRecord&) -> Result<TokenRecord> {
    return Error{ErrorKind::transport, "down"};
  };
  for (const auto& outcome : refresh_together(*gate, failing, 5)) {
    EXPECT_EQ(outcome.error().kind, ErrorKind::transport);
  }
  EXPECT_EQ(gate->refresh(record("AT1"), steps)->access_token, "AT2");
}

TEST_F(Gate, ExceptionDoesNotPoisonTheGate) {
  RefreshSteps throwing = steps;
  throwing.spend = [](const TokenRecord&) -> Result<TokenRecord> { throw std::runtime_error("x"); };
  EXPECT_THROW((void)gate->refresh(record("AT1"), throwing), std::runtime_error);
  EXPECT_EQ(gate->refresh(record("AT1"), steps)->access_token, "AT2");
}

TEST_F(Gate, WithoutTheLockNothingIsSpent) {
  steps.lock = []() -> Result<std::unique_ptr<StoreLock>> {
    return Error{ErrorKind::store, "locked"};
  };
  EXPECT_EQ(gate->refresh(record("AT1"), steps).error().kind, ErrorKind::store);
  EXPECT_EQ(spent, 0);
}

}  // namespace
}  // namespace heygen::client
