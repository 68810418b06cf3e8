#include "conformance/server/raw.h"

#include <gtest/gtest.h>

#include <atomic>

#include "mock_server/wire/listener.h"

namespace heygen::conformance {
namespace {

using mock::wire::Delivery;
using mock::wire::Listener;
using mock::wire::Request;
using mock::wire::Response;

class RawTest : public testing::Test {
 protected:
  void serve(mock::wire::Handler handler) {
    auto started = Listener::start({}, std::move(handler));
    ASSERT_TRUE(started.listener) << started.error;
    listener_ = std::move(started.listener);
  }
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(listener_->port()) + "/path?a=1";
  }
  const HttpOptions options_{std::chrono::milliseconds{3000}, "", false};

 private:
  std::unique_ptr<Listener> listener_;
};

TEST_F(RawTest, SendsBytesAndReadsTheAnswer) {
  serve([](const Request& request) {
    Response response;
    response.status = 418;
    response.headers.add("X-Seen", request.method + " " + request.target);
    response.body = request.body;
    return response;
  });
  auto connection = RawConnection::open(url(), options_);
  ASSERT_TRUE(connection);
  ASSERT_TRUE((*connection)->send(to_bytes({"POST", url(), {{"A", "b"}}, "body"})));
  const auto answer = (*connection)->receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 418);
  EXPECT_EQ(answer->headers.get("x-seen"), "POST /path?a=1");
  EXPECT_EQ(answer->body, "body");
}

TEST_F(RawTest, DecodesChunks) {
  serve([](const Request&) {
    Response response;
    response.body = "abc";
    response.delivery.endless_bytes = 9;
    return response;
  });
  auto connection = RawConnection::open(url(), options_);
  ASSERT_TRUE(connection);
  ASSERT_TRUE((*connection)->send(to_bytes({"GET", url(), {}, ""})));
  const auto answer = (*connection)->receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "abcabcabc");
}

TEST_F(RawTest, AnEndBeforeTheAnswerIsToldApart) {
  serve([](const Request&) {
    Response response;
    response.delivery.ending = Delivery::Ending::empty;
    return response;
  });
  auto connection = RawConnection::open(url(), options_);
  ASSERT_TRUE(connection);
  ASSERT_TRUE((*connection)->send(to_bytes({"GET", url(), {}, ""})));
  const auto answer = (*connection)->receive();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.failure().origin, Failure::Origin::gone);
}

TEST_F(RawTest, ManyRequestsAreThereAtOnce) {
  // Each waits for all: they could not come one after the other.
  constexpr int kMany = 20;
  std::atomic<int> here = 0;
  serve([&](const Request&) {
    ++here;
    for (int now = here; now < kMany; now = here) here.wait(now);
    here.notify_all();
    return Response{};
  });
  const auto answers =
      send_at_once(std::vector<HttpRequest>(kMany, {"GET", url(), {}, ""}), options_);
  ASSERT_EQ(answers.size(), std::size_t{kMany});
  for (const auto& answer : answers) EXPECT_TRUE(answer);
}

TEST_F(RawTest, NobodyThereIsAFailure) {
  const auto connection = RawConnection::open("http://127.0.0.1:9/", options_);
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.failure().origin, Failure::Origin::gone);
}

}  // namespace
}  // namespace heygen::conformance
