#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string>

#include "mock_server/faults/scenario.h"

namespace heygen::mock {
namespace {

// What a tester may count on finding.
constexpr std::array<std::string_view, 29> kPromised{
    "api-401-for-ever",
    "api-401-once",
    "api-429",
    "clock-skew",
    "code-expires-before-exchange",
    "error-body-echoes-secrets",
    "expired-access-token",
    "expired-while-expires-in-looks-fine",
    "expires-in-as-string",
    "expires-in-zero",
    "html-instead-of-json",
    "iss-mix-up",
    "rate-limited-by-policy",
    "rate-limited-with-retry-after",
    "refresh-race",
    "refresh-response-lost-after-commit",
    "refresh-rotates",
    "refresh-token-works-once-and-brings-no-replacement",
    "refresh-without-expires-in",
    "reuse-revokes-family",
    "reuse-within-grace",
    "revoked-by-user-mid-session",
    "server-restarts",
    "slow-token-endpoint",
    "state-dropped",
    "state-tampered",
    "token-endpoint-503-then-fine",
    "truncated-token-answer",
    "user-denies",
};

class PromisedScenarios : public ::testing::TestWithParam<std::string_view> {};

TEST_P(PromisedScenarios, AreBuiltInAndSayWhatForAndWhatToDo) {
  const auto scenario = find_scenario(GetParam());
  ASSERT_TRUE(scenario);
  EXPECT_FALSE(scenario->summary.empty());
  EXPECT_NE(scenario->description.find("A sound client"), std::string::npos);
}

std::string test_name(const ::testing::TestParamInfo<std::string_view>& info) {
  std::string name{info.param};
  std::ranges::replace(name, '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(All, PromisedScenarios, ::testing::ValuesIn(kPromised), test_name);

TEST(BuiltInScenarios, AllParseAndStandInOrder) {
  const auto all = built_in_scenarios();
  EXPECT_GE(all.size(), kPromised.size());
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &EmbeddedScenario::name));
  for (const auto& scenario : all) {
    const auto parsed = find_scenario(scenario.name);  // throws, and so fails, when it is wrong
    ASSERT_TRUE(parsed) << scenario.name;
    EXPECT_EQ(parsed->summary, scenario.summary);
  }
}

TEST(BuiltInScenarios, AreTheFilesByteForByte) {
  for (const auto& scenario : built_in_scenarios()) {
    std::ifstream in{
        HEYGEN_SOURCE_DIR "/fixtures/scenarios/" + std::string{scenario.name} + ".json",
        std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    EXPECT_EQ(scenario.text, text) << scenario.name;
  }
}

TEST(BuiltInScenarios, AnUnknownNameIsNone) {
  EXPECT_FALSE(find_scenario("no-such-bug"));
  EXPECT_FALSE(find_scenario(""));
}

}  // namespace
}  // namespace heygen::mock
