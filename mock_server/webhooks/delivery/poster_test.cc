#include "mock_server/webhooks/delivery/poster.h"

#include <gtest/gtest.h>

#include <thread>

#include "mock_server/webhooks/delivery/testing.h"
#include "mock_server/wire/socket.h"

namespace heygen::mock {
namespace {

using std::chrono::milliseconds;
using testing::Receiver;

constexpr milliseconds kLong = std::chrono::hours{1};

std::vector<Poster::Outcome> all(Poster& poster, std::size_t count) {
  std::vector<Poster::Outcome> out;
  while (out.size() < count) {
    for (auto& outcome : poster.wait(kLong)) out.push_back(std::move(outcome));
  }
  return out;
}

Poster::Order order(std::uint64_t ticket, std::string url) {
  return {ticket,
          std::move(url),
          {{"X-Test", "1"}, {"Content-Type", "application/json"}},
          "{}",
          WebhookReach::near};
}

TEST(Poster, PostsAndTellsWhatCameBack) {
  Receiver receiver{{204}};
  Poster poster;
  poster.send(order(7, receiver.url()));
  const auto done = all(poster, 1);
  EXPECT_EQ(done[0].ticket, 7U);
  EXPECT_EQ(done[0].status, 204);
  EXPECT_EQ(done[0].error, "");
  const auto requests = receiver.wait(1);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/hook?app=1");
  EXPECT_EQ(requests[0].headers.get("X-Test"), "1");
  EXPECT_EQ(requests[0].headers.get("Content-Type"), "application/json");
  EXPECT_EQ(requests[0].body, "{}");
}

TEST(Poster, KeepsAsMuchOfAnAnswerAsItMay) {
  Receiver receiver;
  Poster poster{{.body = 4}};
  poster.send(order(1, receiver.url()));
  const auto done = all(poster, 1);
  EXPECT_EQ(done[0].status, 200);
  EXPECT_EQ(done[0].body, "than");
}

// The name leads to loopback today; the URL alone did not say so.
TEST(Poster, AnAddressThatIsFarIsNotCalled) {
  Poster poster;
  poster.send(order(1, "http://0.0.0.0:9/"));
  const auto done = all(poster, 1);
  EXPECT_EQ(done[0].status, 0);
  EXPECT_EQ(done[0].error, "the address is neither loopback nor private");
}

TEST(Poster, LoopbackIsNotCalledForANeighbour) {
  Receiver receiver{{204}};
  Poster poster;
  for (const auto reach : {WebhookReach::neighbours, WebhookReach::near, WebhookReach::anywhere}) {
    auto one = order(1, receiver.url());
    one.reach = reach;
    poster.send(std::move(one));
    const auto done = all(poster, 1);
    EXPECT_EQ(done[0].status, reach == WebhookReach::neighbours ? 0 : 204);
    EXPECT_EQ(done[0].error.starts_with("the address is the mock's own machine"),
              reach == WebhookReach::neighbours);
  }
  EXPECT_EQ(receiver.count(), 2U);
}

TEST(Poster, NobodyThereIsAnError) {
  std::uint16_t port = 0;
  {
    const Receiver gone;
    port = static_cast<std::uint16_t>(std::stoi(gone.url().substr(17)));
  }
  Poster poster;
  poster.send(order(1, "http://127.0.0.1:" + std::to_string(port) + "/"));
  const auto done = all(poster, 1);
  EXPECT_EQ(done[0].status, 0);
  EXPECT_FALSE(done[0].error.empty());
}

TEST(Poster, ARedirectIsNotFollowed) {
  Receiver receiver{{307}};
  Poster poster;
  poster.send(order(1, receiver.url()));
  EXPECT_EQ(all(poster, 1)[0].status, 307);
  EXPECT_EQ(receiver.count(), 1U);
}

TEST(Poster, SendsSeveralAtOnce) {
  Receiver receiver;
  Poster poster{{.at_once = 3}};
  for (std::uint64_t i = 0; i < 3; ++i) poster.send(order(i, receiver.url()));
  EXPECT_EQ(poster.free(), 0U);
  EXPECT_EQ(all(poster, 3).size(), 3U);
  EXPECT_EQ(poster.free(), 3U);
}

TEST(Poster, IsWokenWhileItHasNothingToDo) {
  Poster poster;
  std::jthread waker{[&] { poster.wake(); }};
  EXPECT_TRUE(poster.wait(kLong).empty());
}

}  // namespace
}  // namespace heygen::mock
