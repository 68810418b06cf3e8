#include "mock_server/cli/options.h"

#include <gmock/gmock.h>

#include <map>

#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Command parse(std::vector<std::string> arguments,
              std::map<std::string, std::string> variables = {}) {
  return parse_command_line(arguments, [&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  });
}

template <typename T>
T parsed(std::vector<std::string> arguments, std::map<std::string, std::string> variables = {}) {
  const Command command = parse(std::move(arguments), std::move(variables));
  if (const auto* const exit = std::get_if<ExitCommand>(&command)) ADD_FAILURE() << exit->text;
  return std::get<T>(command);
}

ExitCommand refused(std::vector<std::string> arguments,
                    std::map<std::string, std::string> variables = {}) {
  return std::get<ExitCommand>(parse(std::move(arguments), std::move(variables)));
}

TEST(CommandLine, WithoutArgumentsServesWhereTheContractSays) {
  for (const auto& command : {parsed<ServeCommand>({}), parsed<ServeCommand>({"serve"})}) {
    EXPECT_EQ(command.listen.host, "127.0.0.1");
    EXPECT_EQ(command.listen.port, 8765);
    EXPECT_EQ(command.log, LogFormat::text);
    EXPECT_FALSE(command.seed);
    EXPECT_THAT(command.host_suffixes, ElementsAre("localhost"));
  }
}

TEST(CommandLine, FlagsStandBeforeOrAfterTheCommand) {
  EXPECT_EQ(parsed<ServeCommand>({"--listen", "[::1]:0", "serve"}).listen.host, "::1");
  EXPECT_EQ(parsed<ServeCommand>({"serve", "--listen", "localhost:1"}).listen.host, "localhost");
  EXPECT_EQ(parsed<ServeCommand>({"serve", "--profile", "strict"}).profile, Profile::strict);
}

TEST(CommandLine, AStarIsEveryAddress) {
  EXPECT_EQ(parsed<ServeCommand>({"--listen", "*:8080"}).listen.host, "0.0.0.0");
}

TEST(CommandLine, AnAdminTokenIsOneThatAHeaderCanHold) {
  EXPECT_EQ(parsed<ServeCommand>({"--admin-token", "a~1/+="}).admin_token, "a~1/+=");
  for (const char* const bad : {"two words", "line\n", "t\xc3\xb6ken", "\x7f"}) {
    EXPECT_THAT(refused({"--admin-token", bad}).text, HasSubstr("visible ASCII")) << bad;
  }
}

TEST(CommandLine, AFlagBeatsItsEnvironmentTwin) {
  const std::map<std::string, std::string> variables{
      {"HEYGEN_MOCK_LISTEN", "127.0.0.1:1"},
      {"HEYGEN_MOCK_APPROVE", "ask"},
      {"HEYGEN_MOCK_CLIENT", "a=https://a.example/cb b=https://b.example/cb,secret=s"},
      {"HEYGEN_MOCK_SEED", "7"}};
  const auto command = parsed<ServeCommand>({"--listen", "127.0.0.1:2"}, variables);
  EXPECT_EQ(command.listen.port, 2);
  EXPECT_EQ(command.approve, Approve::ask);
  EXPECT_EQ(command.seed, 7U);
  ASSERT_EQ(command.clients.size(), 2U);
  EXPECT_EQ(command.clients[1].secret, "s");
}

TEST(CommandLine, AClientMayBeGivenSeveralRedirectUris) {
  const auto command =
      parsed<ServeCommand>({"--client", "app=https://app.example/cb?a=1&b=2,secret=k,=y",
                            "--client", "app=https://app.example/other"});
  ASSERT_EQ(command.clients.size(), 1U);
  EXPECT_THAT(command.clients[0].redirect_uris,
              ElementsAre("https://app.example/cb?a=1&b=2", "https://app.example/other"));
  EXPECT_EQ(command.clients[0].secret, "k,=y");
}

TEST(CommandLine, AMistakeIsOneLineThatNamesTheMend) {
  const auto line_for = [](std::vector<std::string> arguments) {
    const auto exit = refused(std::move(arguments));
    EXPECT_EQ(exit.status, 2);
    EXPECT_EQ(exit.text.find('\n'), std::string::npos);
    return exit.text;
  };
  EXPECT_THAT(line_for({"--listen", "8765"}), HasSubstr("--listen: write HOST:PORT"));
  EXPECT_THAT(line_for({"--listen", "::1:80"}), HasSubstr("--listen: write HOST:PORT"));
  EXPECT_THAT(line_for({"--listen", "a:65536"}), HasSubstr("--listen: write HOST:PORT"));
  EXPECT_THAT(line_for({"--profile", "lax"}), HasSubstr("heygen, strict or lenient"));
  EXPECT_THAT(line_for({"--approve", "yes"}), HasSubstr("auto, ask or deny"));
  EXPECT_THAT(line_for({"--seed", "-1"}), HasSubstr("--seed"));
  EXPECT_THAT(line_for({"--client", "demo"}), HasSubstr("ID=REDIRECT_URI"));
  EXPECT_THAT(line_for({"--client", "a=https://a.example/cb,secret="}), HasSubstr("secret=SECRET"));
  EXPECT_THAT(line_for({"--client", "a=http://public.example.com/cb"}), HasSubstr("use https"));
  EXPECT_THAT(line_for({"--client", "a=https://a.example/cb#part"}), HasSubstr("fragment"));
  EXPECT_THAT(line_for({"--log", "xml"}), HasSubstr("text, json or off"));
  EXPECT_THAT(line_for({"--store", "disk"}),
              HasSubstr("--store: write memory, sqlite:FILE or redis://"));
  EXPECT_THAT(line_for({"--store", "sqlite:"}), HasSubstr("--store: name a file"));
  EXPECT_THAT(line_for({"--nonsense"}), HasSubstr("--nonsense"));
  EXPECT_THAT(line_for({"dance"}), HasSubstr("dance"));
  EXPECT_THAT(line_for({"ready", "--timeout", "10"}), HasSubstr("--timeout"));
  EXPECT_THAT(line_for({"env", "--shell", "cmd"}), HasSubstr("powershell"));
  EXPECT_THAT(line_for({"--https", "8443"}), HasSubstr("--https: write HOST:PORT"));
  EXPECT_THAT(line_for({"--proxy", "x"}), HasSubstr("--proxy: write HOST:PORT"));
  EXPECT_THAT(line_for({"--https-fault", "old"}), HasSubstr("wrong-host"));
  EXPECT_THAT(line_for({"--https", "127.0.0.1:0"}), HasSubstr("--state-dir: name a folder"));
  EXPECT_THAT(line_for({"ca"}), HasSubstr("--state-dir: name a folder"));
  EXPECT_THAT(line_for({"run"}), HasSubstr("-- COMMAND"));
  EXPECT_THAT(line_for({"run", "--"}), HasSubstr("-- COMMAND"));
  EXPECT_THAT(line_for({"run", "ls"}), HasSubstr("ls"));
  EXPECT_THAT(line_for({"--", "ls"}), HasSubstr("only run takes a command"));
  EXPECT_THAT(line_for({"env", "--proxy", "127.0.0.1:0"}), HasSubstr("--ready-file"));
}

TEST(CommandLine, HelpAndVersionGoToStdoutWithSuccess) {
  EXPECT_EQ(refused({"--help"}).status, 0);
  EXPECT_THAT(refused({"--help"}).text, HasSubstr("--listen HOST:PORT"));
  EXPECT_THAT(refused({"serve", "--help"}).text, HasSubstr("--listen HOST:PORT"));
  EXPECT_THAT(refused({"--version"}).text, HasSubstr("heygen-mock-server 0."));
}

TEST(CommandLine, ReadyAndEnvSpeakOfTheAddressThatIsServed) {
  EXPECT_EQ(parsed<ReadyCommand>({"ready"}).url, "http://127.0.0.1:8765");
  EXPECT_EQ(parsed<ReadyCommand>({"ready", "--url", "http://h:1/"}).url, "http://h:1");
  EXPECT_EQ(parsed<EnvCommand>({"env"}, {{"HEYGEN_MOCK_LISTEN", "[::1]:9"}}).served.url,
            "http://[::1]:9");
  EXPECT_EQ(parsed<ReadyCommand>({"ready"}, {{"HEYGEN_MOCK_URL", "http://h:2"}}).url, "http://h:2");
  EXPECT_EQ(parsed<ReadyCommand>({"ready", "--listen", "127.0.0.1:3"},
                                 {{"HEYGEN_MOCK_URL", "http://h:2"}})
                .url,
            "http://127.0.0.1:3");
  const auto ready = parsed<ReadyCommand>({"ready", "--wait", "--timeout", "1m"});
  EXPECT_TRUE(ready.wait);
  EXPECT_EQ(ready.timeout, std::chrono::minutes{1});
}

TEST(CommandLine, TheAuthorityIsKeptWhereStateBelongs) {
  const auto kept = [](std::map<std::string, std::string> variables) {
    return parsed<ServeCommand>({}, std::move(variables)).state_dir;
  };
  EXPECT_EQ(kept({{"HOME", "/h"}}), "/h/.local/state/heygen-mock-server");
  EXPECT_EQ(kept({{"HOME", "/h"}, {"XDG_STATE_HOME", "/x"}}), "/x/heygen-mock-server");
  EXPECT_EQ(kept({{"HOME", "/h"}, {"XDG_STATE_HOME", "relative"}}),
            "/h/.local/state/heygen-mock-server");
  EXPECT_EQ(kept({{"HOME", "/h"}, {"HEYGEN_MOCK_STATE_DIR", "/s"}}), "/s");
  EXPECT_EQ(kept({}), "");
  EXPECT_EQ(parsed<ServeCommand>({"--state-dir", "here"}).state_dir.front(), '/');
}

TEST(CommandLine, HttpsAndProxyAreWhereTheyAreAskedFor) {
  const auto command = parsed<ServeCommand>(
      {"--https", "127.0.0.1:8443", "--proxy", "[::1]:8766", "--https-fault", "expired"},
      {{"HOME", "/h"}, {"HEYGEN_MOCK_PROXY_PASS_THROUGH", "1"}});
  EXPECT_EQ(command.https->port, 8443);
  EXPECT_EQ(command.proxy->host, "::1");
  EXPECT_EQ(command.https_fault, tls::TlsFault::expired);
  EXPECT_TRUE(command.proxy_pass_through);
}

TEST(CommandLine, ARunHasPortsAndACaOfItsOwnWhateverTheEnvironmentSays) {
  const std::map<std::string, std::string> variables{{"HEYGEN_MOCK_LISTEN", "127.0.0.1:1"},
                                                     {"HEYGEN_MOCK_STATE_DIR", "/s"},
                                                     {"HEYGEN_MOCK_READY_FILE", "/r"},
                                                     {"HEYGEN_MOCK_APPROVE", "deny"},
                                                     {"HOME", "/h"}};
  const auto run = parsed<RunCommand>({"run", "--", "curl", "--", "--listen", "x"}, variables);
  EXPECT_THAT(run.command, ElementsAre("curl", "--", "--listen", "x"));
  EXPECT_EQ(run.serve.listen.port, 0);
  EXPECT_EQ(run.serve.https->port, 0);
  EXPECT_EQ(run.serve.proxy->port, 0);
  EXPECT_EQ(run.serve.state_dir, "");
  EXPECT_EQ(run.serve.ready_file, "");
  EXPECT_EQ(run.serve.log, LogFormat::off);
  EXPECT_EQ(run.serve.approve, Approve::deny);
  const auto told = parsed<RunCommand>(
      {"run", "--listen", "127.0.0.1:2", "--log", "text", "--state-dir", "/t", "--", "x"},
      variables);
  EXPECT_EQ(told.serve.listen.port, 2);
  EXPECT_EQ(told.serve.log, LogFormat::text);
  EXPECT_EQ(told.serve.state_dir, "/t");
}

TEST(CommandLine, EnvSpeaksOfTheProxyAndTheCaOfAServerWithTheSameFlags) {
  const auto env = parsed<EnvCommand>(
      {"env", "--https", "127.0.0.1:8443", "--proxy", "127.0.0.1:8766", "--state-dir", "/s"});
  EXPECT_EQ(env.served.https_url, "https://127.0.0.1:8443");
  EXPECT_EQ(env.served.proxy_url, "http://127.0.0.1:8766");
  EXPECT_EQ(env.served.ca_file, "/s/ca.pem");
  EXPECT_EQ(parsed<EnvCommand>({"env", "--ready-file", "r.json"}).ready_file, "r.json");
}

}  // namespace
}  // namespace heygen::mock
