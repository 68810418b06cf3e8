#include "client_under_test/lib/url.h"

#include <gtest/gtest.h>

namespace heygen::client {
namespace {

TEST(Url, PartsAreRead) {
  const auto url = parse_url("HTTPS://API.Example:8443/a/b?c=d#e");
  ASSERT_TRUE(url);
  EXPECT_EQ(origin_of(*url), "https://api.example:8443");
  EXPECT_EQ(url->path, "/a/b");
  EXPECT_EQ(url->query, "c=d");
  EXPECT_TRUE(url->has_fragment);
}

TEST(Url, OnlyCleanHttpUrlsAreUrls) {
  for (const char* text :
       {"", "x", "/path", "ftp://h/", "javascript:alert(1)", "http://", "http://a b/",
        "http://h/\r\nX: y", "http://h\\@evil/", "http://h:99999/", "http://\xC3\xA9/"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(Url, OriginIsSchemeHostAndPort) {
  EXPECT_TRUE(same_origin("https://h/a", "https://H:443/b"));
  EXPECT_FALSE(same_origin("https://h/", "http://h/"));
  EXPECT_FALSE(same_origin("http://h:1/", "http://h:2/"));
  EXPECT_FALSE(same_origin("http://127.0.0.1:1/", "http://localhost:1/"));
  EXPECT_FALSE(same_origin("https://h/", "https://h.evil/"));
  EXPECT_FALSE(same_origin("x", "x"));
}

TEST(Url, LoopbackHostsAreThoseThatStayOnTheMachine) {
  for (const char* host : {"localhost", "a.localhost", "127.0.0.1", "127.1.2.3", "[::1]"}) {
    EXPECT_TRUE(is_loopback_host(host)) << host;
  }
  for (const char* host : {"128.0.0.1", "127.0.0.1.evil.test", "notlocalhost", ".localhost",
                           "localhost.evil", "0.0.0.0", "[::2]", "127.0.0", ""}) {
    EXPECT_FALSE(is_loopback_host(host)) << host;
  }
}

TEST(Url, PlainHttpIsForLoopbackOnly) {
  EXPECT_TRUE(require_secure_url("https://api.example/", "x"));
  EXPECT_TRUE(require_secure_url("http://s.localhost:8765/", "x"));
  const auto refused = require_secure_url("http://api.example/", "token_url");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "token_url: must be https: plain http is allowed to loopback hosts only");
  EXPECT_FALSE(require_secure_url("https://user:pw@api.example/", "x"));
  EXPECT_FALSE(require_secure_url("https://127.0.0.1@evil.example/", "x"));
}

TEST(Url, ReferencesAreResolvedAgainstTheirBase) {
  EXPECT_EQ(resolve_url("http://h:1/a/b?c", "/x?y"), "http://h:1/x?y");
  EXPECT_EQ(resolve_url("http://h:1/a/b", "https://other/z"), "https://other/z");
  EXPECT_EQ(resolve_url("http://h:1/a", "//other/z"), "http://other/z");
  EXPECT_FALSE(resolve_url("http://h/", "/a b"));
}

TEST(Url, AHostIsAsciiAfterDecoding) {
  EXPECT_FALSE(parse_url("http://063.0.0.%876/a"));
  EXPECT_FALSE(parse_url("http://7.4%%44/"));
  EXPECT_FALSE(parse_url("https:/%300"));
  EXPECT_FALSE(parse_url("http://[::1%25eth0]/"));
  EXPECT_TRUE(parse_url("http://u%40:p%40@127.0.0.1:80/?%41#%41"));
  EXPECT_TRUE(parse_url("http://127.0.0.1/%87"));
}

}  // namespace
}  // namespace heygen::client
