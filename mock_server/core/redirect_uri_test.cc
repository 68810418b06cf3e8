#include "mock_server/core/redirect_uri.h"

#include <gtest/gtest.h>

#include "mock_server/core/uri.h"

namespace heygen::mock {
namespace {

constexpr auto kLoopback = RedirectPolicy::loopback_any_port;

TEST(RedirectUri, ALoopbackUriMatchesOnAnyPortForPublicClients) {  // RFC 8252 §7.3
  EXPECT_TRUE(
      redirect_uri_matches("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb", kLoopback, true));
  EXPECT_TRUE(redirect_uri_matches("http://[::1]/cb", "http://[::1]:8080/cb", kLoopback, true));
  EXPECT_FALSE(
      redirect_uri_matches("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb", kLoopback, false));
  EXPECT_FALSE(redirect_uri_matches("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb",
                                    RedirectPolicy::exact, true));
}

TEST(RedirectUri, EveryOtherDeviationIsRefused) {  // RFC 9700 §2.1
  for (const char* asked :
       {"https://app.example/cb/", "https://app.example/CB", "https://app.example/cb?x=1",
        "https://app.example:444/cb", "https://u@app.example/cb", "http://app.example/cb",
        "https://app.example/cb/../cb", "https://app.example/cb%2F", "https://app.example/cb#f",
        "https://app.example.evil/cb", "//app.example/cb", "javascript:alert(1)"}) {
    EXPECT_FALSE(redirect_uri_matches("https://app.example/cb", asked, kLoopback, true)) << asked;
  }
  EXPECT_TRUE(
      redirect_uri_matches("https://app.example/cb", "https://app.example/cb", kLoopback, false));
}

TEST(RedirectUri, AnyPathIsForLoopbackOnly) {
  EXPECT_TRUE(
      redirect_uri_matches("http://127.0.0.1/*", "http://127.0.0.1:9/a/b?c", kLoopback, true));
  EXPECT_FALSE(
      redirect_uri_matches("http://127.0.0.1/*", "http://127.0.0.1.evil/a", kLoopback, true));
  EXPECT_FALSE(check_registrable("https://evil.example/*").empty());
  EXPECT_TRUE(check_registrable("http://localhost/*").empty());
}

TEST(Uri, AppendsToTheQueryOfTheRegisteredUri) {  // RFC 6749 §3.1.2
  EXPECT_EQ(append_query("https://a.example/cb?x=1", {{"code", "a b"}, {"state", "&"}}),
            "https://a.example/cb?x=1&code=a%20b&state=%26");
  EXPECT_EQ(append_query("https://a.example/cb", {{"code", "z"}}), "https://a.example/cb?code=z");
}

}  // namespace
}  // namespace heygen::mock
