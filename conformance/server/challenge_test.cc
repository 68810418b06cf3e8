#include "conformance/server/challenge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heygen::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

Reply reply_with(const std::vector<std::string>& fields) {
  mock::Entry entry;
  for (const std::string& field : fields) entry.response.headers.add("www-authenticate", field);
  return Reply(Seen(std::make_shared<const mock::Entry>(std::move(entry))));
}

std::string schemes_of(std::string_view field) {
  std::string all;
  for (const Challenge& one : challenges_of(field)) all += one.scheme + ";";
  return all;
}

TEST(Challenges, HaveParametersInAnyCaseAndWithBlanksAroundTheSign) {
  const auto all = challenges_of("BEARER Realm=\"a\", Error =\t\"invalid_token\" ,scope=x");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].scheme, "bearer");
  EXPECT_THAT(all[0].params,
              ElementsAre(Pair("realm", "a"), Pair("error", "invalid_token"), Pair("scope", "x")));
}

TEST(Challenges, MayBeSeveralInOneField) {
  EXPECT_EQ(schemes_of("DPoP algs=\"ES256, RS256\", Bearer error=\"x\""), "dpop;bearer;");
  EXPECT_EQ(schemes_of("Negotiate, Bearer"), "negotiate;bearer;");
  EXPECT_EQ(schemes_of("Negotiate YWJj/+==, Bearer realm=x"), "negotiate;bearer;");
  EXPECT_EQ(schemes_of(" ,Basic realm=\"say \\\"Bearer x=1\\\"\",,"), "basic;");
}

TEST(Challenges, OfWhatCannotBeReadAreNone) {
  EXPECT_THAT(challenges_of(""), IsEmpty());
  EXPECT_THAT(challenges_of("\"Bearer\""), IsEmpty());
  EXPECT_THAT(challenges_of("error=\"invalid_token\""), IsEmpty());
  EXPECT_EQ(schemes_of("Bearer error=\"never ended"), "bearer;");
}

TEST(BearerChallenge, IsFoundInAnyField) {
  const auto found =
      bearer_challenge(reply_with({"Basic realm=\"error=1\"", "Bearer error=\"invalid_token\""}));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->find("error"), "invalid_token");
  EXPECT_EQ(found->find("realm"), std::nullopt);
}

TEST(BearerChallenge, IsNoWordInAnothersValue) {
  EXPECT_FALSE(bearer_challenge(reply_with({"Basic realm=\"Bearer\""})));
  EXPECT_FALSE(bearer_challenge(reply_with({})));
  const auto quiet = bearer_challenge(reply_with({"Bearer docs=\"https://x.example/?error=1\""}));
  ASSERT_TRUE(quiet);
  EXPECT_EQ(quiet->find("error"), std::nullopt);
}

}  // namespace
}  // namespace heygen::conformance
