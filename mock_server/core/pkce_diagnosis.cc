// Which mistake was it? Each known one is made again, and compared with what came.

#include <algorithm>
#include <span>

#include "mock_server/core/crypto.h"
#include "mock_server/core/pkce.h"
#include "mock_server/core/pkce_alphabet.h"

namespace heygen::mock {
namespace {

constexpr std::size_t kShortestVerifier = 43;  // RFC 7636 §4.1
constexpr std::size_t kLongestVerifier = 128;
constexpr std::string_view kUnreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

std::string_view as_text(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// One round of percent-decoding; nothing when there is nothing to decode.
std::optional<std::string> percent_decode_once(std::string_view text) {
  if (text.find('%') == std::string_view::npos) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [](char c) {
      if (c >= '0' && c <= '9') return c - '0';
      if (c >= 'A' && c <= 'F') return c - 'A' + 10;
      if (c >= 'a' && c <= 'f') return c - 'a' + 10;
      return -1;
    };
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// The ways in which a challenge was made from `verifier` and should not have been.
std::optional<std::string> known_wrong_challenge(std::string_view challenge,
                                                 std::string_view verifier) {
  const Sha256 digest = sha256(verifier);
  const std::string right = base64url(digest);
  const std::string digest_hex = hex(digest);
  if (challenge == right + "=") return "the challenge keeps its base64 padding ('=')";
  const std::string standard = base64_padded(digest);
  if (challenge == standard || challenge == std::string_view{standard}.substr(0, 43)) {
    return "the challenge uses the standard base64 alphabet ('+', '/') instead of base64url";
  }
  std::string upper = digest_hex;
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' ? char(c - 'a' + 'A') : c; });
  if (challenge == digest_hex || challenge == upper) {
    return "the challenge is the hex digest of the verifier, not its base64url";
  }
  const auto bytes = [](std::string_view text) {
    return std::span{reinterpret_cast<const unsigned char*>(text.data()), text.size()};
  };
  if (challenge == base64url(bytes(digest_hex)) || challenge == base64_padded(bytes(digest_hex)) ||
      challenge == base64url(bytes(upper))) {
    return "the challenge is the base64url of the verifier's hex digest, not of the digest itself";
  }
  if (challenge == s256(digest_hex) || challenge == s256(upper)) {
    return "the challenge equals the SHA-256 of the verifier's hex digest, not of the verifier";
  }
  if (challenge == s256(right)) {
    return "the verifier was hashed twice: the challenge is the SHA-256 of the right challenge";
  }
  if (challenge == base64url(sha256(as_text(digest)))) {
    return "the verifier was hashed twice: the challenge is the SHA-256 of its SHA-256";
  }
  if (const auto decoded = base64_decode(verifier); decoded && challenge == s256(*decoded)) {
    return "the challenge is the hash of the decoded verifier; hash its ASCII characters instead";
  }
  if (challenge == base64url(bytes(verifier))) {
    return "the challenge is the base64url of the verifier itself: the SHA-256 was left out";
  }
  if (challenge.size() >= 8 && right.starts_with(challenge)) {
    return "the challenge was truncated to " + std::to_string(challenge.size()) +
           " of its 43 characters";
  }
  return std::nullopt;
}

std::optional<std::size_t> length_of_hashed_prefix(std::string_view challenge,
                                                   std::string_view verifier) {
  for (std::size_t length = std::min(verifier.size(), kLongestVerifier + 1); length-- > 1;) {
    if (s256(verifier.substr(0, length)) == challenge) return length;
  }
  return std::nullopt;
}

// One or two characters that are missing at the end can be guessed: some thousand hashes, for a
// request that is refused, and a code takes ten of those. What is no beginning of a verifier costs
// nothing.
bool lacks_its_end(std::string_view challenge, std::string_view verifier) {
  const bool may_begin_one = verifier.size() + 2 >= kShortestVerifier &&
                             verifier.size() < kLongestVerifier &&
                             verifier.find_first_not_of(kUnreserved) == std::string_view::npos;
  if (!may_begin_one) return false;
  const std::string sent{verifier};
  for (const char first : kUnreserved) {
    const std::string one_more = sent + first;
    if (s256(one_more) == challenge) return true;
    for (const char second : kUnreserved) {
      if (s256(one_more + second) == challenge) return true;
    }
  }
  return false;
}

// The ways in which a verifier arrives that is not the one that was hashed.
std::optional<std::string> known_wrong_verifier(std::string_view challenge,
                                                std::string_view verifier) {
  const std::string text{verifier};
  for (const std::string_view space : {"\n", "\r\n", " ", "\t"}) {
    if (s256(text + std::string{space}) == challenge) {
      return "white space or a newline was appended to the verifier before it was hashed: echo "
             "adds "
             "one, printf does not";
    }
    if (s256(std::string{space} + text) == challenge) {
      return "white space or a newline stood before the verifier when it was hashed";
    }
  }
  if (s256(trim(verifier)) == challenge) {
    return "white space or a newline was appended to the verifier when it was sent";
  }
  if (const auto decoded = percent_decode_once(verifier); decoded) {
    const auto again = percent_decode_once(*decoded);
    if (s256(*decoded) == challenge || (again && s256(*again) == challenge)) {
      return "the verifier was percent-encoded twice";
    }
  }
  if (const auto kept = length_of_hashed_prefix(challenge, verifier)) {
    return "the verifier was truncated: only its first " + std::to_string(*kept) + " of " +
           std::to_string(verifier.size()) + " characters were hashed";
  }
  if (lacks_its_end(challenge, verifier)) {
    return "the verifier was truncated: what was hashed is longer than the " +
           std::to_string(verifier.size()) + " characters that were sent";
  }
  return std::nullopt;
}

}  // namespace

std::string diagnose_mismatch(const Challenge& challenge, std::string_view verifier,
                              const HasPendingChallenge& has_pending) {
  if (challenge.method == ChallengeMethod::plain) {
    if (s256(verifier) == challenge.value) {
      return "the challenge is S256 but code_challenge_method said plain, or was left out";
    }
    return "no known mistake (the method is plain: the verifier must equal the challenge)";
  }
  if (verifier == challenge.value) {
    // With the length of an S256 challenge it may be either.
    if (!is_well_formed_challenge(verifier, ChallengeMethod::s256)) {
      return "the challenge equals the verifier: a plain challenge was sent as S256";
    }
    return "the challenge equals the verifier: a plain challenge was sent as S256, or the "
           "challenge was sent as the verifier; send the string that was hashed";
  }
  if (auto known = known_wrong_challenge(challenge.value, verifier)) return *known;
  if (has_pending && has_pending(s256(verifier))) {
    return "the verifier belongs to another login in progress: keep one for each state";
  }
  if (auto known = known_wrong_verifier(challenge.value, verifier)) return *known;
  return "no known mistake: the verifier is not the one whose challenge was sent";
}

std::string diagnose_challenge(std::string_view challenge) {
  if (challenge.size() == 44 && challenge.ends_with('=')) {
    return "the challenge keeps its base64 padding ('='); base64url here is without (RFC 7636 "
           "§4.2)";
  }
  if (challenge.size() == 64 && std::ranges::all_of(challenge, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      })) {
    return "the challenge looks like a hex digest; S256 is the base64url of the 32 bytes";
  }
  if (challenge.size() >= 85 && challenge.size() <= 88) {
    return "the challenge has the length of a base64url hex digest; encode the 32 bytes instead";
  }
  if (challenge.find_first_of("+/") != std::string_view::npos) {
    return "the challenge uses the standard base64 alphabet ('+', '/') instead of base64url; "
           "in a query a '+' arrives as a space";
  }
  if (challenge.find(' ') != std::string_view::npos) {
    return "the challenge holds a space: a '+' of the standard base64 alphabet, sent unencoded";
  }
  return "an S256 challenge is 43 characters of [A-Za-z0-9_-]; this one has " +
         std::to_string(challenge.size()) + " characters";
}

std::string diagnose_verifier(const Challenge& challenge, std::string_view verifier) {
  if (const auto known = known_wrong_verifier(challenge.value, verifier)) return *known;
  if (trim(verifier).size() != verifier.size()) {
    return "white space or a newline was appended to the verifier";
  }
  if (verifier.find('%') != std::string_view::npos) return "the verifier was percent-encoded twice";
  if (verifier.size() < 43) {
    return "the verifier has " + std::to_string(verifier.size()) +
           " characters; at least 43 are needed: truncated, or made of too few bytes";
  }
  if (verifier.size() > 128) {
    return "the verifier has " + std::to_string(verifier.size()) + " characters; 128 are the most";
  }
  if (verifier.find_first_of("+/=") != std::string_view::npos) {
    return "the verifier is standard or padded base64 ('+', '/', '='); use base64url without "
           "padding";
  }
  return "the verifier holds characters outside [A-Za-z0-9-._~] (RFC 7636 §4.1)";
}

}  // namespace heygen::mock
