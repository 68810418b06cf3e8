#include "mock_server/core/policy.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

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

TEST(Policy, AValueOfAnotherTypeIsRefused) {
  Policy p;
  EXPECT_EQ(set_policy(p, "pkce", PolicyValue{std::int64_t{0}}),
            "policy 'pkce' is one of required|if-sent|off");
  EXPECT_EQ(set_policy(p, "code_ttl_s", PolicyValue{"300"}),
            "policy 'code_ttl_s' is a whole number of seconds from 0 to 315360000000");
  EXPECT_EQ(set_policy(p, "code_ttl_s", PolicyValue{std::int64_t{315'360'000'001}}),
            "policy 'code_ttl_s' is a whole number of seconds from 0 to 315360000000");
  EXPECT_EQ(set_policy(p, "code_ttl_s", PolicyValue{std::int64_t{315'360'000'000}}), std::nullopt);
  EXPECT_EQ(p.code_ttl, std::chrono::seconds{315'360'000'000});
}

TEST(Policy, AnUnknownNameIsAnsweredWithAllThatAre) {
  Policy p;
  const auto mend = set_policy(p, "PKCE", PolicyValue{"off"});
  ASSERT_TRUE(mend);
  EXPECT_TRUE(mend->starts_with("unknown policy 'PKCE': one of pkce, pkce_confidential, "));
  for (const PolicyKey& key : policy_keys()) {
    EXPECT_NE(mend->find(key.name), std::string::npos) << key.name;
  }
  EXPECT_THROW((void)get_policy(p, "PKCE"), std::out_of_range);
}

// A sandbox shows and keeps only what differs from its profile.
TEST(Policy, PoliciesThatDifferInOneAreNotEqual) {
  for (const PolicyKey& key : policy_keys()) {
    Policy other;
    const PolicyValue value = get_policy(other, key.name);
    if (const auto* const number = std::get_if<std::int64_t>(&value)) {
      ASSERT_EQ(set_policy(other, key.name, PolicyValue{*number + 1}), std::nullopt);
    } else {
      // Of "a|b|c" the one that it is not by default.
      const std::string first{key.values.substr(0, key.values.find('|'))};
      const std::string last{key.values.substr(key.values.rfind('|') + 1)};
      const std::string& changed = value == PolicyValue{first} ? last : first;
      ASSERT_EQ(set_policy(other, key.name, PolicyValue{changed}), std::nullopt);
    }
    EXPECT_NE(other, Policy{}) << key.name;
    EXPECT_NE(get_policy(other, key.name), value) << key.name;
  }
}

TEST(Policy, AProfileIsReadByTheNameItIsWrittenWith) {
  for (const Profile profile : {Profile::heygen, Profile::strict, Profile::lenient}) {
    EXPECT_EQ(parse_profile(to_string(profile)), profile);
  }
  EXPECT_EQ(to_string(Profile::lenient), "lenient");
  for (const char* const other : {"", "Strict", "strict ", "default"}) {
    EXPECT_EQ(parse_profile(other), std::nullopt) << other;
  }
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
  EXPECT_EQ(saturating_add(TimePoint::min(), std::chrono::seconds{-1}), TimePoint::min());
  EXPECT_EQ(saturating_add(TimePoint{}, std::chrono::seconds::min()), TimePoint::min());
  EXPECT_EQ(saturating_add(TimePoint{}, std::chrono::seconds{-2}),
            TimePoint{std::chrono::milliseconds{-2000}});
  EXPECT_EQ(saturating_add(kNever, std::chrono::seconds{0}), kNever);
}

}  // namespace
}  // namespace heygen::mock
