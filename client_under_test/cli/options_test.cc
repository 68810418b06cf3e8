#include "client_under_test/cli/options.h"

#include <gtest/gtest.h>

#include <map>

namespace heygen::client {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

std::variant<Options, Usage> parse(std::vector<const char*> words,
                                   const Variables& variables = {}) {
  words.insert(words.begin(), "heygen-client");
  const Environment environment = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  return parse_options(static_cast<int>(words.size()), words.data(), environment, "1.2.3");
}

const Variables kLeast{{"HEYGEN_CLIENT_ID", "demo"}, {"HOME", "/home/u"}};

Options good(const std::vector<const char*>& words, const Variables& variables = kLeast) {
  const auto parsed = parse(words, variables);
  const Usage* const usage = std::get_if<Usage>(&parsed);
  EXPECT_EQ(usage, nullptr) << usage->text;
  return std::get<Options>(parsed);
}
std::string refusal(const std::vector<const char*>& words, const Variables& variables = kLeast) {
  const Usage usage = std::get<Usage>(parse(words, variables));
  EXPECT_EQ(usage.code, 2);
  EXPECT_EQ(usage.text.find('\n'), usage.text.size() - 1) << "one line";
  return usage.text;
}

TEST(Options, HelpAndVersionAreNoErrors) {
  const Usage version = std::get<Usage>(parse({"--version"}));
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.text, "heygen-client 1.2.3\n");
  EXPECT_EQ(std::get<Usage>(parse({"--help"})).code, 0);
  EXPECT_EQ(std::get<Usage>(parse({"login", "--help"})).code, 0);
}

TEST(Options, DefaultsAreTheVendorsAddresses) {
  const Options options = good({"status"});
  EXPECT_EQ(options.config.token_url, "https://api2.heygen.com/v1/oauth/token");
  EXPECT_EQ(options.config.api_url, "https://api.heygen.com");
  EXPECT_EQ(options.store_dir, "/home/u/.local/state/heygen-client");
  EXPECT_EQ(options.config.redirect_uri, "http://127.0.0.1:0/oauth/callback");
}

TEST(Options, FlagBeatsVariable) {
  Variables variables = kLeast;
  variables["HEYGEN_TOKEN_URL"] = "https://variable.example/t";
  variables["HEYGEN_SCOPE"] = "openid";
  variables["HEYGEN_STORE_DIR"] = "/var/s";
  EXPECT_EQ(good({"status"}, variables).config.token_url, "https://variable.example/t");
  const Options options = good({"status", "--token-url", "https://flag.example/t", "--client-id",
                                "other", "--scope", "email", "--store-dir", "/flag"},
                               variables);
  EXPECT_EQ(options.config.token_url, "https://flag.example/t");
  EXPECT_EQ(options.config.client_id, "other");
  EXPECT_EQ(options.config.scope, "email");
  EXPECT_EQ(options.store_dir, "/flag");
}

TEST(Options, BaseUrlOfAFlagBeatsEndpointsOfTheEnvironment) {
  Variables variables = kLeast;
  variables["HEYGEN_BASE_URL"] = "http://127.0.0.1:1";
  variables["HEYGEN_API_URL"] = "http://127.0.0.1:2";
  EXPECT_EQ(good({"status"}, variables).config.token_url, "http://127.0.0.1:1/v1/oauth/token");
  EXPECT_EQ(good({"status"}, variables).config.api_url, "http://127.0.0.1:2");
  const Options options =
      good({"status", "--base-url", "http://127.0.0.1:3", "--token-url", "http://127.0.0.1:4/t"},
           variables);
  EXPECT_EQ(options.config.api_url, "http://127.0.0.1:3");
  EXPECT_EQ(options.config.token_url, "http://127.0.0.1:4/t");
}

TEST(Options, CommandsAndTheirFlags) {
  const Options login = good({"login", "--no-browser", "--timeout", "90s", "--json"});
  EXPECT_EQ(login.command, Command::login);
  EXPECT_FALSE(login.browser);
  EXPECT_TRUE(login.json);
  EXPECT_EQ(login.timeout, std::chrono::seconds{90});
  EXPECT_TRUE(good({"--json", "login", "--device"}).device);
  EXPECT_EQ(good({"call", "/v1"}).method, "GET");
  EXPECT_EQ(good({"call", "/v1", "--data", "{}"}).method, "POST");
  EXPECT_EQ(good({"call", "/v1", "--method", "PUT", "--data", "{}"}).method, "PUT");
  EXPECT_EQ(good({"adapter"}, {}).command, Command::adapter) << "needs no configuration";
}

TEST(Options, RefusalNamesTheMend) {
  EXPECT_EQ(refusal({"status"}, {{"HOME", "/h"}}),
            "heygen-client: no client id: give --client-id or set HEYGEN_CLIENT_ID\n");
  EXPECT_EQ(refusal({"status"}, {{"HEYGEN_CLIENT_ID", "x"}}),
            "heygen-client: no home directory to keep the login in: give --store-dir\n");
  EXPECT_EQ(refusal({"login", "--foo"}),
            "heygen-client: The following argument was not expected: --foo (see --help)\n");
  EXPECT_EQ(refusal({"login", "--timeout", "soon"}),
            "heygen-client: --timeout: must be like 500ms, 30s or 5m\n");
  EXPECT_EQ(refusal({"login", "--callback-port", "70000"}),
            "heygen-client: --callback-port: must be a number from 0 to 65535\n");
  EXPECT_EQ(refusal({"login", "--callback-path", "cb?x"}),
            "heygen-client: --callback-path: must start with \"/\" and have no query\n");
  EXPECT_EQ(refusal({"status", "--base-url", "http://api.example"}),
            "heygen-client: authorize_url: must be https: plain http is allowed to loopback hosts "
            "only\n");
  EXPECT_EQ(refusal({"status", "--client-auth", "jwt"}),
            "heygen-client: --client-auth: must be post or basic\n");
  EXPECT_FALSE(refusal({}).empty());
  EXPECT_FALSE(refusal({"nonsense"}).empty());
  EXPECT_FALSE(refusal({"call"}).empty());
}

TEST(Options, Durations) {
  EXPECT_EQ(parse_duration("250ms"), std::chrono::milliseconds{250});
  EXPECT_EQ(parse_duration("5"), std::chrono::seconds{5});
  EXPECT_EQ(parse_duration("5m"), std::chrono::minutes{5});
  EXPECT_EQ(parse_duration("1h"), std::chrono::hours{1});
  for (const char* text : {"", "m", "-5s", "5 s", "5d", "99999999999999s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

}  // namespace
}  // namespace heygen::client
