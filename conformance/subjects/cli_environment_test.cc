#include "conformance/subjects/cli_environment.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace heygen::conformance {
namespace {

using testing::Contains;
using testing::Not;
using testing::StartsWith;

const Placeholders kTwo{{"token_url", "http://h/t?a=1&b=2"}, {"client_id", "it's $1 \"x\""}};

TEST(Fill, QuotesAValueWhereNothingElseDoes) {
  EXPECT_EQ(fill("tool --t={token_url} login", kTwo), "tool --t='http://h/t?a=1&b=2' login");
  EXPECT_EQ(fill("tool {client_id}", kTwo), "tool 'it'\\''s $1 \"x\"'");
}

TEST(Fill, KeepsToTheQuotesThatAreThere) {
  EXPECT_EQ(fill("tool '{client_id}'", kTwo), "tool 'it'\\''s $1 \"x\"'");
  EXPECT_EQ(fill("tool \"{client_id}\"", kTwo), "tool \"it's \\$1 \\\"x\\\"\"");
  EXPECT_EQ(fill("tool \\' {token_url}", kTwo), "tool \\' 'http://h/t?a=1&b=2'");
}

TEST(Fill, LeavesOtherBracesAlone) {
  EXPECT_EQ(fill("awk '{print}' ${HOME} {nobody} {", kTwo), "awk '{print}' ${HOME} {nobody} {");
}

TEST(Names, AsksForOnePlaceholder) {
  EXPECT_TRUE(names("tool call {path}", "path"));
  EXPECT_FALSE(names("tool call path", "path"));
}

TEST(EnvironmentOf, IsAnotherUsersAtADesktop) {
  ::setenv("HEYGEN_API_KEY", "a-real-key", 1);
  ::setenv("CI", "true", 1);
  ::setenv("SSH_CONNECTION", "1 2 3 4", 1);
  Configuration to;
  to.token_url = "http://h/token";
  to.client_id = "me";
  const auto all = environment_of(to, "/home/u", "/shims");
  ::unsetenv("HEYGEN_API_KEY");
  ::unsetenv("CI");
  ::unsetenv("SSH_CONNECTION");
  EXPECT_THAT(all, Contains("HOME=/home/u"));
  EXPECT_THAT(all, Contains("HEYGEN_CONFIG_DIR=/home/u/.heygen"));
  EXPECT_THAT(all, Contains("HEYGEN_TOKEN_URL=http://h/token"));
  EXPECT_THAT(all, Contains("HYPERFRAMES_OAUTH_TOKEN_URL=http://h/token"));
  EXPECT_THAT(all, Contains("HYPERFRAMES_OAUTH_CLIENT_ID=me"));
  EXPECT_THAT(all, Contains("BROWSER=/shims/xdg-open"));
  EXPECT_THAT(all, Contains("DISPLAY=:0"));
  EXPECT_THAT(all, Contains(StartsWith("PATH=/shims:")));
  EXPECT_THAT(all, Not(Contains(StartsWith("HEYGEN_API_KEY="))));
  EXPECT_THAT(all, Not(Contains(StartsWith("CI="))));
  EXPECT_THAT(all, Not(Contains(StartsWith("SSH_CONNECTION="))));
  EXPECT_THAT(all, Not(Contains(StartsWith("HEYGEN_CLIENT_SECRET="))));
}

}  // namespace
}  // namespace heygen::conformance
