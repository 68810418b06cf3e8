#include "client_under_test/lib/device_flow.h"

#include <gtest/gtest.h>

#include <future>

#include "client_under_test/testing/fakes.h"

namespace heygen::client {
namespace {

using testing::json_answer;
using testing::kStart;
using testing::ManualClock;
using testing::Rig;
using testing::seconds;
using testing::tokens;

std::string grant_json(const std::string& more = "",
                       const std::string& uri = "https://app.example/device") {
  return R"({"device_code":"SECRET-DC","user_code":"ABCD-EFGH","verification_uri":")" + uri +
         R"(","expires_in":600)" + more + "}";
}

Result<DeviceGrant> judge(const std::string& body) {
  return judge_device_response(json_answer(200, body), kStart, {}, {});
}

TEST(DeviceGrant, IsRead) {
  const auto grant = judge(grant_json(R"(,"interval":7)"));
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->user_code, "ABCD-EFGH");
  EXPECT_EQ(grant->interval, seconds{7});
  EXPECT_EQ(grant->expires_at, kStart + seconds{600});
}

TEST(DeviceGrant, IntervalIsFiveSecondsAndNeverNone) {
  EXPECT_EQ(judge(grant_json())->interval, seconds{5});
  EXPECT_EQ(judge(grant_json(R"(,"interval":0)"))->interval, seconds{1});
  EXPECT_EQ(judge(grant_json(R"(,"interval":-5)"))->interval, seconds{1});
  EXPECT_EQ(judge(grant_json(R"(,"interval":1e300)"))->interval, seconds{300});
}

TEST(DeviceGrant, AddressMustBeOneToSendAPersonTo) {
  for (const char* uri : {"javascript:alert(1)", "file:///etc/passwd", "http://app.example/",
                          "https://user@app.example/", "https://app.example/\\r\\nX: 1",
                          "https://app.example/\\u00e9"}) {
    EXPECT_EQ(judge(grant_json("", uri)).error().kind, ErrorKind::unsafe_response) << uri;
  }
  EXPECT_TRUE(judge(grant_json("", "http://127.0.0.1:8765/device")));
}

TEST(DeviceGrant, UserCodeMustBePlainText) {
  EXPECT_EQ(
      judge(R"({"device_code":"D","user_code":"A\u001b[31m","verification_uri":"https://a/"})")
          .error()
          .kind,
      ErrorKind::unsafe_response);
}

TEST(DeviceGrant, MissingMembersAreAnError) {
  EXPECT_FALSE(judge("{}"));
  EXPECT_FALSE(judge(R"({"device_code":"D","user_code":"U"})"));
  EXPECT_FALSE(judge("[]"));
}

Error refused(std::string oauth_error, int status = 400) {
  return Error{ErrorKind::token_error, "", std::move(oauth_error), status};
}

TEST(DevicePolling, SlowDownAddsFiveSecondsEachTime) {
  EXPECT_EQ(next_interval(seconds{5}, refused("slow_down")), seconds{10});
  EXPECT_EQ(next_interval(seconds{10}, refused("slow_down")), seconds{15});
  EXPECT_EQ(next_interval(seconds{10}, refused("authorization_pending")), seconds{10});
  EXPECT_EQ(next_interval(seconds{5}, refused("", 429)), seconds{10});
  EXPECT_EQ(next_interval(seconds{5}, {ErrorKind::transport, ""}), seconds{10});
  EXPECT_EQ(next_interval(seconds{200}, {ErrorKind::transport, ""}), seconds{300});
}

TEST(DevicePolling, AnyOtherErrorEndsIt) {
  for (const char* error : {"access_denied", "expired_token", "invalid_grant", "invalid_client"}) {
    EXPECT_FALSE(polling_goes_on(refused(error))) << error;
  }
  EXPECT_FALSE(polling_goes_on(refused("", 200)));
  EXPECT_TRUE(polling_goes_on(refused("", 503)));
}

// Answers the polls one after the other and tells when each came.
std::vector<int> polled_at(std::vector<Result<TokenAnswer>> answers, seconds lifetime,
                           Result<TokenAnswer>* outcome = nullptr) {
  ManualClock clock;
  std::vector<int> times;
  const DeviceGrant grant{"DC", "UC", "https://a/", {}, seconds{5}, kStart + lifetime};
  auto polling = std::async(std::launch::async, [&] {
    return poll_for_tokens(grant,
                           [&] {
                             times.push_back(static_cast<int>((clock.now() - kStart) / seconds{1}));
                             const std::size_t index =
                                 std::min(times.size() - 1, answers.size() - 1);
                             return answers[index];
                           },
                           clock, {}, {});
  });
  // Each move goes to the very instant that is waited for; the end is when nobody waits any more.
  while (polling.wait_for(seconds{0}) != std::future_status::ready) {
    if (const auto next = clock.sleeper(); next) clock.advance(*next - clock.now());
  }
  const Result<TokenAnswer> end = polling.get();
  if (outcome != nullptr) *outcome = end;
  return times;
}

using Times = std::vector<int>;
const Result<TokenAnswer> kTokens = TokenAnswer{"AT", "RT", {}, kStart};

TEST(DevicePolling, WaitsBeforeEachPollTheFirstToo) {
  EXPECT_EQ(polled_at({refused("authorization_pending"), refused("authorization_pending"), kTokens},
                      seconds{600}),
            (Times{5, 10, 15}));
}

TEST(DevicePolling, StaysSlowAfterSlowDown) {
  EXPECT_EQ(polled_at({refused("slow_down"), refused("slow_down"), refused("authorization_pending"),
                       kTokens},
                      seconds{600}),
            (Times{5, 15, 30, 45}));
}

TEST(DevicePolling, WaitsAsLongAsTheServerAsks) {
  Error busy = refused("", 429);
  busy.retry_at = kStart + seconds{40};
  EXPECT_EQ(polled_at({busy, kTokens}, seconds{600}), (Times{5, 40}));
}

TEST(DevicePolling, StopsWhenTheCodeHasExpired) {
  Result<TokenAnswer> outcome = kTokens;
  EXPECT_EQ(polled_at({refused("authorization_pending")}, seconds{12}, &outcome), (Times{5, 10}));
  EXPECT_EQ(outcome.error().oauth_error, "expired_token");
}

TEST(DevicePolling, StopsAtARefusal) {
  Result<TokenAnswer> outcome = kTokens;
  EXPECT_EQ(polled_at({refused("access_denied")}, seconds{600}, &outcome), Times{5});
  EXPECT_EQ(outcome.error().oauth_error, "access_denied");
}

TEST(DevicePolling, AClockThatJumpsPastTheEndSendsNothing) {
  ManualClock clock;
  const DeviceGrant grant{"DC", "UC", "https://a/", {}, seconds{5}, kStart + seconds{60}};
  auto polling = std::async(std::launch::async, [&] {
    return poll_for_tokens(grant, []() -> Result<TokenAnswer> { return kTokens; }, clock, {}, {});
  });
  clock.await_sleeper();
  clock.advance(seconds{61});
  EXPECT_EQ(polling.get().error().oauth_error, "expired_token");
}

TEST(DeviceLogin, PollsByItselfAndLogsIn) {
  Rig rig;
  rig.transport.answer_with([](const HttpRequest& request) {
    return request.url.ends_with("device_authorization") ? json_answer(200, grant_json())
                                                         : tokens(1);
  });
  const auto grant = rig.client.begin_device_login("alice");
  ASSERT_TRUE(grant) << grant.error().message;
  EXPECT_EQ(rig.client.state("alice").value(), LoginState::pending);
  EXPECT_EQ(rig.clock.await_sleeper(), kStart + seconds{5});
  std::promise<void> polled;
  rig.transport.answer_with([&](const HttpRequest& request) {
    EXPECT_EQ(testing::body_value(request, "device_code"), "SECRET-DC");
    polled.set_value();
    return tokens(1);
  });
  rig.clock.advance(seconds{5});
  polled.get_future().wait();
  while (rig.client.state("alice").value() == LoginState::pending) std::this_thread::yield();
  EXPECT_EQ(rig.client.state("alice").value(), LoginState::logged_in);
  EXPECT_EQ(rig.log.find("SECRET-DC"), std::string::npos);
}

TEST(DeviceLogin, EndsWithALogout) {
  Rig rig;
  rig.transport.answer_with([](const HttpRequest&) { return json_answer(200, grant_json()); });
  ASSERT_TRUE(rig.client.begin_device_login("alice"));
  rig.clock.await_sleeper();
  EXPECT_TRUE(rig.client.logout("alice"));
  EXPECT_EQ(rig.client.state("alice").value(), LoginState::login_required);
  rig.clock.advance(seconds{600});
  EXPECT_EQ(rig.transport.sent().size(), 1U) << "no poll";
}

}  // namespace
}  // namespace heygen::client
