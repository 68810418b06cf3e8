// Every flawed server is caught by a check that was meant for it, every sound one passes, and one
// that is dead or refuses everything passes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "conformance/catalogue.h"
#include "conformance/flawed/flaws.h"
#include "conformance/flawed/server_tools.h"
#include "conformance/runner/expected_failures.h"
#include "conformance/runner/run_server.h"
#include "conformance/runner/select.h"

namespace heygen::conformance {
namespace {

using testing::UnorderedElementsAreArray;

std::vector<const Check*> server_checks() {
  Selection selection;
  selection.side = Side::server;
  return select_checks(all_checks(), selection);
}

std::vector<const Flaw*> server_flaws() {
  std::vector<const Flaw*> found;
  for (const Flaw& flaw : written_flaws()) {
    if (flaw.subject == Side::server) found.push_back(&flaw);
  }
  return found;
}

std::vector<CheckOutcome> judge(std::span<const Check* const> checks,
                                const std::string& control_url) {
  ServerTarget target;
  target.control_url = control_url;
  EXPECT_EQ(complete(target), "");
  return run_server_checks(checks, target, {4, 1, std::chrono::seconds{10}, "t-", {}, {}});
}

std::vector<std::string> ids_of(const std::vector<CheckOutcome>& outcomes,
                                std::initializer_list<Result> results) {
  std::vector<std::string> ids;
  for (const CheckOutcome& outcome : outcomes) {
    if (std::ranges::find(results, outcome.verdict.result) != results.end()) {
      ids.emplace_back(outcome.check->id);
    }
  }
  return ids;
}

class ServerFlaw : public testing::TestWithParam<const Flaw*> {};

TEST_P(ServerFlaw, IsCaughtByACheckThatWasMeantForIt) {
  const Flaw& flaw = *GetParam();
  std::vector<const Check*> meant;
  for (const std::string_view id : flaw.intended) {
    if (const Check* const check = find_check(id)) meant.push_back(check);
  }
  ASSERT_FALSE(meant.empty());
  ServerSeams seams;
  flaw.plant_server(seams);
  const FlawedServer server(std::move(seams));
  EXPECT_FALSE(ids_of(judge(meant, server.control_url()), {Result::fail, Result::warn}).empty());
}

INSTANTIATE_TEST_SUITE_P(All, ServerFlaw, testing::ValuesIn(server_flaws()), [](const auto& one) {
  std::string name(one.param->id);
  std::ranges::replace(name, '-', '_');
  return name;
});

class SoundServers : public testing::TestWithParam<const SoundServer*> {};

TEST_P(SoundServers, FailWhatTheyAreKnownToFailAndNothingElse) {
  const SoundServer& sound = *GetParam();
  ServerSeams seams;
  if (sound.adapt != nullptr) sound.adapt(seams);
  const FlawedServer server(std::move(seams));
  const auto outcomes = judge(server_checks(), server.control_url());
  EXPECT_THAT(ids_of(outcomes, {Result::fail, Result::warn}),
              UnorderedElementsAreArray(sound.expected.begin(), sound.expected.end()));
  for (const CheckOutcome& outcome : outcomes) {
    EXPECT_NE(outcome.verdict.result, Result::inconclusive)
        << outcome.check->id << ": " << outcome.verdict.message;
    EXPECT_NE(outcome.verdict.result, Result::error) << outcome.verdict.message;
  }
}

std::vector<const SoundServer*> all_sound() {
  std::vector<const SoundServer*> all;
  for (const SoundServer& sound : sound_servers()) all.push_back(&sound);
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, SoundServers, testing::ValuesIn(all_sound()), [](const auto& one) {
  std::string name(one.param->name);
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(ServerSuite, JudgesBySixtyOneRules) { EXPECT_EQ(server_checks().size(), 61U); }

TEST(ServerSuite, NamesForEachFlawAServersCheckAndTheFlawItVaries) {
  EXPECT_GE(server_flaws().size(), 45U);
  for (const Flaw* const flaw : server_flaws()) {
    EXPECT_NE(flaw->plant_server, nullptr) << flaw->id;
    EXPECT_FALSE(flaw->summary.empty()) << flaw->id;
    EXPECT_TRUE(flaw->variant_of.empty() || find_flaw(flaw->variant_of) != nullptr) << flaw->id;
    for (const std::string_view id : flaw->intended) {
      if (id.empty()) continue;
      const Check* const check = find_check(id);
      ASSERT_NE(check, nullptr) << flaw->id << " names " << id;
      EXPECT_EQ(check->side, Side::server) << flaw->id;
    }
  }
}

TEST(ServerSuite, HasAFlawForEveryCheck) {
  for (const Check* const check : server_checks()) {
    EXPECT_FALSE(flaws_caught_by(check->id).empty()) << check->id;
  }
}

TEST(ServerSuite, ShipsTheReasonsForWhatTheHeygenProfileFails) {
  std::ifstream file(HEYGEN_SOURCE_DIR "/fixtures/expected-failures/heygen.txt");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::string> listed;
  for (const auto& [id, reason] : parse_expected_failures(text)) listed.push_back(id);
  const auto& all = sound_servers();
  const auto heygen = std::ranges::find(all, "heygen-server", &SoundServer::name);
  ASSERT_NE(heygen, all.end());
  EXPECT_THAT(listed, UnorderedElementsAreArray(heygen->expected.begin(), heygen->expected.end()));
}

TEST(ServerSuite, PassesNothingOfAServerThatIsDead) {
  ServerTarget target;
  target.authorize_url = "http://127.0.0.1:9/authorize";
  target.token_url = "http://127.0.0.1:9/token";
  target.client = {"app", "http://127.0.0.1:3000/cb", std::nullopt};
  ASSERT_EQ(complete(target), "");
  const auto checks = server_checks();
  const auto outcomes =
      run_server_checks(checks, target, {4, 1, std::chrono::seconds{5}, "", {}, {}});
  EXPECT_THAT(ids_of(outcomes, {Result::pass, Result::fail, Result::warn, Result::error}),
              testing::IsEmpty());
  EXPECT_GE(ids_of(outcomes, {Result::inconclusive}).size(), 30U);
}

TEST(ServerSuite, PassesNothingOfAServerThatRefusesEverything) {
  ServerSeams seams;
  seams.front.push_back(
      [](const mock::wire::Request&, const Next&) { return oauth_error("invalid_grant"); });
  const FlawedServer server(std::move(seams));
  const auto checks = server_checks();
  const auto outcomes = judge(checks, server.control_url());
  EXPECT_THAT(ids_of(outcomes, {Result::pass}), testing::IsEmpty());
}

}  // namespace
}  // namespace heygen::conformance
