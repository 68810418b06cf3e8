#include "mock_server/faults/tamper.h"

#include <gtest/gtest.h>

namespace heygen::mock {
namespace {

constexpr std::string_view kGood = "http://127.0.0.1:7/cb?keep=%41+b&&code=abcde&state=xyz#";

TEST(Tamper, WithoutAWishNothingChanges) {
  EXPECT_EQ(tamper("http://c.example/cb?keep=%41+b&code=a&state", {}),
            "http://c.example/cb?keep=%41+b&code=a&state");
  EXPECT_EQ(tamper(kGood, {}), kGood);
}

TEST(Tamper, DropsEveryParameterOfThatName) {
  EXPECT_EQ(tamper("http://c/cb?state=1&code=a&st%61te=2", {.drop = {"state"}}),
            "http://c/cb?code=a");
  EXPECT_EQ(tamper("http://c/cb?code=a", {.drop = {"code"}}), "http://c/cb");
}

TEST(Tamper, SetsInPlaceOrAtTheEnd) {
  EXPECT_EQ(tamper("http://c/cb?state=1&code=a&state=2",
                   {.set = {{"state", "x y"}, {"iss", "https://evil.example"}}}),
            "http://c/cb?state=x%20y&code=a&iss=https%3A%2F%2Fevil.example");
  EXPECT_EQ(tamper("http://c/cb", {.set = {{"code", "a"}}}), "http://c/cb?code=a");
  EXPECT_EQ(tamper("http://c/cb?", {.set = {{"code", "a"}}}), "http://c/cb?code=a");
}

TEST(Tamper, FlipsOneCharacterOfTheValue) {
  EXPECT_EQ(tamper("http://c/cb?code=abcde&state=xyz", {.flip = {"state"}}),
            "http://c/cb?code=abcde&state=xAz");
  EXPECT_EQ(tamper("http://c/cb?state=aaa", {.flip = {"state"}}), "http://c/cb?state=aBa");
  EXPECT_EQ(tamper("http://c/cb?state=%41x%42", {.flip = {"state"}}), "http://c/cb?state=%41A%42");
  EXPECT_EQ(tamper("http://c/cb?state=%41%42", {.flip = {"state"}}), "http://c/cb?state=%41%41");
  EXPECT_EQ(tamper("http://c/cb?state=&code=a", {.flip = {"state"}}), "http://c/cb?state=&code=a");
}

TEST(Tamper, Duplicates) {
  EXPECT_EQ(tamper("http://c/cb?code=a&state=x", {.duplicate = {"code", "absent"}}),
            "http://c/cb?code=a&code=a&state=x");
}

TEST(Tamper, MovesTheResponseToTheFragment) {
  EXPECT_EQ(tamper("http://c/cb?tenant=7&code=a&state=x",
                   {.set = {{"access_token", "evil"}}, .fragment = true}),
            "http://c/cb?tenant=7#code=a&state=x&access_token=evil");
}

TEST(Tamper, KnowsAnAuthorizationResponse) {
  EXPECT_TRUE(is_authorization_response("http://c/cb?state=1&code=a"));
  EXPECT_TRUE(is_authorization_response("http://c/cb?error=access_denied"));
  EXPECT_FALSE(is_authorization_response("/login?next=code"));
  EXPECT_FALSE(is_authorization_response("http://c/cb#code=a"));
}

}  // namespace
}  // namespace heygen::mock
