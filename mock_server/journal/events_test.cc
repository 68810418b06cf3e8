#include "mock_server/journal/events.h"

#include <gmock/gmock.h>

#include <mutex>
#include <thread>

#include "mock_server/journal/testing.h"

namespace heygen::mock {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// Takes up to `limit` bytes, as one that is not read does.
class FakeOutbox final : public wire::Outbox {
 public:
  explicit FakeOutbox(std::size_t limit = SIZE_MAX) : limit_(limit) {}

  bool push(std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    if (open_ && sent_.size() + bytes.size() > limit_) open_ = false;
    if (open_) sent_ += bytes;
    return open_;
  }
  void close() override {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  [[nodiscard]] bool open() const override {
    const std::lock_guard lock(mutex_);
    return open_;
  }
  [[nodiscard]] std::string sent() const {
    const std::lock_guard lock(mutex_);
    return sent_;
  }

 private:
  const std::size_t limit_;
  mutable std::mutex mutex_;
  bool open_ = true;
  std::string sent_;
};

std::shared_ptr<FakeOutbox> followed(const std::shared_ptr<Journal>& journal,
                                     std::uint64_t after = 0, std::size_t limit = SIZE_MAX) {
  auto outbox = std::make_shared<FakeOutbox>(limit);
  stream_events(journal, after, Redactor{}).stream(outbox);
  return outbox;
}

// The lines that begin with `field`, one after the other.
std::string lines(const std::string& text, std::string_view field) {
  std::string out;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    const auto line = text.substr(start, end - start);
    if (line.starts_with(field)) out += (out.empty() ? "" : " ") + line.substr(field.size());
    start = end + 1;
  }
  return out;
}

Entry big(std::size_t bytes) {
  Entry entry;
  entry.endpoint = Endpoint::api;
  entry.request.headers.add("X-Big", std::string(bytes, 'x'));
  return entry;
}

TEST(Events, TheHeadIsThatOfAnEventStream) {
  const auto response = stream_events(std::make_shared<Journal>(), 0, Redactor{});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("Content-Type"), "text/event-stream");
  EXPECT_EQ(response.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(response.body, "retry: 1000\n\n");
}

// WHATWG HTML §9.2.6
TEST(Events, AnExchangeIsOneEvent) {
  const auto journal = std::make_shared<Journal>();
  const auto outbox = followed(journal);
  EXPECT_THAT(outbox->sent(), IsEmpty());
  journal->record(token_exchange());
  EXPECT_THAT(outbox->sent(), StartsWith("id: 1\nevent: exchange\ndata: {\"seq\":1,"));
  EXPECT_TRUE(outbox->sent().ends_with("}\n\n"));
  EXPECT_EQ(std::ranges::count(outbox->sent(), '\n'), 4);
}

TEST(Events, WhatIsKeptComesFirstThenWhatHappens) {
  const auto journal = std::make_shared<Journal>();
  for (int i = 0; i < 3; ++i) journal->record(token_exchange());
  const auto outbox = followed(journal, 1);
  journal->record(token_exchange());
  EXPECT_EQ(lines(outbox->sent(), "id: "), "2 3 4");
  EXPECT_THAT(outbox->sent(), Not(HasSubstr("event: gap")));
}

TEST(Events, WhatIsNoLongerKeptIsAGap) {
  const auto journal = std::make_shared<Journal>(JournalLimits{.bytes = SIZE_MAX, .entries = 2});
  for (int i = 0; i < 5; ++i) journal->record(token_exchange());
  const auto outbox = followed(journal, 1);
  EXPECT_THAT(outbox->sent(), StartsWith("event: gap\ndata: {\"after\":1,\"next\":4}\n\nid: 4\n"));
  EXPECT_EQ(lines(outbox->sent(), "id: "), "4 5");
}

TEST(Events, OfAMuchTooLongPastTheNewestIsSent) {
  const auto journal = std::make_shared<Journal>();
  for (int i = 0; i < 500; ++i) journal->record(token_exchange());
  const auto outbox = followed(journal);
  EXPECT_LT(outbox->sent().size(), 128U * 1024);
  EXPECT_GT(outbox->sent().size(), 64U * 1024);
  EXPECT_THAT(outbox->sent(), StartsWith("event: gap\ndata: {\"after\":0,\"next\":"));
  EXPECT_THAT(lines(outbox->sent(), "id: "), HasSubstr("499 500"));
}

TEST(Events, AnExchangeThatIsTooMuchIsSentWithoutItsTexts) {
  const auto journal = std::make_shared<Journal>();
  const auto outbox = followed(journal);
  journal->record(big(200'000));
  EXPECT_LT(outbox->sent().size(), 1'000U);
  EXPECT_THAT(outbox->sent(), HasSubstr(R"("request":{"bytes":20)"));
}

TEST(Events, AnIdOfAnotherJournalIsNoPlaceInThisOne) {
  const auto journal = std::make_shared<Journal>();
  journal->record(token_exchange());
  EXPECT_EQ(lines(followed(journal, 500)->sent(), "id: "), "1");
}

TEST(Events, APeerThatHasGoneIsForgotten) {
  const auto journal = std::make_shared<Journal>();
  const auto outbox = followed(journal);
  EXPECT_EQ(journal->subscribers(), 1U);
  outbox->close();
  journal->record(token_exchange());
  EXPECT_EQ(journal->subscribers(), 0U);
  EXPECT_EQ(outbox.use_count(), 1);
}

TEST(Events, APeerThatHasGoneIsForgottenWhenAnotherComesThoughNothingHappens) {
  const auto journal = std::make_shared<Journal>();
  for (int i = 0; i < 5; ++i) followed(journal)->close();
  const auto outbox = followed(journal);
  EXPECT_EQ(journal->subscribers(), 1U);
}

TEST(Events, APeerThatDoesNotReadIsDropped) {
  const auto journal = std::make_shared<Journal>();
  const auto outbox = followed(journal, 0, 5'000);
  for (int i = 0; i < 20; ++i) journal->record(token_exchange());
  EXPECT_FALSE(outbox->open());
  EXPECT_EQ(journal->subscribers(), 0U);
}

TEST(Events, APeerThatCannotEvenTakeThePastNeverJoins) {
  const auto journal = std::make_shared<Journal>();
  journal->record(token_exchange());
  const auto outbox = followed(journal, 0, 10);
  EXPECT_EQ(journal->subscribers(), 0U);
}

TEST(Events, TheJournalsEndIsTheStreams) {
  auto journal = std::make_shared<Journal>();
  const auto outbox = followed(journal);
  EXPECT_TRUE(outbox->open());
  journal.reset();
  EXPECT_FALSE(outbox->open());
  EXPECT_EQ(outbox.use_count(), 1);
}

TEST(Events, AJournalThatEndedBeforeTheStreamBeganClosesIt) {
  auto journal = std::make_shared<Journal>();
  const auto response = stream_events(journal, 0, Redactor{});
  journal.reset();
  const auto outbox = std::make_shared<FakeOutbox>();
  response.stream(outbox);
  EXPECT_FALSE(outbox->open());
}

TEST(Events, PeersComeAndGoWhileExchangesAreRecorded) {
  constexpr int kEach = 50;
  const auto journal = std::make_shared<Journal>();
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&journal] {
      for (int n = 0; n < kEach; ++n) journal->record(token_exchange());
    });
    threads.emplace_back([&journal] {
      for (int n = 0; n < 5; ++n) followed(journal, 0, std::size_t{200} * 1024)->close();
    });
  }
  for (auto& thread : threads) thread.join();
  const auto last = followed(journal, 2 * kEach - 1);
  EXPECT_EQ(lines(last->sent(), "id: "), std::to_string(2 * kEach));
  EXPECT_EQ(journal->subscribers(), 1U);
}

}  // namespace
}  // namespace heygen::mock
