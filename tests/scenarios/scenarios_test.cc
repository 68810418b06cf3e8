// Each built-in scenario shows its effect to a client over a real socket; none is left out.
#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

#include "mock_server/faults/scenario.h"
#include "tests/scenarios/stage.h"

namespace heygen::scenarios {
namespace {

std::vector<Play> all_plays() {
  std::vector<Play> all;
  for (const auto plays : {login_plays(), answer_plays(), refresh_plays(), api_plays()}) {
    all.insert(all.end(), plays.begin(), plays.end());
  }
  std::ranges::sort(all, {}, &Play::scenario);
  return all;
}

TEST(Scenarios, EachBuiltInOneIsPlayed) {
  std::vector<std::string_view> built_in;
  for (const auto& scenario : mock::built_in_scenarios()) built_in.push_back(scenario.name);
  std::vector<std::string_view> played;
  for (const Play& play : all_plays()) played.push_back(play.scenario);
  EXPECT_EQ(played, built_in);
}

class Scenario : public testing::TestWithParam<Play> {};

TEST_P(Scenario, HasItsEffectOnTheClient) {
  Stage stage{GetParam().scenario};
  GetParam().run(stage);
}

std::string test_name(const testing::TestParamInfo<Play>& info) {
  std::string name{info.param.scenario};
  std::ranges::replace(name, '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(All, Scenario, testing::ValuesIn(all_plays()), test_name);

// How a connection can end, in curl's own words.
struct Ending {
  std::string_view fault;
  int curl;
  int status;
};

class Connection : public testing::TestWithParam<Ending> {};

TEST_P(Connection, EndsAsCurlSaysItDoes) {
  Stage stage;
  const std::string code = stage.code();
  ASSERT_EQ(stage
                .control("faults", R"({"on":{"endpoint":"token"},"times":1,"do":{"connection":")" +
                                       std::string{GetParam().fault} + "\"}}")
                .status,
            201);
  const Reply reply = stage.exchange(code);
  EXPECT_EQ(reply.curl, GetParam().curl);
  EXPECT_EQ(reply.status, GetParam().status);
  EXPECT_EQ(stage.exchange(code).status, 200);  // before the commit: nothing was spent
}

INSTANTIATE_TEST_SUITE_P(All, Connection,
                         testing::Values(Ending{"reset", kCurlReset, 0},
                                         Ending{"empty", kCurlGotNothing, 0},
                                         Ending{"truncate", kCurlPartialFile, 503}),
                         [](const auto& each) { return std::string{each.param.fault}; });

}  // namespace
}  // namespace heygen::scenarios
