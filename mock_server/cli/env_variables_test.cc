#include "mock_server/cli/env_variables.h"

#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>

#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

using ::testing::Contains;
using ::testing::IsSupersetOf;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;

std::map<std::string, std::string> of(const Served& served) {
  const auto variables = variables_for(served);
  return {variables.begin(), variables.end()};
}

TEST(EnvVariables, APlainServerHasItsAddressesAlone) {
  const auto all = of({"http://127.0.0.1:1", "", "", "/s/ca.pem"});
  EXPECT_THAT(all, IsSupersetOf({Pair("HEYGEN_API_URL", "http://127.0.0.1:1"),
                                 Pair("HEYGEN_TOKEN_URL", "http://127.0.0.1:1/v1/oauth/token"),
                                 Pair("HYPERFRAMES_OAUTH_DEVICE_URL",
                                      "http://127.0.0.1:1/v1/oauth/device_authorization"),
                                 Pair("HEYGEN_MOCK_URL", "http://127.0.0.1:1")}));
  EXPECT_THAT(all, Not(Contains(Key("SSL_CERT_FILE"))));
  EXPECT_THAT(all, Not(Contains(Key("HTTPS_PROXY"))));
}

TEST(EnvVariables, HttpsNeedsTrustAndNoProxy) {
  const auto all = of({"http://127.0.0.1:1", "https://127.0.0.1:2", "", "/s/ca.pem"});
  for (const auto* const name : {"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE",
                                 "CURL_CA_BUNDLE", "DENO_CERT"}) {
    EXPECT_THAT(all, Contains(Pair(name, "/s/ca.pem")));
  }
  EXPECT_THAT(all, Contains(Pair("HEYGEN_MOCK_HTTPS_URL", "https://127.0.0.1:2")));
  EXPECT_THAT(all, Not(Contains(Key("HTTPS_PROXY"))));
}

TEST(EnvVariables, AProxyIsForEverythingButThisMachine) {
  const auto all = of({"http://127.0.0.1:1", "", "http://127.0.0.1:3", "/s/ca.pem"});
  EXPECT_THAT(
      all,
      IsSupersetOf(
          {Pair("HTTPS_PROXY", "http://127.0.0.1:3"), Pair("https_proxy", "http://127.0.0.1:3"),
           Pair("NO_PROXY", "localhost,127.0.0.1,::1"), Pair("no_proxy", "localhost,127.0.0.1,::1"),
           Pair("NODE_USE_ENV_PROXY", "1"), Pair("SSL_CERT_FILE", "/s/ca.pem")}));
}

TEST(EnvVariables, EachShellCanReadItsOwn) {
  const Variables odd{{"A", "it's $HOME \\ \"x\""}};
  EXPECT_EQ(written_for(Shell::sh, odd), "export A='it'\\''s $HOME \\ \"x\"'\n");
  EXPECT_EQ(written_for(Shell::fish, odd), "set -gx A 'it\\'s $HOME \\\\ \"x\"'\n");
  EXPECT_EQ(written_for(Shell::powershell, odd), "$env:A = 'it''s $HOME \\ \"x\"'\n");
  EXPECT_EQ(written_for(Shell::github, odd), "A=it's $HOME \\ \"x\"\n");
  EXPECT_EQ(written_for(Shell::docker, odd), written_for(Shell::github, odd));
  EXPECT_EQ(nlohmann::json::parse(written_for(Shell::json, odd))["A"], "it's $HOME \\ \"x\"");
}

TEST(EnvVariables, AFormatOfLinesRefusesALineBreak) {
  EXPECT_THROW((void)written_for(Shell::github, {{"A", "x\nB=y"}}), BadInput);
}

}  // namespace
}  // namespace heygen::mock
