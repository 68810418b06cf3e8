#include "mock_server/webhooks/delivery/dispatcher.h"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "mock_server/core/testing.h"
#include "mock_server/sandbox/system_sources.h"
#include "mock_server/webhooks/delivery/testing.h"
#include "mock_server/webhooks/signature.h"
#include "mock_server/wire/unique_fd.h"

namespace heygen::mock {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using testing::Receiver;

// Takes connections and never answers: the kernel accepts for it.
class Deaf {
 public:
  Deaf() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(fd_.get(), 8) != 0 ||
        ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no socket");
    }
    port_ = ntohs(address.sin_port);
  }
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/";
  }

 private:
  wire::UniqueFd fd_;
  std::uint16_t port_ = 0;
};

class Dispatcher : public ::testing::Test {
 protected:
  Dispatcher() { box_->clock().freeze(); }

  void add(std::string url, WebhookStyle style = WebhookStyle::v3) {
    WebhookEndpoint endpoint;
    endpoint.id = "ep_" + std::to_string(++endpoints_);
    endpoint.account = "ann";
    endpoint.url = std::move(url);
    endpoint.secret = "whsec_test";
    endpoint.style = style;
    ASSERT_TRUE(box_->webhooks().add(endpoint));
  }
  void expect_event(seconds in, WebhookDispatcher& dispatcher) {
    WebhookEvent event;
    event.id = "evt_1";
    event.account = "ann";
    event.type = "avatar_video.success";
    event.body = R"({"event_type":"avatar_video.success"})";
    event.due = box_->clock().now() + in;
    ASSERT_TRUE(box_->webhooks().expect(event));
    dispatcher.watch(box_);
  }
  std::vector<Entry> wait_records(std::size_t count) {
    std::unique_lock lock{mutex_};
    recorded_.wait(lock, [&] { return records_.size() >= count; });
    return records_;
  }
  WebhookDispatcher::Record record() {
    return [this](Sandbox& sandbox, Entry entry) {
      EXPECT_EQ(&sandbox, box_.get());
      const std::lock_guard lock{mutex_};
      records_.push_back(std::move(entry));
      recorded_.notify_all();
    };
  }

  testing::ManualClock base_;
  std::shared_ptr<Sandbox> box_ = std::make_shared<Sandbox>("box", base_, SandboxBlueprint{});
  int endpoints_ = 0;
  std::mutex mutex_;
  std::condition_variable recorded_;
  std::vector<Entry> records_;
};

TEST_F(Dispatcher, SendsWhenTheSandboxsClockIsThereAndSignsIt) {
  Receiver receiver;
  WebhookDispatcher dispatcher{record()};
  add(receiver.url());
  expect_event(seconds{60}, dispatcher);
  ASSERT_TRUE(box_->clock().advance(seconds{59}));
  ASSERT_TRUE(box_->clock().advance(seconds{1}));
  const auto request = receiver.wait(1)[0];
  EXPECT_EQ(request.body, R"({"event_type":"avatar_video.success"})");
  EXPECT_EQ(request.headers.get("Heygen-Signature"), webhook_signature(request.body, "whsec_test"));
  EXPECT_EQ(request.headers.get("Heygen-Timestamp"), "1767225600");  // the machine's clock
  EXPECT_EQ(request.headers.get("Heygen-Event-Id"), "evt_1");
  EXPECT_EQ(request.headers.get("Content-Type"), "application/json");
  EXPECT_FALSE(request.headers.has("Signature"));
  const auto entry = wait_records(1)[0];
  EXPECT_EQ(entry.endpoint, Endpoint::webhook);
  EXPECT_EQ(entry.outcome, "ok");
  EXPECT_EQ(entry.why, "avatar_video.success to endpoint ep_1, attempt 1: it answered 200");
  EXPECT_EQ(entry.request.target, "/hook?app=1");
  EXPECT_EQ(entry.request.body, request.body);
  EXPECT_EQ(entry.response.status, 200);
  EXPECT_EQ(entry.response.body, "thanks");
  EXPECT_EQ(entry.time, base_.now() + seconds{60});
  EXPECT_EQ(entry.wall, base_.now());
}

TEST_F(Dispatcher, TheOlderStyleHasOneField) {
  Receiver receiver;
  WebhookDispatcher dispatcher{record()};
  add(receiver.url(), WebhookStyle::v1);
  expect_event(seconds{0}, dispatcher);
  const auto request = receiver.wait(1)[0];
  EXPECT_EQ(request.headers.get("Signature"), webhook_signature(request.body, "whsec_test"));
  EXPECT_FALSE(request.headers.has("Heygen-Signature"));
  EXPECT_FALSE(request.headers.has("Heygen-Event-Id"));
}

TEST_F(Dispatcher, TriesAgainByTheSandboxsClockAndThenNoMore) {
  Receiver receiver{{500}};
  WebhookDispatcher dispatcher{record()};
  add(receiver.url());
  expect_event(seconds{0}, dispatcher);
  EXPECT_EQ(wait_records(1)[0].why,
            "avatar_video.success to endpoint ep_1, attempt 1: it answered 500; the next follows "
            "10s later by the sandbox's clock");
  EXPECT_EQ(records_[0].outcome, "undelivered");
  ASSERT_TRUE(box_->clock().advance(seconds{10}));
  EXPECT_THAT(wait_records(2)[1].why,
              HasSubstr("attempt 2: it answered 500; the next follows 60s"));
  ASSERT_TRUE(box_->clock().advance(seconds{60}));
  EXPECT_THAT(wait_records(3)[2].why, HasSubstr("attempt 3: it answered 500; no more follow"));
  EXPECT_EQ(box_->webhooks().next(), std::nullopt);
}

TEST_F(Dispatcher, ASecondAttemptMaySucceed) {
  Receiver receiver{{503, 200}};
  WebhookDispatcher dispatcher{record()};
  add(receiver.url());
  expect_event(seconds{0}, dispatcher);
  wait_records(1);
  ASSERT_TRUE(box_->clock().advance(seconds{10}));
  EXPECT_EQ(wait_records(2)[1].outcome, "ok");
  const auto requests = receiver.wait(2);
  EXPECT_EQ(requests[0].headers.get("Heygen-Event-Id"), requests[1].headers.get("Heygen-Event-Id"));
}

TEST_F(Dispatcher, WhatIsFarAwayIsNotCalled) {
  WebhookDispatcher dispatcher{record()};
  add("https://app.example/hook");
  expect_event(seconds{0}, dispatcher);
  const auto entry = wait_records(1)[0];
  EXPECT_EQ(entry.outcome, "undelivered");
  EXPECT_EQ(entry.response.status, 0);
  EXPECT_THAT(entry.why, HasSubstr("webhooks=any"));
  EXPECT_EQ(box_->webhooks().next(), std::nullopt);
}

TEST_F(Dispatcher, OneThatNeverAnswersHoldsNobodyUpNorTheEnd) {
  const Deaf deaf;
  Receiver receiver;
  WebhookDispatcher dispatcher{record(), {.timeout = std::chrono::hours{1}}};
  add(deaf.url());
  add(receiver.url());
  expect_event(seconds{0}, dispatcher);
  EXPECT_EQ(wait_records(1)[0].outcome, "ok");
  dispatcher.stop();
  EXPECT_EQ(records_.size(), 1U);
}

TEST_F(Dispatcher, ATimeOutIsAnAttemptThatFailed) {
  const Deaf deaf;
  WebhookDispatcher dispatcher{record(), {.timeout = std::chrono::milliseconds{20}}};
  add(deaf.url());
  expect_event(seconds{0}, dispatcher);
  const auto entry = wait_records(1)[0];
  EXPECT_EQ(entry.outcome, "undelivered");
  EXPECT_EQ(entry.response.status, 0);
  EXPECT_THAT(entry.why, HasSubstr("attempt 1: Timeout was reached; the next follows"));
}

TEST_F(Dispatcher, AfterAResetNothingIsSent) {
  Receiver receiver;
  WebhookDispatcher dispatcher{record()};
  add(receiver.url());
  expect_event(seconds{60}, dispatcher);
  box_->reset();
  box_->clock().freeze();
  add(receiver.url());
  expect_event(seconds{3600}, dispatcher);
  ASSERT_TRUE(box_->clock().advance(seconds{3600}));
  EXPECT_THAT(wait_records(1)[0].why, HasSubstr("ep_2"));
  EXPECT_EQ(receiver.count(), 1U);
}

TEST_F(Dispatcher, ASandboxThatIsGoneIsForgotten) {
  WebhookDispatcher dispatcher{record()};
  add("http://127.0.0.1:9/");
  expect_event(seconds{60}, dispatcher);
  const std::weak_ptr<Sandbox> gone = box_;
  box_ = std::make_shared<Sandbox>("other", base_, SandboxBlueprint{});
  dispatcher.watch(box_);
  dispatcher.stop();
  EXPECT_TRUE(gone.expired());
}

TEST(DispatcherInRealTime, SleepsUntilItIsTime) {
  const SystemClock clock;
  const auto box = std::make_shared<Sandbox>("box", clock, SandboxBlueprint{});
  Receiver receiver;
  WebhookDispatcher dispatcher{[](Sandbox&, const Entry&) {}};
  WebhookEndpoint endpoint;
  endpoint.url = receiver.url();
  ASSERT_TRUE(box->webhooks().add(endpoint));
  WebhookEvent event;
  event.due = clock.now() + std::chrono::milliseconds{30};
  ASSERT_TRUE(box->webhooks().expect(event));
  dispatcher.watch(box);
  receiver.wait(1);
  EXPECT_GE(clock.now(), event.due);
}

}  // namespace
}  // namespace heygen::mock
