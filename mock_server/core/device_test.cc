#include "mock_server/core/device.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "mock_server/core/testing.h"
#include "mock_server/store/memory.h"

namespace heygen::mock {
namespace {

using std::chrono::seconds;
using testing::ManualClock;
using testing::ScriptedRandom;

class Device : public ::testing::Test {
 protected:
  Context context() { return {store_, random_, clock_.now(), policy_, ""}; }
  Result<TokenSet> poll(std::string_view code) { return poll_device(context(), cli_, code); }

  MemoryStore store_;
  ScriptedRandom random_;
  ManualClock clock_;
  Policy policy_ = profile_policy(Profile::heygen);
  Client cli_{"cli", {}, std::nullopt, {}};
};

TEST_F(Device, AUserCodeIsEightConsonants) {  // RFC 8628 §6.1
  const DeviceRequest request = start_device(context(), cli_, "openid");
  EXPECT_EQ(request.user_code.size(), 8U);
  EXPECT_EQ(request.user_code.find_first_not_of("BCDFGHJKLMNPQRSTVWXZ"), std::string::npos);
  EXPECT_EQ(request.device_code.size(), 48U);
  EXPECT_EQ(request.expires_at, clock_.now() + seconds{900});
  EXPECT_EQ(request.interval, seconds{5});
}

TEST_F(Device, AUserMayTypeTheCodeAsItIsEasiest) {  // RFC 8628 §6.1
  EXPECT_EQ(display_user_code("WDJBMJHT"), "WDJB-MJHT");
  EXPECT_EQ(canonical_user_code(" wdjb-mjht "), "WDJBMJHT");
  EXPECT_EQ(canonical_user_code("WDJB MJHT"), "WDJBMJHT");
  EXPECT_EQ(canonical_user_code("\twDjB\t-mJhT"), "WDJBMJHT");
  EXPECT_EQ(canonical_user_code("az`{"), "AZ`{");  // no letters: they match no code
  EXPECT_EQ(canonical_user_code(""), "");
}

TEST_F(Device, ATakenUserCodeIsDrawnAgain) {  // RFC 8628 §6.1
  class Taken final : public MemoryStore {
   public:
    bool put_device(DeviceRequest request) override {
      tried.push_back(request.user_code);
      return tried.size() > refused && MemoryStore::put_device(std::move(request));
    }
    std::vector<std::string> tried;
    std::size_t refused = 2;
  };
  Taken store;
  const Context context{store, random_, clock_.now(), policy_, ""};
  const DeviceRequest request = start_device(context, cli_, "");
  ASSERT_EQ(store.tried.size(), 3U);
  EXPECT_EQ(request.user_code, store.tried.back());
  EXPECT_NE(store.tried[0], store.tried[1]);
  EXPECT_TRUE(store.find_device(request.user_code));
  store.refused = 1'000'000;  // it ends all the same
  EXPECT_THROW((void)start_device(context, cli_, ""), StoreUnavailable);
}

TEST_F(Device, PendingThenTokensOnce) {  // RFC 8628 §3.5
  const DeviceRequest request = start_device(context(), cli_, "openid");
  EXPECT_EQ(poll(request.device_code).error().code, "authorization_pending");
  ASSERT_EQ(store_.decide_device(request.user_code, "ann", clock_.now()), DeviceDecision::taken);
  const auto tokens = poll(request.device_code);
  ASSERT_TRUE(tokens);
  EXPECT_EQ(store_.find_token(tokens->access.value, clock_.now())->scope, "openid");
  EXPECT_EQ(poll(request.device_code).error().code, "invalid_grant");
}

TEST_F(Device, WhoPollsTooFastIsSlowedDown) {  // RFC 8628 §3.5
  const DeviceRequest request = start_device(context(), cli_, "");
  EXPECT_EQ(poll(request.device_code).error().code, "authorization_pending");
  clock_.advance(seconds{4});
  const auto slow = poll(request.device_code).error();
  EXPECT_EQ(slow.code, "slow_down");
  EXPECT_EQ(slow.why, "polled too soon; from now on wait 10 s between polls");
  clock_.advance(seconds{10});
  EXPECT_EQ(poll(request.device_code).error().code, "authorization_pending");
}

TEST_F(Device, DeniedExpiredMissingAndForeignAreToldApart) {  // RFC 8628 §3.5
  const DeviceRequest denied = start_device(context(), cli_, "");
  const DeviceRequest late = start_device(context(), cli_, "");
  ASSERT_EQ(store_.decide_device(denied.user_code, std::nullopt, clock_.now()),
            DeviceDecision::taken);
  EXPECT_EQ(poll(denied.device_code).error().code, "access_denied");
  const Client other{"other", {}, std::nullopt, {}};
  EXPECT_EQ(poll_device(context(), other, late.device_code).error().code, "invalid_grant");
  EXPECT_EQ(poll_device(context(), cli_, std::nullopt).error().code, "invalid_request");
  clock_.advance(seconds{900});
  EXPECT_EQ(poll(late.device_code).error().code, "expired_token");
}

}  // namespace
}  // namespace heygen::mock
