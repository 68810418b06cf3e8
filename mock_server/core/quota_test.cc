#include "mock_server/core/quota.h"

#include <gtest/gtest.h>

#include "mock_server/core/testing.h"
#include "mock_server/store/memory.h"

namespace heygen::mock {
namespace {

using std::chrono::seconds;

class Rate : public ::testing::Test {
 protected:
  Rate() {
    policy_.api_rate = 2;
    policy_.api_rate_window = seconds{10};
  }
  std::optional<seconds> call(std::string_view account, std::string_view client = "") {
    const Context context{store_, random_, clock_.now(), policy_, ""};
    Access access;
    access.client_id = client;
    return over_rate(context, access, account);
  }

  MemoryStore store_;
  testing::ScriptedRandom random_;
  testing::ManualClock clock_;
  Policy policy_;
};

TEST_F(Rate, SaysHowLongToWait) {
  EXPECT_EQ(call("ann"), std::nullopt);
  clock_.advance(seconds{3});
  EXPECT_EQ(call("ann"), std::nullopt);
  EXPECT_EQ(call("ann"), seconds{7});
  EXPECT_EQ(call("bob"), std::nullopt);
  clock_.advance(seconds{7});
  EXPECT_EQ(call("ann"), std::nullopt);
}

TEST_F(Rate, NoLimitCountsNothing) {
  policy_.api_rate = 0;
  for (int i = 0; i < 100; ++i) ASSERT_EQ(call("ann"), std::nullopt);
  policy_.api_rate = 1;
  EXPECT_EQ(call("ann"), std::nullopt);
}

TEST_F(Rate, AClientsOwnPolicyHoldsForItsTokens) {
  store_.put_client({"tight", {}, std::nullopt, {{"api_rate", PolicyValue{std::int64_t{1}}}}});
  EXPECT_EQ(call("ann", "tight"), std::nullopt);
  EXPECT_EQ(call("ann", "tight"), seconds{10});
  EXPECT_EQ(call("ann"), std::nullopt);  // of the same account's two
}

}  // namespace
}  // namespace heygen::mock
