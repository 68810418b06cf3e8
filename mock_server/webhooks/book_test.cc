#include "mock_server/webhooks/book.h"

#include <gtest/gtest.h>

#include "mock_server/webhooks/signature.h"

namespace heygen::mock {
namespace {

constexpr TimePoint kNow{std::chrono::seconds{1'767'225'600}};
constexpr TimePoint at(int seconds) { return kNow + std::chrono::seconds{seconds}; }

WebhookEndpoint endpoint(std::string id, std::string account = "ann") {
  WebhookEndpoint e;
  e.id = std::move(id);
  e.account = std::move(account);
  e.url = "http://127.0.0.1/" + e.id;
  e.secret = "secret-of-" + e.id;
  return e;
}

WebhookEvent event(TimePoint due, std::string type = "avatar_video.success") {
  WebhookEvent e;
  e.id = "evt";
  e.account = "ann";
  e.type = std::move(type);
  e.body = "{}";
  e.due = due;
  return e;
}

TEST(WebhookSignature, IsTheHexHmacOfTheBody) {  // RFC 4231 §4.3
  EXPECT_EQ(webhook_signature("what do ya want for nothing?", "Jefe"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(WebhookBook, AnEventIsHandedOutOnceItIsDueAndOnce) {
  WebhookBook book;
  ASSERT_TRUE(book.add(endpoint("a")));
  ASSERT_TRUE(book.expect(event(at(60))));
  EXPECT_EQ(book.next(), at(60));
  EXPECT_TRUE(book.take_due(at(59), 8).empty());
  const auto due = book.take_due(at(60), 8);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].endpoint_id, "a");
  EXPECT_EQ(due[0].url, "http://127.0.0.1/a");
  EXPECT_EQ(due[0].secret, "secret-of-a");
  EXPECT_EQ(due[0].attempt, 1);
  EXPECT_TRUE(book.take_due(at(60), 8).empty());
  EXPECT_EQ(book.next(), std::nullopt);
}

TEST(WebhookBook, WhoIsToldIsDecidedWhenItHappens) {
  WebhookBook book;
  WebhookEndpoint failures = endpoint("failures");
  failures.events = {"avatar_video.fail"};
  ASSERT_TRUE(book.add(failures));
  ASSERT_TRUE(book.add(endpoint("gone")));
  ASSERT_TRUE(book.add(endpoint("others", "bob")));
  ASSERT_TRUE(book.expect(event(at(60))));
  ASSERT_TRUE(book.remove("ann", "gone"));
  ASSERT_TRUE(book.add(endpoint("late")));
  const auto due = book.take_due(at(60), 8);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].endpoint_id, "late");
}

TEST(WebhookBook, ACallbackUrlIsToldBesidesAndWithoutASecret) {
  WebhookBook book;
  WebhookEvent told = event(at(0));
  told.callback_url = "http://127.0.0.1/one-off";
  ASSERT_TRUE(book.expect(told));
  const auto due = book.take_due(at(0), 8);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].url, "http://127.0.0.1/one-off");
  EXPECT_EQ(due[0].endpoint_id, "");
  EXPECT_EQ(due[0].secret, "");
}

TEST(WebhookBook, ARetryWaitsForItsTimeAndIsDroppedWithItsEndpoint) {
  WebhookBook book;
  ASSERT_TRUE(book.add(endpoint("a")));
  ASSERT_TRUE(book.expect(event(at(0))));
  auto delivery = book.take_due(at(0), 8).at(0);
  delivery.attempt = 2;
  delivery.due = at(5);
  EXPECT_TRUE(book.retry(delivery));
  EXPECT_EQ(book.next(), at(5));
  EXPECT_TRUE(book.take_due(at(4), 8).empty());
  EXPECT_EQ(book.take_due(at(5), 8).at(0).attempt, 2);
  EXPECT_TRUE(book.wants(delivery));
  ASSERT_TRUE(book.remove("ann", "a"));
  EXPECT_FALSE(book.wants(delivery));
  EXPECT_FALSE(book.retry(delivery));
}

TEST(WebhookBook, AResetForgetsEverythingUnderWayToo) {
  WebhookBook book;
  ASSERT_TRUE(book.add(endpoint("a")));
  ASSERT_TRUE(book.expect(event(at(0))));
  ASSERT_TRUE(book.expect(event(at(60))));
  const auto delivery = book.take_due(at(0), 8).at(0);
  book.clear();
  ASSERT_TRUE(book.add(endpoint("a")));
  EXPECT_FALSE(book.wants(delivery));
  EXPECT_EQ(book.next(), std::nullopt);
}

TEST(WebhookBook, AnAccountSeesItsOwnEndpoints) {
  WebhookBook book;
  ASSERT_TRUE(book.add(endpoint("a")));
  ASSERT_TRUE(book.add(endpoint("b", "bob")));
  ASSERT_EQ(book.endpoints("ann").size(), 1U);
  EXPECT_FALSE(book.find("ann", "b"));
  EXPECT_FALSE(book.remove("ann", "b"));
  EXPECT_FALSE(book.replace(endpoint("b", "ann")));
  WebhookEndpoint moved = endpoint("b", "bob");
  moved.url = "http://127.0.0.1/moved";
  EXPECT_TRUE(book.replace(moved));
  EXPECT_EQ(book.find("bob", "b")->url, "http://127.0.0.1/moved");
}

TEST(WebhookBook, IsBounded) {
  WebhookBook book({.endpoints = 2, .events = 2, .deliveries = 3});
  EXPECT_TRUE(book.add(endpoint("a")));
  EXPECT_TRUE(book.add(endpoint("b")));
  EXPECT_FALSE(book.add(endpoint("c")));
  EXPECT_TRUE(book.expect(event(at(0))));
  EXPECT_TRUE(book.expect(event(at(1))));
  EXPECT_FALSE(book.expect(event(at(2))));
  EXPECT_EQ(book.take_due(at(9), 2).size(), 2U);  // of the three that are kept of four
  EXPECT_EQ(book.take_due(at(9), 8).size(), 1U);
}

}  // namespace
}  // namespace heygen::mock
