#include "mock_server/core/pkce.h"

#include <gtest/gtest.h>

#include <span>
#include <string>

#include "mock_server/core/crypto.h"

namespace heygen::mock {
namespace {

// RFC 7636, Appendix B.
constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

std::string why(std::string_view challenge, std::string_view verifier) {
  return diagnose_mismatch({ChallengeMethod::s256, std::string{challenge}}, verifier,
                           [](std::string_view) { return false; });
}

TEST(Pkce, VerifiesTheVectorOfRfc7636AppendixB) {
  EXPECT_EQ(s256(kVerifier), kChallenge);
  EXPECT_TRUE(verify_challenge({ChallengeMethod::s256, std::string{kChallenge}}, kVerifier));
  EXPECT_FALSE(verify_challenge({ChallengeMethod::s256, std::string{kChallenge}}, kChallenge));
  EXPECT_FALSE(verify_challenge({ChallengeMethod::none, ""}, ""));
}

TEST(Pkce, AVerifierHas43To128UnreservedCharacters) {
  EXPECT_FALSE(is_well_formed_verifier(std::string(42, 'a')));
  EXPECT_TRUE(is_well_formed_verifier(std::string(43, 'a')));
  EXPECT_TRUE(is_well_formed_verifier(std::string(128, '~')));
  EXPECT_FALSE(is_well_formed_verifier(std::string(129, 'a')));
  EXPECT_FALSE(is_well_formed_verifier(std::string(43, '+')));
}

TEST(Pkce, NamesTheMistakeBehindAFailedVerification) {
  const Sha256 digest = sha256(kVerifier);
  const std::string digest_hex = hex(digest);
  EXPECT_NE(why(std::string{kChallenge} + "=", kVerifier).find("padding"), std::string::npos);
  EXPECT_NE(why(base64_padded(digest), kVerifier).find("standard base64"), std::string::npos);
  EXPECT_NE(why(digest_hex, kVerifier).find("hex digest of the verifier"), std::string::npos);
  EXPECT_EQ(why(s256(digest_hex), kVerifier),
            "the challenge equals the SHA-256 of the verifier's hex digest, not of the verifier");
  EXPECT_NE(why(s256(kChallenge), kVerifier).find("hashed twice"), std::string::npos);
  EXPECT_NE(why(s256(*base64_decode(kVerifier)), kVerifier).find("decoded verifier"),
            std::string::npos);
  EXPECT_NE(why(kChallenge, kChallenge).find("challenge was sent as the verifier"),
            std::string::npos);
  const std::string long_verifier(64, 'v');
  EXPECT_EQ(why(long_verifier, long_verifier),
            "the challenge equals the verifier: a plain challenge was sent as S256");
  EXPECT_NE(why(kChallenge.substr(0, 40), kVerifier).find("truncated"), std::string::npos);
  EXPECT_NE(why(s256(std::string{kVerifier} + "\n"), kVerifier).find("newline"), std::string::npos);
  EXPECT_NE(why(s256("a~" + std::string(43, 'b')), "a%7E" + std::string(43, 'b')).find("twice"),
            std::string::npos);
  EXPECT_NE(why(kChallenge, std::string(43, 'z')).find("no known mistake"), std::string::npos);
}

TEST(Pkce, NamesWhiteSpaceOnEitherSide) {
  const std::string verifier{kVerifier};
  EXPECT_NE(why(s256(verifier + "\r\n"), verifier).find("appended"), std::string::npos);
  EXPECT_NE(why(s256(" " + verifier), verifier).find("before"), std::string::npos);
  EXPECT_NE(why(kChallenge, verifier + "\n").find("when it was sent"), std::string::npos);
}

TEST(Pkce, NamesATruncatedVerifier) {
  const std::string whole = std::string{kVerifier} + "0123456789";
  EXPECT_EQ(why(s256(kVerifier), whole),
            "the verifier was truncated: only its first 43 of 53 characters were hashed");
  for (const std::size_t missing : {1U, 2U}) {
    EXPECT_NE(why(s256(whole), whole.substr(0, whole.size() - missing)).find("longer than the"),
              std::string::npos);
  }
  // What is cut off at the shortest length is of the wrong shape as well.
  EXPECT_NE(
      diagnose_verifier({ChallengeMethod::s256, std::string{kChallenge}}, kVerifier.substr(0, 42))
          .find("truncated"),
      std::string::npos);
}

TEST(Pkce, KnowsTheVerifierOfAnotherLoginInProgress) {
  const std::string other(50, 'q');
  const std::string text =
      diagnose_mismatch({ChallengeMethod::s256, std::string{kChallenge}}, other,
                        [&](std::string_view c) { return c == s256(other); });
  EXPECT_NE(text.find("another login"), std::string::npos);
}

}  // namespace
}  // namespace heygen::mock
