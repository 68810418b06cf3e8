// HTTPS, the proxy, the CA and runs: the real program, with curl as the client.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "mock_server/cli/testing.h"

namespace heygen::mock {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using testing::Folder;
using ::testing::HasSubstr;
using testing::Program;
using ::testing::StartsWith;

std::string contents(const std::string& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<std::string> shell(const std::string& script) {
  return {"run", "--", "sh", "-c", script};
}

TEST(Run, ACommandReachesTheVendorsFixedAddressesAndTrustsThem) {
  Program run{{"run", "--", "curl", "-sS", "https://api2.heygen.com/v1/oauth/token", "-d",
               "grant_type=none", "-w", " %{http_code}"}};
  EXPECT_EQ(run.rest(), "{\"error\":\"unsupported_grant_type\"} 400");
  EXPECT_EQ(run.errors(), "");
  EXPECT_EQ(run.wait(), 0);
}

TEST(Run, AWholeLoginGoesByTheVendorsAddresses) {
  Program run{shell(R"(
    code=$(curl -sS -o /dev/null -w '%{redirect_url}' 'https://app.heygen.com/oauth/authorize?response_type=code&client_id=demo&state=s&redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Fcb&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256' | sed 's/.*code=//; s/&.*//')
    token=$(curl -sS https://api2.heygen.com/v1/oauth/token -d grant_type=authorization_code -d client_id=demo -d code=$code -d redirect_uri=http://127.0.0.1:3000/cb -d code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk | sed 's/.*access_token":"//; s/".*//')
    curl -sS https://api.heygen.com/v1/user/me -H "Authorization: Bearer $token" -o /dev/null -w '%{http_code}'
  )")};
  EXPECT_EQ(run.rest(), "200");
  EXPECT_EQ(run.wait(), 0);
}

TEST(Run, NobodyElseIsReached) {
  Program run{shell("curl -sS https://example.com; curl -sS https://10.0.0.1")};
  EXPECT_THAT(run.errors(), AllOf(HasSubstr("refused CONNECT example.com:443"),
                                  HasSubstr("refused CONNECT 10.0.0.1:443")));
  EXPECT_NE(run.wait(), 0);
}

TEST(Run, TheMockItselfIsReachedByItsOwnAddresses) {
  Program run{
      shell("for u in $HEYGEN_MOCK_URL $HEYGEN_MOCK_HTTPS_URL; do "
            "curl -sS -o /dev/null -w '%{http_code} ' $u/_mock/health; done")};
  EXPECT_EQ(run.rest(), "200 200 ");
}

TEST(Run, WhoIsLetThroughTrustsTheRestOfTheWorldAsBefore) {
  const std::string script =
      "grep -c BEGIN $SSL_CERT_FILE; curl -sS -o /dev/null -w '%{http_code}' "
      "https://api2.heygen.com/v1/oauth/token";
  Program run{{"run", "--proxy-pass-through", "--", "sh", "-c", script}};
  EXPECT_GT(std::stoi(run.line()), 1);  // the system's, and the run's own
  EXPECT_EQ(run.rest(), "405");
}

TEST(Run, WhatTheEnvironmentSaysOfProxiesAndCertificatesIsReplaced) {
  Program run{shell("echo $NO_PROXY; test -f $SSL_CERT_FILE && echo there"),
              {"NO_PROXY=*.heygen.com", "SSL_CERT_FILE=/nowhere"}};
  EXPECT_EQ(run.rest(), "localhost,127.0.0.1,::1\nthere\n");
}

TEST(Run, ExitsAsTheCommandDid) {
  EXPECT_EQ(Program{shell("exit 7")}.wait(), 7);
  EXPECT_EQ(Program{shell("kill -KILL $$")}.wait(), 128 + SIGKILL);
  Program missing{{"run", "--", "no-such-command"}};
  EXPECT_EQ(missing.wait(), 127);
  EXPECT_THAT(missing.errors(), HasSubstr("no-such-command cannot be run"));
  EXPECT_EQ((Program{{"run", "--", "/etc/passwd"}}.wait()), 126);
}

TEST(Run, PassesSignalsOnAndLeavesNothingBehind) {
  Program run{
      shell("trap 'echo caught; exit 3' TERM; echo $SSL_CERT_FILE; while :; do sleep 0.01; done")};
  const auto ca = run.line();
  EXPECT_THAT(contents(ca), HasSubstr("BEGIN CERTIFICATE"));
  run.signal(SIGTERM);
  EXPECT_EQ(run.line(), "caught");
  EXPECT_EQ(run.wait(), 3);
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::path(ca).parent_path()));
}

TEST(Serve, HttpsAndProxyAreSaidAndServed) {
  const Folder folder;
  const auto ready_file = folder.file("ready.json");
  Program mock{{"--listen", "127.0.0.1:0", "--https", "127.0.0.1:0", "--proxy", "127.0.0.1:0",
                "--state-dir", folder.file("state"), "--ready-file", ready_file, "--log", "off"}};
  const auto url = mock.url();
  const auto https = mock.line();
  const auto proxy = mock.line();
  EXPECT_THAT(https, StartsWith("https https://127.0.0.1:"));
  EXPECT_THAT(proxy, StartsWith("proxy http://127.0.0.1:"));
  EXPECT_EQ(mock.line(), "ca " + folder.file("state") + "/ca.pem");
  const auto ready = nlohmann::json::parse(contents(ready_file));
  EXPECT_EQ("https " + ready["https_url"].get<std::string>(), https);
  EXPECT_EQ("proxy " + ready["proxy_url"].get<std::string>(), proxy);

  Program env{{"env", "--shell", "json", "--ready-file", ready_file}};
  const auto variables = nlohmann::json::parse(env.rest());
  EXPECT_EQ(variables["HTTPS_PROXY"], ready["proxy_url"]);
  EXPECT_EQ(variables["HEYGEN_MOCK_URL"], url);
  EXPECT_EQ(variables["CURL_CA_BUNDLE"], folder.file("state") + "/ca.pem");
  Program probe{{"ready", "--url", ready["https_url"]}};
  EXPECT_EQ(probe.wait(), 0);
}

TEST(Ca, IsPrintedAndWrittenAndTheServersOwn) {
  const Folder folder;
  Program printed{{"ca", "--state-dir", folder.file("state")}};
  const auto pem = printed.rest();
  EXPECT_THAT(pem, AllOf(StartsWith("-----BEGIN CERTIFICATE-----\n"),
                         EndsWith("-----END CERTIFICATE-----\n")));
  Program written{{"ca", "--out", folder.file("out.pem")},
                  {"HEYGEN_MOCK_STATE_DIR=" + folder.file("state")}};
  EXPECT_EQ(written.wait(), 0);
  EXPECT_EQ(contents(folder.file("out.pem")), pem);
  EXPECT_EQ(contents(folder.file("state") + "/ca.pem"), pem);
}

TEST(Ca, AFolderThatCannotBeWrittenToIsSaid) {
  for (const auto& arguments : {std::vector<std::string>{"ca"},
                                {"--listen", "127.0.0.1:0", "--https", "127.0.0.1:0"},
                                {"--listen", "127.0.0.1:0", "--proxy", "127.0.0.1:0"}}) {
    Program mock{arguments, {"HEYGEN_MOCK_STATE_DIR=/proc/no/such"}};
    const auto said = mock.errors();
    EXPECT_EQ(mock.wait(), 1);
    EXPECT_THAT(said, AllOf(HasSubstr("/proc/no/such"), HasSubstr("--state-dir DIR")));
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  }
  const Folder folder;
  Program out{{"ca", "--state-dir", folder.file("state"), "--out", "/proc/no/such/ca.pem"}};
  EXPECT_EQ(out.wait(), 2);
  EXPECT_THAT(out.errors(), HasSubstr("--out"));
}

}  // namespace
}  // namespace heygen::mock
