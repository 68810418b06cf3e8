#include "client_under_test/lib/login_request.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "client_under_test/lib/os_random.h"
#include "client_under_test/testing/fakes.h"

namespace heygen::client {
namespace {

// https://www.rfc-editor.org/rfc/rfc7636#appendix-B
class AppendixB final : public RandomSource {
 public:
  void fill(std::span<std::byte> out) override {
    constexpr std::array<unsigned char, 32> kOctets{
        116, 24,  223, 180, 151, 153, 224, 37,  79, 250, 96, 125, 216, 173, 187, 186,
        22,  212, 37,  77,  105, 214, 191, 240, 91, 88,  5,  88,  83,  132, 141, 121};
    ASSERT_EQ(out.size(), kOctets.size());
    std::ranges::transform(kOctets, out.begin(), [](unsigned char c) { return std::byte{c}; });
  }
};

TEST(LoginRequest, VerifierAndChallengeAreThoseOfRfc7636AppendixB) {
  AppendixB random;
  const std::string verifier = make_verifier(random);
  EXPECT_EQ(verifier, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  const Challenge challenge = make_challenge(verifier, "");
  EXPECT_EQ(challenge.value, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  EXPECT_EQ(challenge.method, "S256");
}

TEST(LoginRequest, AnErrorOfTheServerDoesNotLowerTheChallenge) {
  EXPECT_EQ(make_challenge("v", "invalid_request").method, "S256");
  EXPECT_EQ(make_challenge("v", "invalid_request").value, make_challenge("v", "").value);
}

TEST(LoginRequest, StateHas256BitsAndIsNeverTheSame) {
  OsRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string state = make_state({random, testing::kStart, "verifier"});
    EXPECT_EQ(state.size(), 43U);
    seen.insert(state);
  }
  EXPECT_EQ(seen.size(), 100U);
}

TEST(LoginRequest, UrlHasEveryParameterOnceAndEncoded) {
  Config config = testing::test_config();
  config.client_id = "a+/%~ b";
  config.redirect_uri = "http://127.0.0.1:4000/cb?a=1&b=%2F";
  config.scope = "openid email";
  EXPECT_EQ(build_authorize_url({config, "STATE", {"CHALLENGE", "S256"}}),
            "http://127.0.0.1:8765/oauth/authorize?response_type=code&client_id=a%2B%2F%25~%20b"
            "&redirect_uri=http%3A%2F%2F127.0.0.1%3A4000%2Fcb%3Fa%3D1%26b%3D%252F"
            "&scope=openid%20email&state=STATE&code_challenge=CHALLENGE"
            "&code_challenge_method=S256");
}

TEST(LoginRequest, QueryOfTheEndpointIsKept) {
  Config config = testing::test_config();
  config.authorize_url = "https://app.example/authorize?tenant=x";
  const std::string url = build_authorize_url({config, "S", {"C", "S256"}});
  EXPECT_TRUE(url.starts_with("https://app.example/authorize?tenant=x&response_type=code&"));
  EXPECT_EQ(url.find("scope"), std::string::npos) << "an empty parameter is left out";
}

}  // namespace
}  // namespace heygen::client
