#include "mock_server/core/policy.h"

#include <gtest/gtest.h>

#include "mock_server/core/clock.h"

namespace heygen::mock {
namespace {

TEST(Policy, TheDefaultProfileIsTheVendorsAsBestKnown) {
  const Policy& p = profile_policy(Profile::heygen);
  EXPECT_EQ(get_policy(p, "pkce"), PolicyValue{"required"});
  EXPECT_EQ(get_policy(p, "pkce_confidential"), PolicyValue{"if-sent"});
  EXPECT_EQ(get_policy(p, "plain"), PolicyValue{"refused"});
  EXPECT_EQ(get_policy(p, "code_ttl_s"), PolicyValue{std::int64_t{300}});
  EXPECT_EQ(get_policy(p, "access_ttl_s"), PolicyValue{std::int64_t{864000}});
  EXPECT_EQ(get_policy(p, "redirect"), PolicyValue{"loopback-any-port"});
}

TEST(Policy, EveryNamedPolicyCanBeReadAndWrittenBack) {
  for (const Profile profile : {Profile::heygen, Profile::strict, Profile::lenient}) {
    Policy copy;
    for (const PolicyKey& key : policy_keys()) {
      EXPECT_EQ(set_policy(copy, key.name, get_policy(profile_policy(profile), key.name)),
                std::nullopt);
    }
    EXPECT_EQ(copy, profile_policy(profile));
  }
}

TEST(Policy, ABadValueNamesTheMend) {
  Policy p;
  EXPECT_EQ(set_policy(p, "pkce", PolicyValue{"maybe"}),
            "policy 'pkce' is one of required|if-sent|off");
  EXPECT_NE(set_policy(p, "code_ttl_s", PolicyValue{std::int64_t{-1}}), std::nullopt);
  EXPECT_EQ(set_policy(p, "api_rate", PolicyValue{"ten"}),
            "policy 'api_rate' is a whole number from 0 to 315360000000");
  EXPECT_EQ(set_policy(p, "api_rate_window_s", PolicyValue{std::int64_t{0}}),
            "policy 'api_rate_window_s' is a whole number of seconds from 1 to 315360000000");
  EXPECT_NE(set_policy(p, "nonsense", PolicyValue{"x"}), std::nullopt);
  EXPECT_EQ(p, Policy{});
}

TEST(Policy, NoProfileLimitsTheRateSinceTheVendorsLimitIsNotProven) {
  for (const Profile profile : {Profile::heygen, Profile::strict, Profile::lenient}) {
    EXPECT_EQ(get_policy(profile_policy(profile), "api_rate"), PolicyValue{std::int64_t{0}});
    EXPECT_EQ(get_policy(profile_policy(profile), "api_rate_window_s"),
              PolicyValue{std::int64_t{60}});
  }
}

TEST(Policy, AskingForPkceByNameMeansConfidentialClientsToo) {
  Policy p;
  ASSERT_EQ(set_policy(p, "pkce", PolicyValue{"required"}), std::nullopt);
  EXPECT_EQ(p.pkce_confidential, PkcePolicy::required);
}

TEST(Clock, AddingSaturatesAtTheEndsOfTheRange) {
  EXPECT_EQ(saturating_add(kNever, std::chrono::seconds{1}), kNever);
  EXPECT_EQ(saturating_add(TimePoint{}, std::chrono::seconds::max()), kNever);
  EXPECT_EQ(saturating_add(TimePoint{}, std::chrono::seconds{2}),
            TimePoint{std::chrono::milliseconds{2000}});
}

}  // namespace
}  // namespace heygen::mock
