#include "mock_server/control/secrets.h"

#include <gtest/gtest.h>

#include "mock_server/control/testing.h"

namespace heygen::mock::control {
namespace {

TEST(Secrets, AreTheSandboxsTokensCodesKeysAndClientSecrets) {
  TestBed bed;
  const auto box = bed.registry.find("default");
  const auto is_secret = secrets_of(box);
  EXPECT_TRUE(is_secret("demo-api-key"));
  EXPECT_FALSE(is_secret("demo"));
  EXPECT_FALSE(is_secret(""));

  Client client;
  client.id = "app";
  client.secret = "hunter2";
  box->store().put_client(client);
  EXPECT_TRUE(is_secret("hunter2"));

  Code code;
  code.value = "a-code";
  box->store().put_code(code);
  EXPECT_TRUE(is_secret("a-code"));

  TokenSet tokens;
  tokens.access = {"an-access-token", bed.wall.time};
  tokens.refresh = NewToken{"a-refresh-token"};
  box->store().put_grant("app", "user", "", tokens);
  EXPECT_TRUE(is_secret("an-access-token"));  // dead, and still a secret
  EXPECT_TRUE(is_secret("a-refresh-token"));
}

TEST(Secrets, DoNotKeepTheirSandboxAlive) {
  TestBed bed;
  bed.call("PUT", "/sandboxes/t1");
  const auto is_secret = secrets_of(bed.registry.find("t1"));
  EXPECT_TRUE(is_secret("demo-api-key"));
  bed.call("DELETE", "/sandboxes/t1");
  EXPECT_FALSE(is_secret("demo-api-key"));
}

}  // namespace
}  // namespace heygen::mock::control
