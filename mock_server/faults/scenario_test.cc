#include "mock_server/faults/scenario.h"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

using namespace std::chrono_literals;

TEST(ParseScenario, TakesAllOfIt) {
  const auto scenario = parse_scenario(parse_json(R"({
    "$schema":"x", "summary":"s", "description":"d",
    "clients":[{"id":"app","redirect_uris":["https://app.example/cb"],"secret":"hush",
                "policies":{"pkce":"off"}}],
    "policies":{"access_ttl_s":60,"rotation":"reuse"}, "approve":"ask",
    "clock":{"advance":"-5m"}, "faults":[{"do":{"status":503}},{"do":{"delay":"1s"}}]})"));
  EXPECT_EQ(scenario.summary, "s");
  EXPECT_EQ(scenario.description, "d");
  ASSERT_EQ(scenario.clients.size(), 1U);
  EXPECT_EQ(scenario.clients[0].id, "app");
  EXPECT_EQ(scenario.clients[0].redirect_uris, std::vector<std::string>{"https://app.example/cb"});
  EXPECT_EQ(scenario.clients[0].secret, "hush");
  EXPECT_EQ(scenario.clients[0].policies, (PolicyOverrides{{"pkce", std::string{"off"}}}));
  EXPECT_EQ(scenario.policies, (PolicyOverrides{{"access_ttl_s", std::int64_t{60}},
                                                {"rotation", std::string{"reuse"}}}));
  EXPECT_EQ(scenario.approve, "ask");
  ASSERT_TRUE(scenario.clock);
  EXPECT_EQ(scenario.clock->advance, -5min);
  ASSERT_EQ(scenario.faults.size(), 2U);
  EXPECT_EQ(scenario.faults[0].action.status, 503);
}

TEST(ParseScenario, TheClockIsMovedSetOrStopped) {
  const auto clock_of = [](const std::string& clock) {
    return *parse_scenario(parse_json(R"({"summary":"s","clock":)" + clock + "}")).clock;
  };
  EXPECT_EQ(clock_of(R"({"set":"1970-01-01T00:01:00Z"})").set, TimePoint{1min});
  EXPECT_EQ(clock_of(R"({"freeze":true})").freeze, true);
}

struct Refused {
  const char* text;
  const char* key;
};

class ScenarioRefusals : public ::testing::TestWithParam<Refused> {};

TEST_P(ScenarioRefusals, NameTheKey) {
  try {
    (void)parse_scenario(parse_json(GetParam().text));
    FAIL() << "was taken: " << GetParam().text;
  } catch (const BadInput& bad) {
    EXPECT_EQ(bad.key(), GetParam().key) << bad.what();
  }
}

constexpr std::array kRefusals{
    Refused{"[]", ""},
    Refused{R"({"faults":[{"do":{"status":503}}]})", "summary"},
    Refused{R"({"summary":"","approve":"ask"})", "summary"},
    Refused{R"({"summary":"a\nb","approve":"ask"})", "summary"},
    Refused{R"({"summary":"s"})", ""},
    Refused{R"({"summary":"s","approve":"maybe"})", "approve"},
    Refused{R"({"summary":"s","approve":"ask","profile":"strict"})", "profile"},
    Refused{R"({"summary":"s","policies":{"rotaton":"reuse"}})", "policies.rotaton"},
    Refused{R"({"summary":"s","policies":{"rotation":"sometimes"}})", "policies.rotation"},
    Refused{R"({"summary":"s","policies":{"access_ttl_s":-1}})", "policies.access_ttl_s"},
    Refused{R"({"summary":"s","policies":{"access_ttl_s":null}})", "policies.access_ttl_s"},
    Refused{R"({"summary":"s","clients":[{"redirect_uris":[]}]})", "clients[0].id"},
    Refused{R"({"summary":"s","clients":[{"id":"a","redirect_uris":["/cb"]}]})",
            "clients[0].redirect_uris[0]"},
    Refused{R"({"summary":"s","clients":[{"id":"a"},{"id":"a"}]})", "clients[1].id"},
    Refused{R"({"summary":"s","clients":[{"id":"a","secret":""}]})", "clients[0].secret"},
    Refused{R"({"summary":"s","clock":{}})", "clock"},
    Refused{R"({"summary":"s","clock":{"advance":"1d","freeze":true}})", "clock"},
    Refused{R"({"summary":"s","clock":{"set":"tomorrow"}})", "clock.set"},
    Refused{R"({"summary":"s","faults":[{"do":{"status":503}},{"do":{}}]})", "faults[1].do"},
};
INSTANTIATE_TEST_SUITE_P(All, ScenarioRefusals, ::testing::ValuesIn(kRefusals));

TEST(LoadScenarioFile, NamesTheFileThatCannotBeRead) {
  try {
    (void)load_scenario_file("/nonexistent/scenario.json");
    FAIL();
  } catch (const BadInput& bad) {
    EXPECT_EQ(bad.key(), "/nonexistent/scenario.json");
  }
}

TEST(LoadScenarioFile, ReadsWhatStandsInTheRepository) {
  const auto scenario =
      load_scenario_file(HEYGEN_SOURCE_DIR "/fixtures/scenarios/refresh-race.json");
  ASSERT_EQ(scenario.faults.size(), 1U);
  EXPECT_TRUE(scenario.faults[0].action.barrier);
}

TEST(LoadScenarioFile, NamesFileAndPlaceOfAMistake) {
  const std::string file = HEYGEN_SOURCE_DIR "/LICENSE";
  try {
    (void)load_scenario_file(file);
    FAIL();
  } catch (const BadInput& bad) {
    EXPECT_EQ(bad.key(), file);
    EXPECT_STREQ(bad.what(), "not JSON at line 1, column 1");
  }
}

}  // namespace
}  // namespace heygen::mock
