// What a program replaces is what the client then does: the seams whose sound functions are tested
// elsewhere only.
#include "client_under_test/lib/seams.h"

#include <gtest/gtest.h>

#include "client_under_test/testing/fakes.h"

namespace heygen::client {
namespace {

using testing::body_value;
using testing::json_answer;
using testing::Rig;
using testing::tokens;

TEST(Seams, ReadingAndJudgingTheCallback) {
  Seams seams;
  seams.callback.read = [](std::string_view url) {
    Result<CallbackParams> params = read_callback(url);
    params->code.reset();
    return params;
  };
  seams.callback.judge_code = [](const CallbackParams&) { return std::optional<Error>(); };
  Rig rig(seams);
  rig.log_in();
  EXPECT_EQ(body_value(rig.transport.sent()[0], "code"), "");
}

TEST(Seams, SendingToTheTokenEndpoints) {
  Seams seams;
  seams.endpoint.send = [](Transport& transport, const HttpRequest& request) {
    (void)transport.send(request);
    return transport.send(request);
  };
  Rig rig(seams);
  rig.log_in();
  EXPECT_EQ(rig.transport.sent().size(), 2U);
}

TEST(Seams, AskingForADeviceCode) {
  Seams seams;
  seams.endpoint.build_device_request = [](const Config&) {
    return HttpRequest{"GET", "http://127.0.0.1:1/elsewhere"};
  };
  Rig rig(seams);
  (void)rig.client.request_device_grant();
  ASSERT_EQ(rig.transport.sent().size(), 1U);
  EXPECT_EQ(rig.transport.sent()[0].url, "http://127.0.0.1:1/elsewhere");
}

TEST(Seams, ReadingTheTokenAnswer) {
  Seams seams;
  seams.token.parse_body = [](std::string_view) {
    return parse_json_object(R"({"access_token":"other","token_type":"Bearer"})");
  };
  seams.token.read_refresh_token = [](const JsonValue*) {
    return std::optional<std::string>("RT");
  };
  Rig rig(seams);
  rig.log_in("alice", json_answer(200, "no JSON"));
  const std::optional<TokenRecord> record = rig.client.record("alice").value();
  ASSERT_TRUE(record);
  EXPECT_EQ(record->access_token, "other");
  EXPECT_EQ(record->refresh_token, "RT");
}

TEST(Seams, UsingTheOldTokenWhenARefreshFails) {
  Seams seams;
  seams.refresh.old_will_do = [](const TokenRecord&, Instant) { return false; };
  Rig rig(seams);
  rig.log_in("alice", tokens(1, 600));
  rig.clock.advance(std::chrono::seconds{590});
  rig.transport.answer_with([](const HttpRequest&) { return json_answer(503, ""); });
  EXPECT_FALSE(rig.client.call("alice", "GET", "/v1/user/me"));
}

}  // namespace
}  // namespace heygen::client
