#include "mock_server/core/uri.h"

#include <gtest/gtest.h>

#include <string>

namespace heygen::mock {
namespace {

TEST(Uri, HasItsPartsAsTheyWereWritten) {  // RFC 3986 §3
  const auto uri = parse_uri("https://u:p@app.test:8443/a/b?x=1&y=?#f?/#");
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->scheme, "https");
  EXPECT_EQ(uri->userinfo, "u:p");
  EXPECT_EQ(uri->host, "app.test");
  EXPECT_EQ(uri->port, "8443");
  EXPECT_EQ(uri->path, "/a/b");
  EXPECT_EQ(uri->query, "x=1&y=?");
  EXPECT_EQ(uri->fragment, "f?/#");
}

TEST(Uri, PartsThatAreLeftOutDifferFromEmptyOnes) {  // RFC 3986 §5.3
  const auto bare = parse_uri("http://app.test");
  ASSERT_TRUE(bare);
  EXPECT_FALSE(bare->userinfo);
  EXPECT_FALSE(bare->port);
  EXPECT_EQ(bare->path, "");
  EXPECT_FALSE(bare->query);
  EXPECT_FALSE(bare->fragment);
  const auto empty = parse_uri("http://@app.test:?#");
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->userinfo, "");
  EXPECT_EQ(empty->port, "");
  EXPECT_EQ(empty->query, "");
  EXPECT_EQ(empty->fragment, "");
}

TEST(Uri, ASlashInTheQueryBeginsNoPath) {
  const auto uri = parse_uri("http://app.test?next=/home");
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->host, "app.test");
  EXPECT_EQ(uri->path, "");
  EXPECT_EQ(uri->query, "next=/home");
}

// What looks like a registered host before an '@' is not where a browser goes.
TEST(Uri, TheHostStandsBehindTheLastAt) {
  const auto uri = parse_uri("http://127.0.0.1@evil@other.test/cb");
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->userinfo, "127.0.0.1@evil");
  EXPECT_EQ(uri->host, "other.test");
}

TEST(Uri, AnIpv6HostKeepsItsBrackets) {  // RFC 3986 §3.2.2
  for (const char* const text : {"http://[::1]", "http://[::1]/", "http://[::1]:8080/cb"}) {
    const auto uri = parse_uri(text);
    ASSERT_TRUE(uri) << text;
    EXPECT_EQ(uri->host, "[::1]") << text;
  }
  EXPECT_EQ(parse_uri("http://[::1]:8080/cb")->port, "8080");
  EXPECT_FALSE(parse_uri("http://[::1/cb"));
  EXPECT_FALSE(parse_uri("http://[::1]x/cb"));
}

TEST(Uri, ASchemeBeginsWithALetter) {  // RFC 3986 §3.1
  EXPECT_EQ(parse_uri("com.test-app+9://cb")->scheme, "com.test-app+9");
  EXPECT_EQ(parse_uri("Z39.50r://cb")->scheme, "Z39.50r");
  for (const char* const text :
       {"://app.test/", "9http://app.test/", "+http://app.test/", "ht_tp://app.test/",
        "http:/app.test/", "app.test", "/cb", "@http://app.test/", "{http://app.test/", "[://x",
        "a:b://x", "ht;tp://app.test", "ht,tp://app.test", "ht/tp://app.test", ""}) {
    EXPECT_FALSE(parse_uri(text)) << text;
  }
}

TEST(Uri, AHostMayNotBeMissing) {
  for (const char* const text : {"http://", "http:///cb", "http://:80/cb", "http://u@/cb"}) {
    EXPECT_FALSE(parse_uri(text)) << text;
  }
}

TEST(Uri, APortHasFiveDigitsAtTheMost) {
  EXPECT_EQ(parse_uri("http://app.test:65535/")->port, "65535");
  for (const char* const text : {"http://app.test:655350/", "http://app.test:8o/",
                                 "http://app.test:-1/", "http://app.test:80:80/"}) {
    EXPECT_FALSE(parse_uri(text)) << text;
  }
}

// Such bytes would be read differently by the next program that sees them.
TEST(Uri, OnlyPrintableAsciiIsTaken) {
  for (const std::string bad : {" ", "\t", "\n", "\r", "\x7f", "\xc3\xa9"}) {
    EXPECT_FALSE(parse_uri("http://app.test/" + bad)) << bad;
  }
  EXPECT_FALSE(parse_uri(std::string{"http://app.test/\0", 17}));
  EXPECT_TRUE(parse_uri("http://app.test/!~"));
}

TEST(Uri, LoopbackIsTheWholeOf127AndOneIpv6Address) {  // RFC 8252 §7.3
  for (const char* const host :
       {"127.0.0.1", "127.0.0.0", "127.255.255.255", "127.1.2.3", "[::1]"}) {
    EXPECT_TRUE(is_loopback_host(host, false)) << host;
  }
  for (const char* const host :
       {"128.0.0.1", "12.0.0.1", "127.0.0", "127.0.0.", "127..0.1", "127.0.0.256", "127.0.256.1",
        "127.0.0.0001", "127.0.0.1.2", "127.0.0.x", "127.x.0.1", "127.0.0.1.evil.test", "127.0",
        "127.evil.test", "[::2]", "::1", ""}) {
    EXPECT_FALSE(is_loopback_host(host, true)) << host;
  }
}

TEST(Uri, LocalhostIsANameAndCountsWhereNamesDo) {  // RFC 8252 §8.3
  EXPECT_TRUE(is_loopback_host("localhost", true));
  EXPECT_FALSE(is_loopback_host("localhost", false));
  EXPECT_FALSE(is_loopback_host("localhost.evil.test", true));
}

TEST(Uri, AllButUnreservedCharactersAreEncoded) {  // RFC 3986 §2.3
  EXPECT_EQ(percent_encode("azAZ09-._~"), "azAZ09-._~");
  EXPECT_EQ(percent_encode("`{@[/:,^\x7f"), "%60%7B%40%5B%2F%3A%2C%5E%7F");
  EXPECT_EQ(percent_encode("+ %&="), "%2B%20%25%26%3D");
  EXPECT_EQ(percent_encode("\xc3\xa9\xff"), "%C3%A9%FF");
  EXPECT_EQ(percent_encode(std::string_view{"\0", 1}), "%00");
  EXPECT_EQ(percent_encode(""), "");
}

TEST(Uri, AppendsToTheQueryOfTheRegisteredUri) {  // RFC 6749 §3.1.2
  EXPECT_EQ(append_query("https://a.example/cb?x=1", {{"code", "a b"}, {"state", "&"}}),
            "https://a.example/cb?x=1&code=a%20b&state=%26");
  EXPECT_EQ(append_query("https://a.example/cb", {{"code", "z"}}), "https://a.example/cb?code=z");
}

TEST(Uri, AppendsWithoutAnEmptyParameter) {
  EXPECT_EQ(append_query("https://a.test/cb?", {{"a", "1"}, {"b", "2"}}),
            "https://a.test/cb?a=1&b=2");
  EXPECT_EQ(append_query("https://a.test/cb?x=1&", {{"a", "1"}}), "https://a.test/cb?x=1&a=1");
  EXPECT_EQ(append_query("https://a.test/cb", {}), "https://a.test/cb");
}

TEST(Uri, AppendsBeforeAFragment) {
  EXPECT_EQ(append_query("https://a.test/cb#f?g", {{"a b", "1"}}), "https://a.test/cb?a%20b=1#f?g");
}

}  // namespace
}  // namespace heygen::mock
