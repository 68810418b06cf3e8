// The part of every Store's promises that is not of logins and tokens: quotas, calls that may be
// repeated, notes and counts. A store joins as in store_contract.h. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "mock_server/store/store_contract_fixture.h"

namespace heygen::mock {

template <typename T>
class StoreUpkeep : public StoreContract<T> {};

TYPED_TEST_SUITE_P(StoreUpkeep);

// --- quotas ------------------------------------------------------------------------------------

TYPED_TEST_P(StoreUpkeep, AWindowGrantsItsLimitAndBeginsWithItsFirstCall) {
  Store& store = *this->store_;
  constexpr std::chrono::seconds kWindow{60};
  EXPECT_TRUE(store.take_quota("ann", 2, kWindow, this->at(30)).granted);
  EXPECT_TRUE(store.take_quota("ann", 2, kWindow, this->at(50)).granted);
  const QuotaAnswer refused = store.take_quota("ann", 2, kWindow, this->at(89));
  EXPECT_FALSE(refused.granted);
  EXPECT_EQ(refused.until, this->at(90));
  EXPECT_TRUE(store.take_quota("bob", 2, kWindow, this->at(89)).granted);
  const QuotaAnswer next = store.take_quota("ann", 2, kWindow, this->at(90));
  EXPECT_TRUE(next.granted);
  EXPECT_EQ(next.until, this->at(150));
}

TYPED_TEST_P(StoreUpkeep, ARefusedCallIsNotCounted) {
  Store& store = *this->store_;
  constexpr std::chrono::seconds kWindow{60};
  EXPECT_TRUE(store.take_quota("ann", 1, kWindow, this->kNow).granted);
  EXPECT_FALSE(store.take_quota("ann", 1, kWindow, this->kNow).granted);
  EXPECT_TRUE(store.take_quota("ann", 2, kWindow, this->kNow).granted);
}

TYPED_TEST_P(StoreUpkeep, AClockThatWasMovedBackBeginsANewWindow) {
  Store& store = *this->store_;
  constexpr std::chrono::seconds kWindow{60};
  EXPECT_TRUE(store.take_quota("ann", 1, kWindow, this->at(86400)).granted);
  const QuotaAnswer earlier = store.take_quota("ann", 1, kWindow, this->kNow);
  EXPECT_TRUE(earlier.granted);
  EXPECT_EQ(earlier.until, this->at(60));
  EXPECT_FALSE(store.take_quota("ann", 1, kWindow, this->kNow).granted);
}

TYPED_TEST_P(StoreUpkeep, AWindowLongerThanTimeNeverEnds) {
  Store& store = *this->store_;
  EXPECT_EQ(store.take_quota("ann", 1, std::chrono::seconds::max(), this->kNow).until, kNever);
  EXPECT_FALSE(store.take_quota("ann", 1, std::chrono::seconds::max(), this->at(86400)).granted);
}

TYPED_TEST_P(StoreUpkeep, OfManyConcurrentCallsAWindowGrantsItsLimit) {
  Store& store = *this->store_;
  this->race(
      16, 200, [](int) {},
      [&](int round, int) {
        return store
            .take_quota("race-" + std::to_string(round), 5, std::chrono::seconds{60}, this->kNow)
            .granted;
      },
      [](int round, int wins) { ASSERT_EQ(wins, 5) << "in round " << round; });
}

// --- calls that may be repeated ------------------------------------------------------------------

TYPED_TEST_P(StoreUpkeep, ACallIsAnsweredOnceAndThenAgainTheSameWay) {
  Store& store = *this->store_;
  constexpr std::chrono::seconds kLease{10};
  const auto begin = [&](std::string_view digest, TimePoint now) {
    return store.begin_call("k", digest, kLease, now);
  };
  EXPECT_TRUE(std::holds_alternative<CallBegun>(begin("a", this->kNow)));
  EXPECT_TRUE(std::holds_alternative<CallInProgress>(begin("a", this->at(1))));
  EXPECT_TRUE(std::holds_alternative<CallDiffers>(begin("b", this->at(1))));
  store.end_call("k", KeptAnswer{201, {{"X-A", "1"}}, "body"}, this->at(60));
  const CallOutcome again = begin("a", this->at(59));
  ASSERT_TRUE(std::holds_alternative<CallAnswered>(again));
  const auto& [answer, begun] = std::get<CallAnswered>(again);
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.headers.at(0).second, "1");
  EXPECT_EQ(answer.body, "body");
  EXPECT_EQ(begun, this->kNow);
  EXPECT_TRUE(std::holds_alternative<CallDiffers>(begin("b", this->at(59))));
  EXPECT_TRUE(std::holds_alternative<CallBegun>(begin("b", this->at(60))));
}

TYPED_TEST_P(StoreUpkeep, ACallThatFailedIsFreeAgain) {
  Store& store = *this->store_;
  constexpr std::chrono::seconds kLease{60};
  ASSERT_TRUE(std::holds_alternative<CallBegun>(store.begin_call("k", "a", kLease, this->kNow)));
  store.end_call("k", std::nullopt, this->at(60));
  EXPECT_TRUE(std::holds_alternative<CallBegun>(store.begin_call("k", "b", kLease, this->kNow)));
}

// As a process leaves it that was killed, or that the store left alone, in the middle of a call.
TYPED_TEST_P(StoreUpkeep, ACallThatIsNeverEndedIsFreeAgainAfterItsLease) {
  Store& store = *this->store_;
  constexpr std::chrono::seconds kLease{10};
  ASSERT_TRUE(std::holds_alternative<CallBegun>(store.begin_call("k", "a", kLease, this->kNow)));
  EXPECT_TRUE(
      std::holds_alternative<CallInProgress>(store.begin_call("k", "a", kLease, this->at(9))));
  EXPECT_TRUE(std::holds_alternative<CallBegun>(store.begin_call("k", "a", kLease, this->at(10))));
}

TYPED_TEST_P(StoreUpkeep, AnAnswerIsKeptThoughTheClockWasMovedBack) {
  Store& store = *this->store_;
  constexpr std::chrono::seconds kLease{60};
  (void)store.begin_call("k", "a", kLease, this->at(86400));
  store.end_call("k", KeptAnswer{200, {}, "body"}, this->at(2 * 86400));
  EXPECT_TRUE(std::holds_alternative<CallAnswered>(store.begin_call("k", "a", kLease, this->kNow)));
}

TYPED_TEST_P(StoreUpkeep, OfManyConcurrentCallsWithOneKeyOneBegins) {
  Store& store = *this->store_;
  this->race(
      16, 200, [](int) {},
      [&](int round, int) {
        return std::holds_alternative<CallBegun>(store.begin_call(
            "race-" + std::to_string(round), "a", std::chrono::seconds{60}, this->kNow));
      },
      [](int round, int wins) { ASSERT_EQ(wins, 1) << "in round " << round; });
}

// --- what the sandbox keeps of itself ------------------------------------------------------------

TYPED_TEST_P(StoreUpkeep, ANoteIsKeptUntilAnotherTakesItsPlace) {
  Store& store = *this->store_;
  EXPECT_FALSE(store.find_note("clock"));
  store.keep({{"app", {}, "secret", {}}}, {{"clock", std::string{"a\0\xff", 3}}});
  EXPECT_EQ(store.find_note("clock"), (std::string{"a\0\xff", 3}));
  ASSERT_NE(store.find_client("app"), nullptr);
  EXPECT_EQ(store.find_client("app")->secret, "secret");
  store.keep({{"app", {}, std::nullopt, {}}}, {{"clock", "b"}, {"config", ""}});
  store.clear();
  EXPECT_EQ(store.find_note("clock"), "b");
  EXPECT_EQ(store.find_note("config"), "");
  EXPECT_TRUE(store.find_client("app")->is_public());
}

TYPED_TEST_P(StoreUpkeep, ACountStopsAtItsLimit) {
  Store& store = *this->store_;
  EXPECT_EQ(store.count("a"), 0U);
  EXPECT_EQ(store.count_up("a"), 1U);
  EXPECT_EQ(store.count_up("a"), 2U);
  EXPECT_EQ(store.count_up("b"), 1U);
  EXPECT_EQ(store.count_up("a", 3), 3U);
  EXPECT_EQ(store.count_up("a", 3), 0U);
  EXPECT_EQ(store.count("a"), 3U);
  EXPECT_EQ(store.count_up("a"), 4U);
  EXPECT_EQ(store.count_up("never", 0), 0U);
  store.clear();
  EXPECT_EQ(store.count("a"), 0U);
}

TYPED_TEST_P(StoreUpkeep, OfManyConcurrentCountsEachIsAnother) {
  Store& store = *this->store_;
  this->race(
      16, 200, [](int) {},
      [&](int round, int) { return store.count_up("race-" + std::to_string(round), 5) != 0; },
      [](int round, int wins) { ASSERT_EQ(wins, 5) << "in round " << round; });
}

REGISTER_TYPED_TEST_SUITE_P(StoreUpkeep, AWindowGrantsItsLimitAndBeginsWithItsFirstCall,
                            ARefusedCallIsNotCounted, AClockThatWasMovedBackBeginsANewWindow,
                            AWindowLongerThanTimeNeverEnds,
                            OfManyConcurrentCallsAWindowGrantsItsLimit,
                            ACallIsAnsweredOnceAndThenAgainTheSameWay, ACallThatFailedIsFreeAgain,
                            ACallThatIsNeverEndedIsFreeAgainAfterItsLease,
                            AnAnswerIsKeptThoughTheClockWasMovedBack,
                            OfManyConcurrentCallsWithOneKeyOneBegins,
                            ANoteIsKeptUntilAnotherTakesItsPlace, ACountStopsAtItsLimit,
                            OfManyConcurrentCountsEachIsAnother);

}  // namespace heygen::mock
