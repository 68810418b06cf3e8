#include "mock_server/faults/match.h"

#include <gtest/gtest.h>

#include <vector>

namespace heygen::mock {
namespace {

using Ordinals = std::vector<std::uint64_t>;

Ordinals fired_of(const FaultWhen& when, std::uint64_t requests) {
  Ordinals out;
  for (std::uint64_t i = 1; i <= requests; ++i) {
    if (fires(when, i)) out.push_back(i);
  }
  return out;
}

TEST(FaultWhen, CountsFromOne) {
  EXPECT_EQ(fired_of(FaultAlways{}, 3), (Ordinals{1, 2, 3}));
  EXPECT_EQ(fired_of(FaultNth{2}, 5), (Ordinals{2}));
  EXPECT_EQ(fired_of(FaultFirst{3}, 5), (Ordinals{1, 2, 3}));
  EXPECT_EQ(fired_of(FaultEvery{2}, 5), (Ordinals{2, 4}));
  EXPECT_EQ(fired_of(FaultAfter{3}, 5), (Ordinals{4, 5}));
  EXPECT_EQ(fired_of(FaultProbability{0, 7}, 100), Ordinals{});
  EXPECT_EQ(fired_of(FaultProbability{1, 7}, 3), (Ordinals{1, 2, 3}));
}

TEST(FaultWhen, ASeedFixesWhichRequestsAreHit) {
  EXPECT_EQ(fired_of(FaultProbability{0.2, 7}, 40), fired_of(FaultProbability{0.2, 7}, 40));
  EXPECT_NE(fired_of(FaultProbability{0.2, 7}, 40), fired_of(FaultProbability{0.2, 8}, 40));
  const auto hits = fired_of(FaultProbability{0.2, 7}, 10'000).size();
  EXPECT_GT(hits, 1'800U);
  EXPECT_LT(hits, 2'200U);
}

TEST(FaultWhen, SaysHowOftenItMayStillFire) {
  EXPECT_EQ(chances_after(FaultNth{2}, 1), 1U);
  EXPECT_EQ(chances_after(FaultNth{2}, 2), 0U);
  EXPECT_EQ(chances_after(FaultFirst{3}, 1), 2U);
  EXPECT_EQ(chances_after(FaultFirst{3}, 9), 0U);
  EXPECT_EQ(chances_after(FaultAlways{}, 9), std::nullopt);
  EXPECT_EQ(chances_after(FaultEvery{2}, 9), std::nullopt);
}

constexpr FaultQuery kRefresh{Endpoint::refresh, "refresh_token", "demo", "/v1/oauth/token"};

TEST(FaultScope, EverythingSaidMustHold) {
  EXPECT_TRUE(in_scope({}, kRefresh));
  EXPECT_TRUE(in_scope({Endpoint::refresh, "refresh_token", "demo", "/v1/oauth/token"}, kRefresh));
  EXPECT_FALSE(in_scope({.endpoint = Endpoint::token}, kRefresh));
  EXPECT_FALSE(in_scope({.grant_type = "authorization_code"}, kRefresh));
  EXPECT_FALSE(in_scope({.client_id = "other"}, kRefresh));
  EXPECT_FALSE(in_scope({.path = "/v1/oauth/refresh_token"}, kRefresh));
}

TEST(FaultScope, AStarAtTheEndMatchesWhatFollows) {
  const FaultQuery videos{Endpoint::api, "", "", "/v3/videos/abc"};
  EXPECT_TRUE(in_scope({.path = "/v3/videos/*"}, videos));
  EXPECT_TRUE(in_scope({.path = "*"}, videos));
  EXPECT_FALSE(in_scope({.path = "/v3/videos"}, videos));
  EXPECT_FALSE(in_scope({.path = "/v3/*/abc"}, videos));
}

TEST(FaultScope, AnyIsTheVendorsSurface) {
  const FaultQuery unknown{Endpoint::none, "", "", "/favicon.ico"};
  EXPECT_FALSE(in_scope({}, unknown));
  EXPECT_TRUE(in_scope({.path = "/favicon.ico"}, unknown));
  EXPECT_TRUE(in_scope({}, {Endpoint::metadata, "", "", "/.well-known/x"}));
}

}  // namespace
}  // namespace heygen::mock
