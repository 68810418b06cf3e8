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
  EXPECT_THAT(line_for({"--store", "redis://x"}), HasSubstr("--store memory"));
  EXPECT_THAT(line_for({"--nonsense"}), HasSubstr("--nonsense"));
  EXPECT_THAT(line_for({"dance"}), HasSubstr("dance"));
  EXPECT_THAT(line_for({"ready", "--timeout", "10"}), HasSubstr("--timeout"));
  EXPECT_THAT(line_for({"env", "--shell", "cmd"}), HasSubstr("powershell"));
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
  EXPECT_EQ(parsed<EnvCommand>({"env"}, {{"HEYGEN_MOCK_LISTEN", "[::1]:9"}}).url, "http://[::1]:9");
  const auto ready = parsed<ReadyCommand>({"ready", "--wait", "--timeout", "1m"});
  EXPECT_TRUE(ready.wait);
  EXPECT_EQ(ready.timeout, std::chrono::minutes{1});
}

}  // namespace
}  // namespace heygen::mock
