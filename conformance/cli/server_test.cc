// The program itself, against servers on real sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

#include "conformance/flawed/flaws.h"
#include "conformance/flawed/server_seams.h"

namespace heygen::conformance {
namespace {

using testing::HasSubstr;

struct Ran {
  int code = -1;
  std::string output;
};

Ran run(const std::string& arguments) {
  const std::string command = HEYGEN_BIN_DIR "/heygen-conformance server " + arguments + " 2>&1";
  FILE* const pipe = ::popen(command.c_str(), "re");
  Ran ran;
  std::array<char, 4096> chunk{};
  while (std::fgets(chunk.data(), static_cast<int>(chunk.size()), pipe) != nullptr) {
    ran.output += chunk.data();
  }
  const int status = ::pclose(pipe);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

std::string origin(const FlawedServer& server) {
  const std::string url = server.control_url();
  return url.substr(0, url.size() - std::string("/_mock").size());
}

std::string addresses(const std::string& base) {
  return "--authorize-url " + base + "/oauth/authorize --token-url " + base +
         "/v1/oauth/token --revoke-url " + base + "/v1/oauth/revoke --api-url " + base +
         "/v1/user/me --client q2A2QRSke2LrFTPJhoDbHtXh=http://127.0.0.1:7777/oauth/callback ";
}

TEST(ServerCommand, TheStrictMockPassesWithNothingExpected) {
  const FlawedServer server{ServerSeams{}};
  const Ran ran = run("--control-url " + server.control_url() + " --jobs 8");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("61 pass of 61 checks"));
}

TEST(ServerCommand, TheHeygenMockPassesWithItsFileAndNotWithout) {
  ServerSeams seams;
  seams.profile = mock::Profile::heygen;
  const FlawedServer server(std::move(seams));
  const std::string flags = "--control-url " + server.control_url() + " --jobs 8 ";
  const Ran without = run(flags);
  EXPECT_EQ(without.code, 1) << without.output;
  const Ran with = run(flags + "--expected-failures " HEYGEN_SOURCE_DIR
                               "/fixtures/expected-failures/heygen.txt");
  EXPECT_EQ(with.code, 0) << with.output;
  EXPECT_THAT(with.output, HasSubstr("7 as expected"));
}

TEST(ServerCommand, AnExpectedFailureThatPassesIsStale) {
  const FlawedServer server{ServerSeams{}};
  const Ran ran = run("--control-url " + server.control_url() +
                      " --only server.token.grant-type --expected-failures " HEYGEN_SOURCE_DIR
                      "/fixtures/expected-failures/heygen.txt");
  EXPECT_EQ(ran.code, 1) << ran.output;
}

TEST(ServerCommand, WithoutControlItSaysWhatItCannotJudge) {
  const FlawedServer server{ServerSeams{}};
  const Ran ran = run(addresses(origin(server)) + "--skip server.code.entropy");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("without the capability clock"));
}

TEST(ServerCommand, AConsentCommandApprovesAndDenies) {
  const FlawedServer server{ServerSeams{}};
  const std::string deny =
      "'echo http://127.0.0.1:7777/oauth/callback?error=access_denied\\&state=$("
      "echo $AUTHORIZE_URL | sed s/.*state=// | sed s/\\&.*//)'";
  const Ran ran = run(addresses(origin(server)) +
                      "--consent-command 'curl -s -o /dev/null -w \"%{redirect_url}\" "
                      "\"$AUTHORIZE_URL\"' --deny-command " +
                      deny + " --only server.authorize.happy --only server.authorize.denied");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("2 pass of 2 checks"));
}

TEST(ServerCommand, NobodyThereIsExit3) {
  EXPECT_EQ(run(addresses("http://127.0.0.1:9")).code, 3);
  EXPECT_EQ(run("--control-url http://127.0.0.1:9/_mock").code, 3);
  const FlawedServer server{ServerSeams{}};
  const Ran ran = run("--control-url " + origin(server) + "/nothing/_mock");
  EXPECT_EQ(ran.code, 3);
  EXPECT_THAT(ran.output, HasSubstr("is no heygen-mock-server's"));
}

TEST(ServerCommand, AMistakeInTheFlagsIsExit2InOneLine) {
  for (const char* const flags :
       {"", "--authorize-url http://127.0.0.1:9/a", "--control-url http://127.0.0.1:9",
        "--client app", "--consent perhaps", "--only server.nothing"}) {
    const Ran ran = run(flags);
    EXPECT_EQ(ran.code, 2) << flags;
    EXPECT_EQ(std::count(ran.output.begin(), ran.output.end(), '\n'), 1) << ran.output;
  }
}

// Secrets are fingerprints in what a failure shows.
TEST(ServerCommand, AFailureShowsItsExchangeWithoutSecrets) {
  const Flaw* const flaw = find_flaw("sm22b-error-echo");
  ASSERT_NE(flaw, nullptr);
  ServerSeams seams;
  flaw->plant_server(seams);
  const FlawedServer server(std::move(seams));
  const Ran ran = run("--control-url " + server.control_url() + " --only server.token.error-shape");
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.output, HasSubstr("code=fp-"));
  EXPECT_THAT(ran.output, HasSubstr("code_verifier=fp-"));
}

}  // namespace
}  // namespace heygen::conformance
