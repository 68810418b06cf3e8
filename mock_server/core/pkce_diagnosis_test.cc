// Each mistake that is made in the field is made here, and must be called by its name.
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "mock_server/core/crypto.h"
#include "mock_server/core/pkce.h"

namespace heygen::mock {
namespace {

// RFC 7636, Appendix B.
constexpr std::string_view kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr std::string_view kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

std::span<const unsigned char> bytes(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}
std::string upper_hex(std::string_view text) {
  std::string out = hex(sha256(text));
  for (char& c : out) {
    if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::string why(std::string_view challenge, std::string_view verifier) {
  return diagnose_mismatch({ChallengeMethod::s256, std::string{challenge}}, verifier, nullptr);
}
// For a verifier of the wrong shape.
std::string why_shape(std::string_view verifier, std::string_view challenge = kChallenge) {
  return diagnose_verifier({ChallengeMethod::s256, std::string{challenge}}, verifier);
}

constexpr const char* kUnknown =
    "no known mistake: the verifier is not the one whose challenge "
    "was sent";

// --- the challenge was made wrong ---

TEST(PkceDiagnosis, StandardBase64IsNamedWithPaddingAndWithout) {
  const std::string standard = base64_padded(sha256(kVerifier));
  ASSERT_NE(standard.find('+'), std::string::npos);
  for (const std::string& challenge : {standard, standard.substr(0, 43)}) {
    EXPECT_EQ(why(challenge, kVerifier),
              "the challenge uses the standard base64 alphabet ('+', '/') instead of base64url");
  }
}

TEST(PkceDiagnosis, AHexDigestIsNamedInEitherCase) {
  for (const std::string& digest : {hex(sha256(kVerifier)), upper_hex(kVerifier)}) {
    EXPECT_EQ(why(digest, kVerifier),
              "the challenge is the hex digest of the verifier, not its base64url");
    EXPECT_EQ(why(base64url(bytes(digest)), kVerifier),
              "the challenge is the base64url of the verifier's hex digest, not of the digest "
              "itself");
    EXPECT_EQ(why(s256(digest), kVerifier),
              "the challenge equals the SHA-256 of the verifier's hex digest, not of the verifier");
  }
  EXPECT_EQ(why(base64_padded(bytes(hex(sha256(kVerifier)))), kVerifier),
            "the challenge is the base64url of the verifier's hex digest, not of the digest "
            "itself");
}

TEST(PkceDiagnosis, HashingTwiceIsNamedByWhatWasHashed) {
  EXPECT_EQ(why(s256(kChallenge), kVerifier),
            "the verifier was hashed twice: the challenge is the SHA-256 of the right challenge");
  const Sha256 once = sha256(kVerifier);
  const std::string raw{once.begin(), once.end()};
  EXPECT_EQ(why(s256(raw), kVerifier),
            "the verifier was hashed twice: the challenge is the SHA-256 of its SHA-256");
}

TEST(PkceDiagnosis, EncodingInsteadOfHashingIsNamed) {
  EXPECT_EQ(why(base64url(bytes(kVerifier)), kVerifier),
            "the challenge is the base64url of the verifier itself: the SHA-256 was left out");
}

// The bytes behind the verifier were hashed; only a verifier that is base64 has such.
TEST(PkceDiagnosis, HashingTheDecodedVerifierIsNamed) {
  const std::string mixed = std::string(42, 'a') + "+/";
  EXPECT_NE(why(s256(*base64_decode(kVerifier)), kVerifier).find("hash of the decoded verifier"),
            std::string::npos);
  EXPECT_NE(why(s256(*base64_decode(mixed)), mixed).find("hash of the decoded verifier"),
            std::string::npos);
  EXPECT_EQ(why(kChallenge, std::string(44, '~')), kUnknown);
}

TEST(PkceDiagnosis, AChallengeThatLacksItsEndIsNamedFromEightCharactersOn) {
  EXPECT_EQ(why(kChallenge.substr(0, 42), kVerifier),
            "the challenge was truncated to 42 of its 43 characters");
  EXPECT_EQ(why(kChallenge.substr(0, 8), kVerifier),
            "the challenge was truncated to 8 of its 43 characters");
  EXPECT_EQ(why(kChallenge.substr(0, 7), kVerifier), kUnknown);
}

// --- the method does not fit the challenge ---

TEST(PkceDiagnosis, AnS256ChallengeSaidToBePlainIsNamed) {
  const Challenge plain{ChallengeMethod::plain, std::string{kChallenge}};
  EXPECT_EQ(diagnose_mismatch(plain, kVerifier, nullptr),
            "the challenge is S256 but code_challenge_method said plain, or was left out");
  EXPECT_EQ(diagnose_mismatch(plain, std::string(43, 'x'), nullptr),
            "no known mistake (the method is plain: the verifier must equal the challenge)");
}

TEST(Pkce, APlainChallengeIsItsVerifier) {  // RFC 7636 §4.6
  const Challenge plain{ChallengeMethod::plain, std::string{kVerifier}};
  EXPECT_TRUE(verify_challenge(plain, kVerifier));
  EXPECT_FALSE(verify_challenge(plain, kChallenge));
  EXPECT_FALSE(verify_challenge(plain, ""));
  EXPECT_TRUE(is_well_formed_challenge(std::string(128, '~'), ChallengeMethod::plain));
  EXPECT_FALSE(is_well_formed_challenge(std::string(42, 'a'), ChallengeMethod::plain));
}

TEST(Pkce, EachAlphabetEndsWhereRfc7636SaysSo) {  // §4.1, §4.2
  const std::string start(42, 'a');
  for (const char c : std::string_view{"azAZ09-_"}) {
    EXPECT_TRUE(is_well_formed_verifier(start + c)) << c;
    EXPECT_TRUE(is_well_formed_challenge(start + c, ChallengeMethod::s256)) << c;
  }
  for (const char c : std::string_view{".~"}) {
    EXPECT_TRUE(is_well_formed_verifier(start + c)) << c;
    EXPECT_FALSE(is_well_formed_challenge(start + c, ChallengeMethod::s256)) << c;
  }
  for (const char c : std::string_view{"`{@[/:+= %\x7f\xc3"}) {
    EXPECT_FALSE(is_well_formed_verifier(start + c)) << c;
    EXPECT_FALSE(is_well_formed_challenge(start + c, ChallengeMethod::s256)) << c;
  }
}

// --- another verifier arrived than the one that was hashed ---

TEST(PkceDiagnosis, WhiteSpaceThatWasHashedIsNamedByItsSide) {
  const std::string verifier{kVerifier};
  for (const char* const space : {"\n", "\r\n", " ", "\t"}) {
    EXPECT_NE(why(s256(verifier + space), verifier).find("appended to the verifier before"),
              std::string::npos);
    EXPECT_NE(why(s256(space + verifier), verifier).find("stood before the verifier"),
              std::string::npos);
    EXPECT_NE(why(kChallenge, verifier + space).find("when it was sent"), std::string::npos);
  }
}

TEST(PkceDiagnosis, PercentEncodingIsNamedOnceAndTwice) {
  const std::string rest(43, 'b');
  for (const char* const sent : {"a%7E", "a%7e", "a%257E", "a%257e"}) {
    EXPECT_EQ(why(s256("a~" + rest), sent + rest), "the verifier was percent-encoded twice")
        << sent;
  }
  EXPECT_EQ(why(s256(rest + "~"), rest + "%7E"), "the verifier was percent-encoded twice");
  EXPECT_EQ(why(s256(rest + ".-_"), rest + "%2E%2d%5F"), "the verifier was percent-encoded twice");
  // What stands beside a code is kept: "%%7E" is a percent sign and a tilde.
  EXPECT_EQ(why(s256("%~" + rest), "%%7E" + rest), "the verifier was percent-encoded twice");
}

TEST(PkceDiagnosis, APercentSignWithoutACodeIsNoEncoding) {
  const std::string rest(43, 'b');
  for (const std::string& sent :
       {rest + "%", rest + "%7", "%7G" + rest, "%G7" + rest, "%/:" + rest, "%4:" + rest,
        "%@A" + rest, "%4@" + rest, "%`a" + rest, "%4g" + rest, "%" + rest}) {
    EXPECT_EQ(why(kChallenge, sent), kUnknown) << sent;
  }
}

TEST(PkceDiagnosis, AVerifierCutWhenItWasHashedIsNamedUpToTheGreatestLength) {
  const std::string longest(128, 'v');
  EXPECT_EQ(why(s256(longest.substr(0, 64)), longest),
            "the verifier was truncated: only its first 64 of 128 characters were hashed");
  // RFC 7636 §4.1: 128 are the most. A client that knows this and sends all of it is cut there.
  EXPECT_EQ(why_shape(longest + "more", s256(longest)),
            "the verifier was truncated: only its first 128 of 132 characters were hashed");
}

TEST(PkceDiagnosis, AVerifierCutWhenItWasSentIsNamedWhereItCanBeGuessed) {
  const std::string whole(128, 'v');
  EXPECT_EQ(why(s256(whole), whole.substr(0, 126)),
            "the verifier was truncated: what was hashed is longer than the 126 characters that "
            "were sent");
  EXPECT_EQ(why(s256(whole), whole.substr(0, 125)), kUnknown);  // three are too many to guess
  EXPECT_EQ(why(kChallenge, whole), kUnknown);                  // nothing longer may be sent
}

TEST(PkceDiagnosis, WithoutOtherLoginsInProgressNoneIsBlamed) {
  const std::string other(50, 'q');
  EXPECT_EQ(why(kChallenge, other), kUnknown);
}

// --- the challenge is refused at the authorize endpoint ---

TEST(PkceDiagnosis, AMalformedChallengeIsNamedByItsShape) {
  const Sha256 digest = sha256(kVerifier);
  const std::string standard = base64_padded(digest);
  const auto starts = [](std::string_view challenge, std::string_view with) {
    const std::string text = diagnose_challenge(challenge);
    EXPECT_TRUE(text.starts_with(with)) << text;
  };
  starts(standard, "the challenge keeps its base64 padding");
  starts(hex(digest), "the challenge looks like a hex digest");
  starts(upper_hex(kVerifier), "the challenge looks like a hex digest");
  const std::string digest_hex = hex(digest);
  starts(base64url(bytes(digest_hex)), "the challenge has the length of a base64url hex digest");
  starts(base64_padded(bytes(digest_hex)),
         "the challenge has the length of a base64url hex digest");
  starts(standard.substr(0, 43), "the challenge uses the standard base64 alphabet");
  std::string spaced = standard.substr(0, 43);
  spaced[spaced.find('+')] = ' ';  // as a query delivers it
  starts(spaced, "the challenge holds a space");
}

TEST(PkceDiagnosis, WhatHasNoKnownShapeIsMeasured) {
  const auto measured = [](std::size_t n) {
    return "an S256 challenge is 43 characters of [A-Za-z0-9_-]; this one has " +
           std::to_string(n) + " characters";
  };
  for (const std::size_t n : {0U, 42U, 44U, 84U, 89U}) {
    EXPECT_EQ(diagnose_challenge(std::string(n, 'a')), measured(n));
  }
  // 64 characters that are not all hex digits.
  for (const char c : std::string_view{"g:G@`-"}) {
    EXPECT_EQ(diagnose_challenge(std::string(63, 'a') + c), measured(64)) << c;
  }
}

// --- the verifier is refused for its shape ---

TEST(PkceDiagnosis, AMalformedVerifierIsNamedByItsShape) {
  EXPECT_EQ(why_shape(std::string(43, 'z') + "\n"),
            "white space or a newline was appended to the verifier");
  EXPECT_EQ(why_shape(" \r\n\t"), "white space or a newline was appended to the verifier");
  EXPECT_EQ(why_shape(std::string(43, 'z') + "%7E"), "the verifier was percent-encoded twice");
  EXPECT_EQ(why_shape("short"),
            "the verifier has 5 characters; at least 43 are needed: truncated, or made of too few "
            "bytes");
  EXPECT_EQ(why_shape(""),
            "the verifier has 0 characters; at least 43 are needed: truncated, or made of too few "
            "bytes");
  EXPECT_EQ(why_shape(std::string(129, 'z')), "the verifier has 129 characters; 128 are the most");
  for (const char* const end : {"+", "/", "="}) {
    EXPECT_EQ(why_shape(std::string(43, 'z') + end),
              "the verifier is standard or padded base64 ('+', '/', '='); use base64url without "
              "padding");
  }
  EXPECT_EQ(why_shape(std::string(43, 'z') + "\xc3\xa9"),
            "the verifier holds characters outside [A-Za-z0-9-._~] (RFC 7636 §4.1)");
}

// A known mistake says more than the shape it led to.
TEST(PkceDiagnosis, AKnownMistakeComesBeforeTheShape) {
  EXPECT_NE(why_shape(std::string{kVerifier} + "\n").find("when it was sent"), std::string::npos);
}

}  // namespace
}  // namespace heygen::mock
