// The real program, as its user runs it.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mock_server/cli/testing.h"
#include "mock_server/wire/http_get.h"

namespace heygen::mock {
namespace {

using ::testing::EndsWith;
using testing::Folder;
using ::testing::HasSubstr;
using testing::Program;
using namespace std::chrono_literals;

TEST(Program, SaysWhereItServesAndEndsCleanlyOnSigterm) {
  Program mock{{"--listen", "127.0.0.1:0", "--log", "off"}};
  const std::string url = mock.url();
  EXPECT_THAT(url, Not(EndsWith(":0")));
  EXPECT_EQ(wire::http_get_status(url, "/_mock/health", 5s), 200);
  mock.signal(SIGTERM);
  EXPECT_EQ(mock.wait(), 0);
}

TEST(Program, WritesTheReadyFileWholeAndForItsOwnerAlone) {
  const Folder folder;
  const auto file = folder.file("ready.json");
  Program mock{{"--listen", "127.0.0.1:0", "--ready-file", file, "--admin-token", "s3cret"}};
  const std::string url = mock.url();
  std::ifstream in{file};
  const auto ready = nlohmann::json::parse(in);
  EXPECT_EQ(ready["url"], url);
  EXPECT_EQ(ready["pid"], mock.pid());
  EXPECT_EQ(ready["admin_token"], "s3cret");
  EXPECT_TRUE(ready["https_url"].is_null());
  EXPECT_TRUE(ready["proxy_url"].is_null());
  struct stat info {};
  ASSERT_EQ(::stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST(Program, APortInUseNamesTheFlagToChange) {
  Program first{{"--listen", "127.0.0.1:0", "--log", "off"}};
  const auto url = first.url();
  Program second{{"--listen", url.substr(std::string{"http://"}.size())}};
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(second.errors(), HasSubstr("--listen"));
}

TEST(Program, AFolderThatCannotBeWrittenToIsSaid) {
  Program mock{{"--listen", "127.0.0.1:0", "--ready-file", "/proc/no/such/ready.json"}};
  EXPECT_EQ(mock.wait(), 2);
  EXPECT_THAT(mock.errors(), HasSubstr("--ready-file"));
}

TEST(Program, ACorruptConfigurationIsRefusedWithItsPlace) {
  const Folder folder;
  const std::map<std::string, std::string> cases{
      {"{", "not JSON at line 1"},
      {R"({"profile":"lax"})", "profile"},
      {R"({"policies":{"pkce":"maybe"}})", "policies.pkce"},
      {R"({"clients":[{"id":"a","redirect_uris":["not a uri"]}]})", "redirect_uris"},
      {R"({"colour":"red"})", "colour"}};
  for (const auto& [text, place] : cases) {
    const auto file = folder.write("c.json", text);
    Program mock{{"--listen", "127.0.0.1:0", "--config", file}};
    EXPECT_EQ(mock.wait(), 2) << text;
    const auto said = mock.errors();
    EXPECT_THAT(said, HasSubstr(place));
    EXPECT_THAT(said, HasSubstr("c.json"));
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  }
  Program missing{{"--config", folder.file("none.json")}};
  EXPECT_EQ(missing.wait(), 2);
  EXPECT_THAT(missing.errors(), HasSubstr("--config"));
}

TEST(Program, SighupReadsTheConfigurationAgainAndABadOneChangesNothing) {
  const Folder folder;
  const auto file = folder.write("c.json", R"({"approve":"deny"})");
  Program mock{{"--listen", "127.0.0.1:0", "--config", file, "--log", "off"}};
  mock.url();
  folder.write("c.json", "{");
  mock.signal(SIGHUP);
  EXPECT_THAT(mock.error_line(), HasSubstr("kept the old configuration"));
  folder.write("c.json", R"({"approve":"auto"})");
  mock.signal(SIGHUP);
  EXPECT_THAT(mock.error_line(), HasSubstr("is in force"));
}

TEST(Program, ReadyTellsWhetherAMockServes) {
  Program mock{{"--listen", "127.0.0.1:0", "--log", "off"}};
  const auto url = mock.url();
  Program good{{"ready", "--wait", "--url", url}};
  EXPECT_EQ(good.wait(), 0);
  Program by_variable{{"ready"}, {"HEYGEN_MOCK_LISTEN=" + url.substr(7)}};
  EXPECT_EQ(by_variable.wait(), 0);
  mock.signal(SIGTERM);
  mock.wait();
  Program bad{{"ready", "--url", url, "--timeout", "100ms"}};
  EXPECT_EQ(bad.wait(), 1);
  EXPECT_THAT(bad.errors(), HasSubstr("nothing serves"));
}

TEST(Program, EnvPrintsWhatAShellCanRead) {
  Program sh{{"env", "--url", "http://127.0.0.1:1"}};
  EXPECT_THAT(sh.rest(),
              HasSubstr("export HEYGEN_TOKEN_URL='http://127.0.0.1:1/v1/oauth/token'\n"));
  Program fish{{"env", "--shell", "fish", "--url", "http://127.0.0.1:1"}};
  EXPECT_THAT(fish.rest(), HasSubstr("set -gx HEYGEN_API_URL 'http://127.0.0.1:1'\n"));
  Program json{{"env", "--shell", "json", "--url", "http://127.0.0.1:1"}};
  EXPECT_EQ(nlohmann::json::parse(json.rest())["HYPERFRAMES_OAUTH_TOKEN_URL"],
            "http://127.0.0.1:1/v1/oauth/token");
}

TEST(Program, LogsEachExchangeAndNoSecret) {
  Program mock{{"--listen", "127.0.0.1:0"}};
  const auto url = mock.url();
  ASSERT_EQ(wire::http_get_status(
                url, "/oauth/authorize?response_type=code&client_id=nobody&state=SECRET", 5s),
            400);
  const auto line = mock.error_line();
  EXPECT_THAT(line, HasSubstr("GET /oauth/authorize -> 400"));
  EXPECT_THAT(line, HasSubstr("--client 'nobody="));
  EXPECT_THAT(line, Not(HasSubstr("SECRET")));
}

TEST(Program, ALogLineHasNoTokenWhereverTheRequestPutIt) {
  Program mock{{"--listen", "127.0.0.1:0"}};
  ASSERT_EQ(wire::http_get_status(mock.url(), "/v9/demo-api-key", 5s), 404);
  const auto line = mock.error_line();
  EXPECT_THAT(line, HasSubstr("GET /v9/fp-"));
  EXPECT_THAT(line, Not(HasSubstr("demo-api-key")));
}

TEST(Program, ALogLineSteersNoTerminal) {
  Program mock{{"--listen", "127.0.0.1:0"}};
  ASSERT_EQ(wire::http_get_status(mock.url(), "/oauth/authorize?client_id=%C2%9B2J", 5s), 400);
  EXPECT_THAT(mock.error_line(), HasSubstr("client=??2J"));
}

}  // namespace
}  // namespace heygen::mock
