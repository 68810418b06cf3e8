#include "mock_server/journal/journal.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <thread>

namespace heygen::mock {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Seqs = std::vector<std::uint64_t>;

Entry entry(std::string body = "") {
  Entry out;
  out.request.body = std::move(body);
  return out;
}

Seqs seqs(const std::vector<Journal::EntryPtr>& entries) {
  Seqs out;
  for (const auto& each : entries) out.push_back(each->seq);
  return out;
}

Journal::Subscriber into(Seqs& told) {
  return [&told](const Journal::EntryPtr& each) { told.push_back(each->seq); };
}

TEST(Journal, EntriesAreNumberedFromOne) {
  Journal journal;
  EXPECT_EQ(journal.last_seq(), 0U);
  EXPECT_EQ(journal.record(entry("a")), 1U);
  EXPECT_EQ(journal.record(entry("b")), 2U);
  EXPECT_EQ(journal.last_seq(), 2U);
  EXPECT_EQ(journal.after(1).front()->request.body, "b");
}

TEST(Journal, AfterGivesWhatFollowsOldestFirstUpToALimit) {
  Journal journal;
  for (int i = 0; i < 5; ++i) journal.record(entry());
  EXPECT_THAT(seqs(journal.after(0)), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(seqs(journal.after(3)), ElementsAre(4, 5));
  EXPECT_THAT(seqs(journal.after(1, 2)), ElementsAre(2, 3));
  EXPECT_THAT(journal.after(5), IsEmpty());
  EXPECT_THAT(journal.after(UINT64_MAX), IsEmpty());
  EXPECT_THAT(journal.after(0, 0), IsEmpty());
}

TEST(Journal, WhenAllTogetherHoldTooMuchEachKeepsItsNewest) {
  const auto total = std::make_shared<JournalTotal>(std::size_t{100'000}, std::size_t{10'000});
  Journal first;
  first.count_towards(total);
  for (int i = 0; i < 100; ++i) first.record(entry(std::string(1'000, 'a')));
  EXPECT_EQ(first.holding().bytes, total->bytes);
  EXPECT_GT(total->bytes, 90'000U);
  {
    Journal second;
    second.count_towards(total);
    for (int i = 0; i < 100; ++i) second.record(entry(std::string(1'000, 'b')));
    EXPECT_EQ(first.holding().bytes + second.holding().bytes, total->bytes);
    EXPECT_GT(second.holding().bytes, 8'000U);
    EXPECT_LE(second.holding().bytes, 10'000U);
    EXPECT_EQ(second.after(0).back()->seq, 100U);
    first.record(entry(std::string(1'000, 'a')));
    EXPECT_LE(total->bytes, 100'000U);
    EXPECT_GT(first.holding().bytes, 80'000U);
  }
  EXPECT_EQ(first.holding().bytes, total->bytes);
  first.clear();
  EXPECT_EQ(total->bytes, 0U);
}

TEST(Journal, OverItsEntriesTheOldestGo) {
  Journal journal({.bytes = SIZE_MAX, .entries = 2});
  for (int i = 0; i < 5; ++i) journal.record(entry());
  EXPECT_THAT(seqs(journal.after(0)), ElementsAre(4, 5));
  EXPECT_THAT(seqs(journal.after(4)), ElementsAre(5));
  EXPECT_EQ(journal.dropped(), 3U);
}

TEST(Journal, OverItsBytesTheOldestGo) {
  const auto big = PackedEntry::bytes(entry(std::string(10'000, 'x')));
  Journal journal({.bytes = 3 * big, .entries = SIZE_MAX});
  for (int i = 0; i < 5; ++i) journal.record(entry(std::string(10'000, 'x')));
  EXPECT_THAT(seqs(journal.after(0)), ElementsAre(3, 4, 5));
  EXPECT_EQ(journal.dropped(), 2U);
}

TEST(Journal, AnEntryThatIsOverTheLimitByItselfIsNumberedAndNotKept) {
  Journal journal({.bytes = 5'000, .entries = 10});
  journal.record(entry());
  EXPECT_EQ(journal.record(entry(std::string(10'000, 'x'))), 2U);
  EXPECT_THAT(journal.after(0), IsEmpty());
  EXPECT_EQ(journal.record(entry()), 3U);
  EXPECT_THAT(seqs(journal.after(0)), ElementsAre(3));
}

TEST(Journal, SaysWhatItHolds) {
  Journal journal({.bytes = SIZE_MAX, .entries = 2});
  EXPECT_EQ(journal.holding().bytes, 0U);
  for (int i = 0; i < 3; ++i) journal.record(entry(std::string(1'000, 'x')));
  EXPECT_EQ(journal.holding().entries, 2U);
  EXPECT_EQ(journal.holding().bytes, 2 * PackedEntry::bytes(entry(std::string(1'000, 'x'))));
}

TEST(Journal, ClearForgetsTheEntriesAndNumbersOn) {
  Journal journal({.bytes = SIZE_MAX, .entries = 2});
  for (int i = 0; i < 3; ++i) journal.record(entry());
  journal.clear();
  EXPECT_THAT(journal.after(0), IsEmpty());
  EXPECT_EQ(journal.dropped(), 0U);
  EXPECT_EQ(journal.last_seq(), 3U);
  EXPECT_EQ(journal.record(entry()), 4U);
  EXPECT_THAT(seqs(journal.after(3)), ElementsAre(4));
}

TEST(Journal, ASubscriberIsToldWhatIsKeptThenWhatComes) {
  Journal journal;
  for (int i = 0; i < 3; ++i) journal.record(entry());
  Seqs told;
  auto handle = journal.subscribe(1, into(told));
  EXPECT_THAT(told, ElementsAre(2, 3));
  journal.record(entry());
  EXPECT_THAT(told, ElementsAre(2, 3, 4));
  handle.reset();
  journal.record(entry());
  EXPECT_THAT(told, ElementsAre(2, 3, 4));
  EXPECT_EQ(journal.subscribers(), 0U);
}

TEST(Journal, ASubscriberIsToldThoughTheEntryWasTooBigToKeep) {
  Journal journal({.bytes = 0, .entries = 0});
  Seqs told;
  const auto handle = journal.subscribe(0, into(told));
  journal.record(entry());
  EXPECT_THAT(told, ElementsAre(1));
}

TEST(Journal, ASubscriberMayLeaveWhileItIsTold) {
  Journal journal;
  Seqs told;
  std::shared_ptr<void> handle;
  handle = journal.subscribe(0, [&](const Journal::EntryPtr& each) {
    told.push_back(each->seq);
    handle.reset();
  });
  journal.record(entry());
  journal.record(entry());
  EXPECT_THAT(told, ElementsAre(1));
  EXPECT_EQ(journal.subscribers(), 0U);
}

TEST(Journal, ASubscriberMayMakeAnotherLeaveWhileItIsTold) {
  Journal journal;
  Seqs first;
  Seqs last;
  std::shared_ptr<void> other = journal.subscribe(0, into(first));
  std::shared_ptr<void> third;
  const auto handle = journal.subscribe(0, [&](const Journal::EntryPtr&) {
    other.reset();
    third.reset();
  });
  third = journal.subscribe(0, into(last));
  journal.record(entry());
  journal.record(entry());
  EXPECT_THAT(first, ElementsAre(1));
  EXPECT_THAT(last, IsEmpty());
  EXPECT_EQ(journal.subscribers(), 1U);
}

TEST(Journal, WhoLeavesTakesAlongWhomItHolds) {
  Journal journal;
  Seqs told;
  auto held = journal.subscribe(0, into(told));
  journal.follow(
      0, [held = std::move(held)](const Journal::EntryPtr&) { return false; }, nullptr);
  journal.record(entry());
  journal.record(entry());
  EXPECT_THAT(told, ElementsAre(1));
  EXPECT_EQ(journal.subscribers(), 0U);
}

TEST(Journal, AHandleMayOutliveTheJournal) {
  auto journal = std::make_unique<Journal>();
  const auto alive = std::make_shared<int>(0);
  auto handle = journal->subscribe(0, [alive](const Journal::EntryPtr&) {});
  journal.reset();
  EXPECT_EQ(alive.use_count(), 1);  // what the subscriber held is let go with the journal
  handle.reset();
}

TEST(Journal, AFollowerThatSaysNoIsToldNoMore) {
  Journal journal;
  journal.record(entry());
  journal.record(entry());
  Seqs told;
  journal.follow(
      0, [&](const Journal::EntryPtr& each) { return told.push_back(each->seq), each->seq < 3; },
      nullptr);
  EXPECT_EQ(journal.subscribers(), 1U);
  journal.record(entry());
  EXPECT_EQ(journal.subscribers(), 0U);
  journal.record(entry());
  EXPECT_THAT(told, ElementsAre(1, 2, 3));
}

TEST(Journal, AFollowerThatSaysNoWhileItCatchesUpNeverJoins) {
  Journal journal;
  journal.record(entry());
  journal.record(entry());
  Seqs told;
  journal.follow(
      0, [&](const Journal::EntryPtr& each) { return told.push_back(each->seq), false; }, nullptr);
  EXPECT_THAT(told, ElementsAre(1));
  EXPECT_EQ(journal.subscribers(), 0U);
}

TEST(Journal, WhoIsNoLongerWantedGoesWhenAnotherComes) {
  Journal journal;
  bool wanted = true;
  journal.follow(
      0, [](const Journal::EntryPtr&) { return true; }, [&wanted] { return wanted; });
  journal.follow(
      0, [](const Journal::EntryPtr&) { return true; }, nullptr);
  EXPECT_EQ(journal.subscribers(), 2U);
  wanted = false;
  journal.follow(
      0, [](const Journal::EntryPtr&) { return true; }, nullptr);
  EXPECT_EQ(journal.subscribers(), 2U);
}

TEST(Journal, SubscribersThatJoinWhileOthersRecordMissNothingAndSeeNothingTwice) {
  constexpr int kRecorders = 4;
  constexpr std::uint64_t kEach = 500;
  constexpr int kSubscribers = 8;
  Journal journal({.bytes = SIZE_MAX, .entries = SIZE_MAX});
  std::latch start(kRecorders + 1);
  std::vector<std::thread> recorders;
  for (int i = 0; i < kRecorders; ++i) {
    recorders.emplace_back([&] {
      start.arrive_and_wait();
      for (std::uint64_t n = 0; n < kEach; ++n) journal.record(entry());
    });
  }
  std::vector<Seqs> told(kSubscribers);
  std::vector<std::shared_ptr<void>> handles;
  start.arrive_and_wait();
  for (auto& each : told) handles.push_back(journal.subscribe(0, into(each)));
  for (auto& recorder : recorders) recorder.join();
  handles.clear();
  for (const auto& each : told) {
    ASSERT_EQ(each.size(), kRecorders * kEach);
    for (std::uint64_t i = 0; i < each.size(); ++i) ASSERT_EQ(each[i], i + 1);
  }
}

TEST(Journal, AHandleDestroyedElsewhereWaitsForTheTellThatRuns) {
  Journal journal;
  std::promise<void> entered;
  std::promise<void> release;
  std::atomic<bool> told = false;
  auto handle = journal.subscribe(0, [&](const Journal::EntryPtr&) {
    entered.set_value();
    release.get_future().wait();
    told = true;
  });
  std::thread recorder([&] { journal.record(entry()); });
  entered.get_future().wait();
  std::thread releaser([&] { release.set_value(); });
  handle.reset();
  EXPECT_TRUE(told);  // and what the lambda refers to may go now
  releaser.join();
  recorder.join();
}

}  // namespace
}  // namespace heygen::mock
