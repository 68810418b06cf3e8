// Proof Key for Code Exchange (RFC 7636), judged for real, and explained.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace heygen::mock {

enum class ChallengeMethod : std::uint8_t { none, plain, s256 };

struct Challenge {
  ChallengeMethod method = ChallengeMethod::none;
  std::string value;
};

// code-verifier = 43*128unreserved (RFC 7636 §4.1)
bool is_well_formed_verifier(std::string_view verifier) noexcept;
// An S256 challenge is the 43 characters of an unpadded base64url SHA-256 (§4.2).
bool is_well_formed_challenge(std::string_view challenge, ChallengeMethod method) noexcept;

// BASE64URL-ENCODE(SHA256(ASCII(code_verifier))), §4.2
std::string s256(std::string_view verifier);

// §4.6. Compared in constant time.
bool verify_challenge(const Challenge& challenge, std::string_view verifier);

// Says whether another login in progress has this S256 challenge.
using HasPendingChallenge = std::function<bool(std::string_view challenge)>;

// Why the verification failed, as one sentence for the person who mends the client; "no known
// mistake" when none fits. For the journal and the log: never for the client, whom it would help
// to guess.
std::string diagnose_mismatch(const Challenge& challenge, std::string_view verifier,
                              const HasPendingChallenge& has_pending);

// The same for a challenge that is refused already at the authorize endpoint.
std::string diagnose_challenge(std::string_view challenge);
// The same for a verifier of the wrong shape.
std::string diagnose_verifier(const Challenge& challenge, std::string_view verifier);

}  // namespace heygen::mock
