#include "conformance/checks/page_headers.h"

#include <gtest/gtest.h>

namespace heygen::conformance {
namespace {

TEST(ReferrerPolicy, KeepsPathAndQueryFromOtherOrigins) {
  for (const char* const good : {"no-referrer", "same-origin", "origin", "Strict-Origin",
                                 "unsafe-url, no-referrer", "no-referrer, of-the-future"}) {
    EXPECT_TRUE(sends_no_referrer(good)) << good;
  }
  for (const char* const bad :
       {"", "no-referrer-when-downgrade", "unsafe-url", "origin-when-cross-origin",
        "strict-origin-when-cross-origin", "no-referrer, unsafe-url", "of-the-future"}) {
    EXPECT_FALSE(sends_no_referrer(bad)) << bad;
  }
}

TEST(Framing, IsKeptOutByEitherField) {
  EXPECT_TRUE(may_be_framed({}));
  EXPECT_FALSE(may_be_framed({{"X-Frame-Options", "DENY"}}));
  EXPECT_FALSE(may_be_framed({{"X-Frame-Options", "sameorigin"}}));
  EXPECT_TRUE(may_be_framed({{"X-Frame-Options", "ALLOWALL"}}));
  EXPECT_TRUE(may_be_framed({{"X-Frame-Options", "ALLOW-FROM https://a.example"}}));
}

TEST(Framing, IsUpToFrameAncestorsWhereTheyAreNamed) {
  const auto framed = [](std::string policy, std::string options = "") {
    return may_be_framed(
        {{"content-security-policy", std::move(policy)}, {"X-Frame-Options", std::move(options)}});
  };
  EXPECT_FALSE(framed("default-src *; frame-ancestors 'none'"));
  EXPECT_FALSE(framed("FRAME-ANCESTORS 'self' https://a.example"));
  EXPECT_FALSE(framed("frame-ancestors *, frame-ancestors 'self'")) << "each policy must allow it";
  EXPECT_FALSE(framed("frame-ancestors")) << "nobody is named";
  EXPECT_TRUE(framed("frame-ancestors *"));
  EXPECT_TRUE(framed("frame-ancestors https:"));
  EXPECT_TRUE(framed("frame-ancestors *", "DENY")) << "the older field does not count then";
  EXPECT_FALSE(framed("default-src 'self'", "DENY"));
  EXPECT_TRUE(framed("default-src 'self'"));
}

TEST(Storing, IsForbiddenByNoStoreInAnyField) {
  using Headers = mock::wire::Headers;
  EXPECT_TRUE(forbids_storing(Headers{{"Cache-Control", "no-store"}}));
  EXPECT_TRUE(forbids_storing(Headers{{"cache-control", "private, No-Store, max-age=0"}}));
  EXPECT_TRUE(
      forbids_storing(Headers{{"Cache-Control", "private"}, {"Cache-Control", "no-store"}}));
  EXPECT_FALSE(forbids_storing(Headers{}));
  EXPECT_FALSE(forbids_storing(Headers{{"Cache-Control", "no-cache"}}));
  EXPECT_FALSE(forbids_storing(Headers{{"Cache-Control", "x-no-store"}, {"Pragma", "no-store"}}));
}

TEST(Fields, OfOneNameAreJoined) {
  EXPECT_EQ(joined({{"A", "1"}, {"b", "2"}, {"a", "3"}}, "a"), "1, 3");
  EXPECT_EQ(joined({}, "a"), "");
}

}  // namespace
}  // namespace heygen::conformance
