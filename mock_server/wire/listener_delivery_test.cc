// Each kind of delivery and each stream, as a client's socket sees it.
#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "mock_server/wire/io_time.h"
#include "mock_server/wire/listener.h"
#include "mock_server/wire/raw_client.h"

namespace heygen::mock::wire {
namespace {

using namespace std::chrono_literals;
using testing::body_of;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::RawClient;
using testing::request;
using ::testing::StartsWith;
using testing::status_of;
using Ending = Delivery::Ending;

class ListenerDelivery : public ::testing::Test {
 protected:
  // A listener whose every answer has the body "abcdefgh" and this delivery.
  std::uint16_t serve(Delivery delivery, Listener::Options options = {}) {
    return serve_with(
        [delivery](const Request&) {
          Response response;
          response.body = "abcdefgh";
          response.delivery = delivery;
          return response;
        },
        std::move(options));
  }

  std::uint16_t serve_with(Handler handler, Listener::Options options = {}) {
    auto started = Listener::start(std::move(options), std::move(handler));
    EXPECT_EQ(started.error, "");
    listener_ = std::move(started.listener);
    return listener_->port();
  }

  void TearDown() override {
    if (listener_) listener_->stop();
  }

  std::unique_ptr<Listener> listener_;
};

// Asks once and reads until the connection ends.
std::string ask(RawClient& client) {
  client.send(request("GET", "/"));
  return client.rest();
}

Delivery ending(Ending ending) {
  Delivery delivery;
  delivery.ending = ending;
  return delivery;
}

TEST_F(ListenerDelivery, ResetIsARealRst) {
  RawClient client(serve(ending(Ending::reset)));
  EXPECT_EQ(ask(client), "");
  EXPECT_EQ(client.end(), RawClient::End::reset);
}

TEST_F(ListenerDelivery, EmptyIsAFinWithoutAByte) {
  RawClient client(serve(ending(Ending::empty)));
  EXPECT_EQ(ask(client), "");
  EXPECT_EQ(client.end(), RawClient::End::fin);
}

TEST_F(ListenerDelivery, HeadOnlyPromisesABodyThatNeverComes) {
  RawClient client(serve(ending(Ending::head_only)));
  const auto got = ask(client);
  EXPECT_THAT(got, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(got, EndsWith("\r\n\r\n"));
  EXPECT_EQ(client.end(), RawClient::End::fin);
}

TEST_F(ListenerDelivery, TruncatedStopsInsideTheBody) {
  auto delivery = ending(Ending::truncated);
  delivery.truncate_at = 3;
  RawClient client(serve(delivery));
  const auto got = ask(client);
  EXPECT_THAT(got, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_EQ(body_of(got), "abc");
  EXPECT_EQ(client.end(), RawClient::End::fin);
}

TEST_F(ListenerDelivery, CloseEndsAConnectionThatWasToBeKept) {
  RawClient client(serve(ending(Ending::close)));
  const auto got = ask(client);
  EXPECT_EQ(body_of(got), "abcdefgh");
  EXPECT_THAT(got, ::testing::Not(HasSubstr("Connection: close")));
  EXPECT_EQ(client.end(), RawClient::End::fin);
}

TEST_F(ListenerDelivery, DelayHoldsTheAnswerAndNoWorker) {
  Listener::Options options;
  options.workers = 1;
  const auto port = serve_with(
      [](const Request& asked) {
        Response response;
        response.body = asked.target;
        if (asked.target == "/late") response.delivery.delay = 150ms;
        return response;
      },
      options);
  RawClient late(port);
  RawClient prompt(port);
  const auto start = IoClock::now();
  late.send(request("GET", "/late") + request("GET", "/behind"));
  prompt.send(request("GET", "/prompt"));
  EXPECT_EQ(body_of(prompt.response()), "/prompt");
  EXPECT_EQ(body_of(late.response()), "/late");
  EXPECT_GE(IoClock::now() - start, 150ms);
  EXPECT_EQ(body_of(late.response()), "/behind");  // pipelined behind a delayed answer
  EXPECT_EQ(listener_->workers(), 1U);
}

TEST_F(ListenerDelivery, ADelayBeforeAResetIsKept) {
  auto delivery = ending(Ending::reset);
  delivery.delay = 60ms;
  RawClient client(serve(delivery));
  const auto start = IoClock::now();
  EXPECT_EQ(ask(client), "");
  EXPECT_GE(IoClock::now() - start, 60ms);
  EXPECT_EQ(client.end(), RawClient::End::reset);
}

TEST_F(ListenerDelivery, DribbleComesInPieces) {
  Delivery delivery;
  delivery.dribble = {.bytes = 16, .every = 20ms};
  RawClient client(serve(delivery));
  const auto start = IoClock::now();
  client.send(request("GET", "/"));
  EXPECT_EQ(client.some(1000).size(), 16U);
  const auto got = client.response();
  EXPECT_THAT(got, EndsWith("\r\n\r\nabcdefgh"));
  const auto pieces = (got.size() + 16 + 15) / 16;
  EXPECT_GE(IoClock::now() - start, 20ms * (pieces - 1));
  client.send(request("GET", "/"));  // and the connection is still good
  EXPECT_EQ(status_of(client.response()), 200);
}

TEST_F(ListenerDelivery, EndlessIsChunkedAndAsLongAsAsked) {
  Delivery delivery;
  delivery.endless_bytes = 5'000'000;
  RawClient client(serve(delivery));
  client.send(request("GET", "/", "", "Connection: close\r\n"));
  const auto got = client.rest();
  EXPECT_THAT(got, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(got, EndsWith("abcdefgh\r\n0\r\n\r\n"));
  EXPECT_GT(got.size(), 5'000'000U);
}

TEST_F(ListenerDelivery, AHugeEndlessBodyStopsWhenTheClientGoes) {
  Delivery delivery;
  delivery.endless_bytes = 1'000'000'000'000;
  const auto port = serve(delivery);
  {
    RawClient client(port);
    client.send(request("GET", "/"));
    EXPECT_FALSE(client.some(100'000).empty());
  }
  while (listener_->open_connections() != 0) std::this_thread::yield();
}

TEST_F(ListenerDelivery, ALargeAnswerWaitsForASlowReader) {
  const std::string large(8'000'000, 'z');
  const auto port = serve_with([&](const Request&) {
    Response response;
    response.body = large;
    return response;
  });
  RawClient client(port, 4096);
  client.send(request("GET", "/"));
  EXPECT_EQ(body_of(client.response()), large);
}

TEST_F(ListenerDelivery, WhoDoesNotReadIsDropped) {
  Listener::Options options;
  options.write_timeout = 100ms;
  const auto port = serve_with(
      [](const Request&) {
        Response response;
        response.body = std::string(20'000'000, 'z');
        return response;
      },
      options);
  RawClient client(port, 4096);
  client.send(request("GET", "/"));
  EXPECT_FALSE(client.some(1).empty());
  while (listener_->open_connections() != 0) std::this_thread::yield();
  EXPECT_LT(client.rest().size(), 20'000'000U);
  EXPECT_EQ(client.end(), RawClient::End::reset);
}

// A place where the handler's thread leaves the far end of a stream for the test's.
class Handover {
 public:
  Handler handler() {
    return [this](const Request&) {
      Response response;
      response.headers = {{"Content-Type", "text/event-stream"}};
      response.body = ": hello\n\n";
      response.stream = [this](std::shared_ptr<Outbox> outbox) {
        const std::lock_guard lock(mutex_);
        outbox_ = std::move(outbox);
        arrived_.notify_all();
      };
      return response;
    };
  }
  std::shared_ptr<Outbox> take() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return outbox_ != nullptr; });
    return std::exchange(outbox_, nullptr);
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::shared_ptr<Outbox> outbox_;
};

TEST_F(ListenerDelivery, AStreamGoesOnUntilItIsClosed) {
  Handover handover;
  RawClient client(serve_with(handover.handler()));
  client.send(request("GET", "/events"));
  const auto head = client.until(": hello\n\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(head, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(head, ::testing::Not(HasSubstr("Content-Length")));
  const auto outbox = handover.take();
  EXPECT_TRUE(outbox->push("data: 1\n\n"));
  EXPECT_EQ(client.until("\n\n"), "data: 1\n\n");
  EXPECT_TRUE(outbox->push("data: 2\n\n"));
  outbox->close();
  EXPECT_EQ(client.rest(), "data: 2\n\n");
  EXPECT_EQ(client.end(), RawClient::End::fin);
  EXPECT_FALSE(outbox->push("data: 3\n\n"));
}

TEST_F(ListenerDelivery, AStreamWhosePeerLeavesIsToldSo) {
  Handover handover;
  std::shared_ptr<Outbox> outbox;
  {
    RawClient client(serve_with(handover.handler()));
    client.send(request("GET", "/events"));
    outbox = handover.take();
    EXPECT_TRUE(outbox->open());
  }
  while (outbox->open()) std::this_thread::yield();
  EXPECT_FALSE(outbox->push("x"));
}

TEST_F(ListenerDelivery, AStreamWhosePeerDoesNotReadIsDroppedAtTheQueuesLimit) {
  Handover handover;
  RawClient client(serve_with(handover.handler()), 4096);
  client.send(request("GET", "/events"));
  const auto outbox = handover.take();
  const std::string piece(10'000, 'p');
  std::size_t accepted = 0;
  while (outbox->push(piece) && accepted < 100'000'000) accepted += piece.size();
  // The queue and what the kernel's buffers hold, but no more.
  EXPECT_LT(accepted, 20'000'000U);
  EXPECT_FALSE(outbox->open());
  while (listener_->open_connections() != 0) std::this_thread::yield();
}

TEST_F(ListenerDelivery, PushesFromManyThreadsAllArriveWhole) {
  Handover handover;
  RawClient client(serve_with(handover.handler()));
  client.send(request("GET", "/events"));
  const auto outbox = handover.take();
  client.until(": hello\n\n");
  std::vector<std::thread> pushers;
  for (int t = 0; t < 4; ++t) {
    pushers.emplace_back([&] {
      for (int i = 0; i < 500; ++i) outbox->push("data: 0123456789\n\n");
    });
  }
  for (auto& pusher : pushers) pusher.join();
  outbox->close();
  std::string expected;
  for (int i = 0; i < 2000; ++i) expected += "data: 0123456789\n\n";
  EXPECT_EQ(client.rest(), expected);
}

TEST_F(ListenerDelivery, StopEndsStreams) {
  Handover handover;
  RawClient client(serve_with(handover.handler()));
  client.send(request("GET", "/events"));
  const auto outbox = handover.take();
  listener_->stop();
  EXPECT_THAT(client.rest(), EndsWith(": hello\n\n"));
  EXPECT_FALSE(outbox->push("x"));
  listener_.reset();
  EXPECT_FALSE(outbox->open());  // and may outlive the listener
}

}  // namespace
}  // namespace heygen::mock::wire
