#include "mock_server/core/pkce.h"

#include <algorithm>

#include "mock_server/core/crypto.h"
#include "mock_server/core/pkce_alphabet.h"

namespace heygen::mock {

bool is_well_formed_verifier(std::string_view verifier) noexcept {
  return verifier.size() >= 43 && verifier.size() <= 128 &&
         std::ranges::all_of(verifier, is_unreserved);
}

bool is_well_formed_challenge(std::string_view challenge, ChallengeMethod method) noexcept {
  if (method == ChallengeMethod::plain) return is_well_formed_verifier(challenge);
  return challenge.size() == 43 && std::ranges::all_of(challenge, is_base64url);
}

std::string s256(std::string_view verifier) { return base64url(sha256(verifier)); }

bool verify_challenge(const Challenge& challenge, std::string_view verifier) {
  switch (challenge.method) {
    case ChallengeMethod::plain:
      return constant_time_equal(challenge.value, verifier);
    case ChallengeMethod::s256:
      return constant_time_equal(challenge.value, s256(verifier));
    case ChallengeMethod::none:
      break;
  }
  return false;
}

}  // namespace heygen::mock
