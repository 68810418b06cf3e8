// PKCE (RFC 7636): right is right, everything else is wrong, and every mistake can be explained.
// The input is a challenge, a line end, and a verifier.
#include "mock_server/core/pkce.h"

#include "mock_server/core/crypto.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {

using namespace mock;

void run(std::string_view input) {
  const std::string challenge{take_until(input, '\n')};
  const Challenge hashed{ChallengeMethod::s256, challenge};
  const Challenge plain{ChallengeMethod::plain, challenge};
  require(verify_challenge(plain, input) == (challenge == input), "plain is equality");
  require(verify_challenge(hashed, input) == (challenge == base64url(sha256(input))),
          "S256 is the hash");
  require(verify_challenge({ChallengeMethod::s256, s256(input)}, input), "its own hash fits");

  for (const Challenge& given : {hashed, plain}) {
    for (const bool pending : {false, true}) {
      const auto why =
          diagnose_mismatch(given, input, [pending](std::string_view) { return pending; });
      require(!why.empty(), "a mismatch is explained");
    }
    require(!diagnose_verifier(given, input).empty(), "a malformed verifier is explained");
    if (is_well_formed_challenge(challenge, given.method)) {
      require(challenge.find_first_of("\"\\ \t\r\n=+/") == std::string::npos,
              "a well-formed challenge is base64url or unreserved");
    }
  }
  require(!diagnose_challenge(challenge).empty(), "a malformed challenge is explained");
  if (is_well_formed_verifier(input)) {
    require(input.size() >= 43 && input.size() <= 128, "a verifier has 43 to 128 characters");
  }
  if (const auto bytes = base64_decode(input)) {
    const auto decoded = base64_decode(
        base64url({reinterpret_cast<const unsigned char*>(bytes->data()), bytes->size()}));
    require(decoded == *bytes, "base64 goes both ways");
  }
}

}  // namespace heygen::fuzz
