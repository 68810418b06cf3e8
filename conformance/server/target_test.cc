#include "conformance/server/target.h"

#include <gtest/gtest.h>

namespace heygen::conformance {
namespace {

TEST(ServerTarget, AControlUrlImpliesTheOthers) {
  ServerTarget target;
  target.control_url = "http://127.0.0.1:8765/_mock/";
  ASSERT_EQ(complete(target), "");
  EXPECT_EQ(target.control_url, "http://127.0.0.1:8765/_mock");
  EXPECT_EQ(target.authorize_url, "http://127.0.0.1:8765/oauth/authorize");
  EXPECT_EQ(target.token_url, "http://127.0.0.1:8765/v1/oauth/token");
  EXPECT_EQ(target.refresh_url, "http://127.0.0.1:8765/v1/oauth/refresh_token");
  EXPECT_EQ(target.revoke_url, "http://127.0.0.1:8765/v1/oauth/revoke");
  EXPECT_EQ(target.device_url, "http://127.0.0.1:8765/v1/oauth/device_authorization");
  EXPECT_EQ(target.api_url, "http://127.0.0.1:8765/v1/user/me");
  EXPECT_TRUE(target.capabilities().includes(
      {Capability::clock, Capability::policy, Capability::clients, Capability::deny}));
}

TEST(ServerTarget, EachSandboxHasItsOwnAddresses) {
  ServerTarget target;
  target.control_url = "http://127.0.0.1:8765/s/mine/_mock";
  target.api_url = "http://127.0.0.1:8765/s/mine/v3/users/me";
  ASSERT_EQ(complete(target), "");
  const ServerTarget box = in_sandbox(target, "t1");
  EXPECT_EQ(box.control_url, "http://127.0.0.1:8765/s/t1/_mock");
  EXPECT_EQ(box.authorize_url, "http://127.0.0.1:8765/s/t1/oauth/authorize");
  EXPECT_EQ(box.api_url, "http://127.0.0.1:8765/s/t1/v3/users/me");
}

TEST(ServerTarget, WithoutControlItHasWhatItWasGiven) {
  ServerTarget target;
  target.authorize_url = "https://as.example/authorize";
  target.token_url = "https://as.example/token";
  target.client = {"app", "https://app.example/cb", std::nullopt};
  ASSERT_EQ(complete(target), "");
  EXPECT_EQ(target.capabilities(), Capabilities{});
  target.revoke_url = "https://as.example/revoke";
  target.consent = Consent::form;
  EXPECT_EQ(target.capabilities(),
            (Capabilities{Capability::revoke, Capability::form, Capability::deny}));
}

TEST(ServerTarget, SaysWhatIsMissing) {
  ServerTarget target;
  EXPECT_EQ(complete(target), "name the server: --authorize-url URL");
  target.authorize_url = "https://as.example/authorize";
  EXPECT_EQ(complete(target), "name the token endpoint: --token-url URL");
  target.token_url = "as.example/token";
  EXPECT_NE(complete(target).find("--client"), std::string::npos);
  target.client = {"app", "https://app.example/cb", std::nullopt};
  EXPECT_EQ(complete(target), "--token-url wants an absolute http or https URL");
  ServerTarget other;
  other.control_url = "http://127.0.0.1:8765/_mock";
  other.token_url = "http://127.0.0.1:9/token";
  EXPECT_EQ(complete(other),
            "--token-url is another server than --control-url: http://127.0.0.1:8765");
  other.control_url = "http://127.0.0.1:8765/";
  EXPECT_NE(complete(other).find("ends in /_mock"), std::string::npos);
}

TEST(ServerTarget, ReadsAClient) {
  const auto web = parse_server_client("app=https://app.example/cb?a=1,secret=s=3");
  ASSERT_TRUE(web);
  EXPECT_EQ(web->id, "app");
  EXPECT_EQ(web->redirect_uri, "https://app.example/cb?a=1");
  EXPECT_EQ(web->secret, "s=3");
  const auto native = parse_server_client("cli=http://127.0.0.1/cb");
  ASSERT_TRUE(native);
  EXPECT_FALSE(native->secret);
  for (const char* const bad :
       {"", "app", "=https://x.example/", "app=nowhere", "app=https://x.example/,secret="}) {
    EXPECT_FALSE(parse_server_client(bad)) << bad;
  }
}

}  // namespace
}  // namespace heygen::conformance
