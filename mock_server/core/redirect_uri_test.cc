#include "mock_server/core/redirect_uri.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

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

TEST(RedirectUri, APortIsTheOnlyThingALoopbackClientMayChoose) {
  constexpr const char* kRegistered = "http://127.0.0.1/cb?a=1";
  EXPECT_TRUE(redirect_uri_matches(kRegistered, "http://127.0.0.1:1/cb?a=1", kLoopback, true));
  for (const char* const asked :
       {"http://127.0.0.1:1/cb", "http://127.0.0.1:1/cb?a=2", "http://127.0.0.1:1/cb?a=1#f",
        "http://u@127.0.0.1:1/cb?a=1", "http://127.0.0.2:1/cb?a=1", "http://localhost:1/cb?a=1",
        "https://127.0.0.1:1/cb?a=1", "http://127.0.0.1:1/c?a=1", "http://127.0.0.1:99999x/cb?a=1",
        "http://127.0.0.1:1/cb?a=1 "}) {
    EXPECT_FALSE(redirect_uri_matches(kRegistered, asked, kLoopback, true)) << asked;
  }
}

TEST(RedirectUri, OnlyPlainHttpOnLoopbackLeavesThePortOpen) {  // RFC 8252 §7.3
  for (const auto& [registered, asked] :
       {std::pair{"http://app.test/cb", "http://app.test:81/cb"},
        std::pair{"https://127.0.0.1/cb", "https://127.0.0.1:81/cb"},
        std::pair{"https://127.0.0.1/cb", "http://127.0.0.1:81/cb"},
        std::pair{"http://u@127.0.0.1/cb", "http://127.0.0.1:81/cb"},
        std::pair{"myapp://127.0.0.1/cb", "myapp://127.0.0.1:81/cb"},
        std::pair{"not a URI", "http://127.0.0.1:81/cb"}}) {
    EXPECT_FALSE(redirect_uri_matches(registered, asked, kLoopback, true)) << asked;
  }
}

TEST(RedirectUri, AnyPathCoversItsOwnHostAlone) {
  EXPECT_TRUE(redirect_uri_matches("http://[::1]/*", "http://[::1]:9", kLoopback, true));
  EXPECT_TRUE(redirect_uri_matches("http://localhost/*", "http://localhost/x", kLoopback, true));
  for (const char* const asked :
       {"http://127.0.0.2/a", "http://localhost/a", "https://127.0.0.1/a", "http://u@127.0.0.1/a",
        "http://127.0.0.1/a#f", "http://127.0.0.1@evil.test/a"}) {
    EXPECT_FALSE(redirect_uri_matches("http://127.0.0.1/*", asked, kLoopback, true)) << asked;
  }
}

// However such a registration came in: it opens nothing but a loopback host.
TEST(RedirectUri, AnyPathIsWorthNothingWhereItMayNotStand) {
  for (const auto& [registered, asked] : {std::pair{"http://app.test/*", "http://app.test/a"},
                                          std::pair{"http://@127.0.0.1/*", "http://127.0.0.1/a"},
                                          std::pair{"https://127.0.0.1/*", "https://127.0.0.1/a"},
                                          std::pair{"https://127.0.0.1/*", "http://127.0.0.1/a"},
                                          std::pair{"http://127.0.0.1/a/*", "http://127.0.0.1/a/b"},
                                          std::pair{"http://127.0.0.1?x/*", "http://127.0.0.1/a"},
                                          std::pair{"/*", "http://127.0.0.1/a"}}) {
    EXPECT_FALSE(redirect_uri_matches(registered, asked, kLoopback, true)) << registered;
  }
}

// The form is a pattern: sent as such it is a path like any other, which a confidential client has
// not registered.
TEST(RedirectUri, ThePatternIsNoRedirectUriOfItsOwn) {
  EXPECT_FALSE(redirect_uri_matches("http://127.0.0.1/*", "http://127.0.0.1/*", kLoopback, false));
  EXPECT_FALSE(redirect_uri_matches("http://127.0.0.1/*", "http://127.0.0.1/*",
                                    RedirectPolicy::exact, true));
  EXPECT_FALSE(redirect_uri_matches("http://127.0.0.1/*", "http://127.0.0.1/a", kLoopback, false));
}

TEST(RedirectUri, ByPrefixWhatBeginsWithARegisteredUriIsTaken) {
  constexpr auto kPrefix = RedirectPolicy::prefix;
  EXPECT_TRUE(
      redirect_uri_matches("https://app.test/cb", "https://app.test/cb/deeper", kPrefix, false));
  EXPECT_TRUE(redirect_uri_matches("https://app.test/*", "https://app.test/x", kPrefix, false));
  EXPECT_TRUE(redirect_uri_matches("http://127.0.0.1/cb", "http://127.0.0.1:81/cb", kPrefix, true));
  for (const char* const asked :
       {"https://app.test/c", "https://other.test/cb", "https://app.test/cb\nSet-Cookie: a=b"}) {
    EXPECT_FALSE(redirect_uri_matches("https://app.test/cb", asked, kPrefix, false)) << asked;
  }
}

TEST(RedirectUri, APrefixIsNoWayToAnotherHost) {
  constexpr auto kPrefix = RedirectPolicy::prefix;
  for (const auto* const asked :
       {"https://app.test.evil.example/", "https://app.test@evil.example/",
        "https://app.test:x@evil.example/", "https://app.test/#f", "https://app.testing/"}) {
    EXPECT_FALSE(redirect_uri_matches("https://app.test", asked, kPrefix, false)) << asked;
  }
  for (const auto* const asked : {"http://127.0.0.1.evil.example/cb",
                                  "http://127.0.0.1@evil.example/", "http://127.0.0.10/cb"}) {
    EXPECT_FALSE(redirect_uri_matches("http://127.0.0.1/*", asked, kPrefix, true)) << asked;
  }
}

TEST(RedirectUri, WhatMayNotBeRegisteredSaysWhy) {
  for (const char* const good :
       {"https://app.test/cb", "http://127.0.0.1/cb", "myapp://cb", "com.test.app-1://cb",
        "http://[::1]/*", "https://app.test/cb?x=*"}) {
    EXPECT_EQ(check_registrable(good), "") << good;
  }
  for (const char* const bad : {"", "/cb", "app.test/cb", "javascript:alert(1)", "https://a b/"}) {
    EXPECT_EQ(check_registrable(bad),
              "not an absolute URI of printable ASCII, such as http://127.0.0.1/callback")
        << bad;
  }
  EXPECT_EQ(check_registrable("https://app.test/cb#"),
            "a redirect URI has no fragment (RFC 6749 §3.1.2)");
  EXPECT_EQ(check_registrable("https://app.test/*"),
            "the any-path form /* is for loopback hosts only");
}

// RFC 3986 §3.1: a scheme's case does not matter, and to a browser it does not.
TEST(RedirectUri, NoSchemeThatRunsInTheBrowserMayBeRegistered) {
  for (const char* const bad : {"javascript://x/%0aalert(1)", "data://x/,a", "vbscript://x/a",
                                "JavaScript://x/%0aalert(1)", "DATA://x/,a", "VBScript://x/a"}) {
    EXPECT_EQ(check_registrable(bad), "this scheme would run in the browser") << bad;
  }
}

TEST(RedirectUri, AMismatchIsExplainedByTheFirstPartThatDiffers) {
  const std::vector<std::string> registered{"not a URI", "https://app.test/cb?a=1"};
  const std::string tail = "; registered is https://app.test/cb?a=1";
  for (const auto& [asked, text] :
       {std::pair{"http://app.test/cb?a=1", "redirect_uri differs in its scheme"},
        std::pair{"https://u@app.test/cb?a=1", "redirect_uri carries userinfo"},
        std::pair{"https://app.test/cb/?a=1", "redirect_uri differs in a trailing slash"},
        std::pair{"https://app.test/CB?a=1", "redirect_uri differs in its path"},
        std::pair{"https://app.test/cb", "redirect_uri differs in its query"},
        std::pair{"https://app.test/cb?a=2", "redirect_uri differs in its query"},
        std::pair{"https://app.test:444/cb?a=1", "redirect_uri differs in its port"}}) {
    EXPECT_EQ(explain_mismatch(registered, asked), text + tail) << asked;
  }
  const std::vector<std::string> with_slash{"https://app.test/cb/"};
  EXPECT_EQ(explain_mismatch(with_slash, "https://app.test/cb"),
            "redirect_uri differs in a trailing slash; registered is https://app.test/cb/");
}

TEST(RedirectUri, AMismatchOfTheHostListsWhatIsRegistered) {
  const std::vector<std::string> two{"http://127.0.0.1/cb", "http://[::1]/cb"};
  EXPECT_EQ(explain_mismatch(two, "http://localhost/cb"),
            "redirect_uri names another host than the registered: http://127.0.0.1/cb, "
            "http://[::1]/cb");
  EXPECT_EQ(explain_mismatch({}, "http://localhost/cb"),
            "redirect_uri names another host than the registered: none");
  EXPECT_EQ(explain_mismatch(two, "127.0.0.1/cb"),
            "redirect_uri is not an absolute URI of printable ASCII");
  EXPECT_EQ(explain_mismatch(two, "http://127.0.0.1/cb#f"),
            "redirect_uri has a fragment (RFC 6749 §3.1.2 forbids it)");
}

}  // namespace
}  // namespace heygen::mock
