// Flaws in PKCE.
#include <array>

#include "client_under_test/lib/crypto.h"
#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::Challenge;
using client::LoginRules;
using client::PendingLogin;
using client::PendingRules;
using client::RandomSource;

// --- the verifier ------------------------------------------------------------------------------

auto verifier_per_process() {
  return [kept = Kept<std::string>()](RandomSource& random) {
    return kept.with([&](std::string& verifier) {
      if (verifier.empty()) verifier = client::make_verifier(random);
      return verifier;
    });
  };
}

auto verifier_for_eight_logins() {
  struct Cached {
    std::string verifier{};
    int uses = 0;
  };
  return [kept = Kept<Cached>()](RandomSource& random) {
    return kept.with([&](Cached& cached) {
      if (cached.uses++ % 8 == 0) cached.verifier = client::make_verifier(random);
      return cached.verifier;
    });
  };
}

std::string verifier_of_42(RandomSource& random) {
  return client::make_verifier(random).substr(0, 42);
}

std::string verifier_of_129(RandomSource& random) {
  return to_base64url(random_text(random, 97)).substr(0, 129);
}

std::string uuid_verifier(RandomSource& random) {
  std::string hex = random_hex(random, 16);
  hex[12] = '4';
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

std::string verifier_of_any_length(RandomSource& random) {
  const auto draw = static_cast<unsigned char>(random_text(random, 1).front());
  return random_hex(random, 32).substr(0, 36 + draw % 16);
}

std::string verifier_in_standard_base64(RandomSource& random) {
  return client::base64(random_text(random, 32));
}

std::string verifier_in_unpadded_base64(RandomSource& random) {
  std::string verifier = verifier_in_standard_base64(random);
  verifier.pop_back();
  return verifier;
}

std::string padded_verifier(RandomSource& random) { return client::make_verifier(random) + "="; }

std::string verifier_of_digits(RandomSource& random) { return random_digits(random, 43); }

std::string mostly_constant_verifier(RandomSource& random) {
  return "heygen-oauth-code-verifier-of-my-app-" + random_hex(random, 6);
}

std::string thirty_two_hex_digits_twice(RandomSource& random) {
  const std::string text = random_hex(random, 16);
  return text + text;
}

// --- the challenge -----------------------------------------------------------------------------

Challenge s256(std::string_view octets) { return {to_base64url(octets), "S256"}; }

Challenge padded_challenge(std::string_view verifier, std::string_view /*last_error*/) {
  return {to_base64url(sha256_octets(verifier)) + "=", "S256"};
}

Challenge challenge_in_standard_base64(std::string_view verifier, std::string_view /*last_error*/) {
  std::string value = client::base64(sha256_octets(verifier));
  value.pop_back();
  return {value, "S256"};
}

Challenge challenge_of_hex(std::string_view verifier, std::string_view /*last_error*/) {
  return s256(to_hex(sha256_octets(verifier)));
}

Challenge challenge_of_decoded(std::string_view verifier, std::string_view /*last_error*/) {
  return s256(sha256_octets(from_base64url(verifier)));
}

Challenge challenge_hashed_twice(std::string_view verifier, std::string_view /*last_error*/) {
  return s256(sha256_octets(to_base64url(sha256_octets(verifier))));
}

Challenge challenge_is_hex(std::string_view verifier, std::string_view /*last_error*/) {
  return {to_hex(sha256_octets(verifier)), "S256"};
}

Challenge challenge_of_a_line(std::string_view verifier, std::string_view /*last_error*/) {
  return s256(sha256_octets(std::string(verifier) + "\n"));
}

Challenge plain_challenge(std::string_view verifier, std::string_view /*last_error*/) {
  return {std::string(verifier), "plain"};
}

Challenge challenge_without_method(std::string_view verifier, std::string_view last_error) {
  return {client::make_challenge(verifier, last_error).value, ""};
}

Challenge challenge_with_small_method(std::string_view verifier, std::string_view last_error) {
  return {client::make_challenge(verifier, last_error).value, "s256"};
}

Challenge no_challenge(std::string_view /*verifier*/, std::string_view /*last_error*/) {
  return {"", ""};
}

Challenge none_after_refusal(std::string_view verifier, std::string_view last_error) {
  return last_error == "invalid_request" ? no_challenge(verifier, last_error)
                                         : client::make_challenge(verifier, last_error);
}

Challenge plain_after_refusal(std::string_view verifier, std::string_view last_error) {
  return last_error == "invalid_request" ? plain_challenge(verifier, last_error)
                                         : client::make_challenge(verifier, last_error);
}

auto none_after_second_refusal() {
  return [refusals = Kept<int>()](std::string_view verifier, std::string_view last_error) {
    const bool refused = last_error == "invalid_request";
    const int count = refusals.with([&](int& value) { return refused ? ++value : value; });
    return count >= 2 ? no_challenge(verifier, last_error)
                      : client::make_challenge(verifier, last_error);
  };
}

// --- the login it belongs to -------------------------------------------------------------------

void one_verifier_the_newest(std::vector<PendingLogin>& logins, PendingLogin fresh) {
  for (PendingLogin& login : logins) {
    if (login.session == fresh.session) login.verifier = fresh.verifier;
  }
  client::remember_login(logins, std::move(fresh));
}

void one_verifier_the_oldest(std::vector<PendingLogin>& logins, PendingLogin fresh) {
  for (const PendingLogin& login : logins) {
    if (login.session == fresh.session) fresh.verifier = login.verifier;
  }
  client::remember_login(logins, std::move(fresh));
}

// One variable of the process holds the verifier of the login that was begun last.
void one_verifier_for_all(std::vector<PendingLogin>& logins, PendingLogin fresh) {
  for (PendingLogin& login : logins) login.verifier = fresh.verifier;
  client::remember_login(logins, std::move(fresh));
}

constexpr std::array kClientPkceFlaws{
    Flaw{.id = "cm13-verifier-constant",
         .summary = "one verifier per process",
         .intended = {"pkce.verifier.unique"},
         .plant = replace_made<&LoginRules::make_verifier, verifier_per_process>},
    Flaw{.id = "cm13b-verifier-for-eight-logins",
         .summary = "a new verifier with every eighth login",
         .intended = {"pkce.verifier.unique"},
         .variant_of = "cm13-verifier-constant",
         .plant = replace_made<&LoginRules::make_verifier, verifier_for_eight_logins>},
    Flaw{.id = "cm14-verifier-42",
         .summary = "verifier of 42 chars",
         .intended = {"pkce.verifier.length"},
         .plant = replace<&LoginRules::make_verifier, verifier_of_42>},
    Flaw{.id = "cm14b-verifier-129",
         .summary = "verifier of 129 characters",
         .intended = {"pkce.verifier.length"},
         .variant_of = "cm14-verifier-42",
         .plant = replace<&LoginRules::make_verifier, verifier_of_129>},
    Flaw{.id = "cm14c-verifier-uuid",
         .summary = "verifier = a UUID",
         .intended = {"pkce.verifier.length", "pkce.verifier.entropy"},
         .variant_of = "cm14-verifier-42",
         .plant = replace<&LoginRules::make_verifier, uuid_verifier>},
    Flaw{.id = "cm14d-verifier-length-varies",
         .summary = "verifier of 36 to 51 characters",
         .intended = {"pkce.verifier.length"},
         .variant_of = "cm14-verifier-42",
         .plant = replace<&LoginRules::make_verifier, verifier_of_any_length>},
    Flaw{.id = "cm15-verifier-plus-slash",
         .summary = "standard base64 verifier (+ / =)",
         .intended = {"pkce.verifier.alphabet"},
         .plant = replace<&LoginRules::make_verifier, verifier_in_standard_base64>},
    Flaw{.id = "cm15b-verifier-plus-slash-unpadded",
         .summary = "standard base64 verifier without padding: three of four hold '+' or '/'",
         .intended = {"pkce.verifier.alphabet"},
         .variant_of = "cm15-verifier-plus-slash",
         .plant = replace<&LoginRules::make_verifier, verifier_in_unpadded_base64>},
    Flaw{.id = "cm15c-verifier-padded",
         .summary = "base64url verifier that keeps its '='",
         .intended = {"pkce.verifier.alphabet"},
         .variant_of = "cm15-verifier-plus-slash",
         .plant = replace<&LoginRules::make_verifier, padded_verifier>},
    Flaw{.id = "cm16-challenge-padded",
         .summary = "challenge keeps '='",
         .intended = {"pkce.challenge.shape"},
         .plant = replace<&LoginRules::make_challenge, padded_challenge>},
    Flaw{.id = "cm16b-challenge-plus-slash",
         .summary = "challenge in the standard alphabet: three of four hold '+' or '/'",
         .intended = {"pkce.challenge.shape", "pkce.challenge.correct"},
         .variant_of = "cm16-challenge-padded",
         .plant = replace<&LoginRules::make_challenge, challenge_in_standard_base64>},
    Flaw{.id = "cm17-challenge-hex",
         .summary = "base64url(hex(sha256(v)))",
         .intended = {"pkce.challenge.correct"},
         .plant = replace<&LoginRules::make_challenge, challenge_of_hex>},
    Flaw{.id = "cm17b-challenge-of-decoded",
         .summary = "hashes the octets that the verifier encodes",
         .intended = {"pkce.challenge.correct"},
         .variant_of = "cm17-challenge-hex",
         .plant = replace<&LoginRules::make_challenge, challenge_of_decoded>},
    Flaw{.id = "cm17c-challenge-hashed-twice",
         .summary = "hashes the challenge once more",
         .intended = {"pkce.challenge.correct"},
         .variant_of = "cm17-challenge-hex",
         .plant = replace<&LoginRules::make_challenge, challenge_hashed_twice>},
    Flaw{.id = "cm17d-challenge-is-hex",
         .summary = "challenge = the hash in hexadecimal",
         .intended = {"pkce.challenge.shape", "pkce.challenge.correct"},
         .variant_of = "cm17-challenge-hex",
         .plant = replace<&LoginRules::make_challenge, challenge_is_hex>},
    Flaw{.id = "cm17e-challenge-of-a-line",
         .summary = "hashes the verifier with a line end",
         .intended = {"pkce.challenge.correct"},
         .variant_of = "cm17-challenge-hex",
         .plant = replace<&LoginRules::make_challenge, challenge_of_a_line>},
    Flaw{.id = "cm18-method-plain",
         .summary = "challenge = verifier, method plain",
         .intended = {"pkce.method.s256"},
         .plant = replace<&LoginRules::make_challenge, plain_challenge>},
    Flaw{.id = "cm18b-method-absent",
         .summary = "leaves code_challenge_method out, which means plain",
         .intended = {"pkce.method.s256"},
         .variant_of = "cm18-method-plain",
         .plant = replace<&LoginRules::make_challenge, challenge_without_method>},
    Flaw{.id = "cm18c-method-small-letter",
         .summary = "sends code_challenge_method=s256",
         .intended = {"pkce.method.s256"},
         .variant_of = "cm18-method-plain",
         .plant = replace<&LoginRules::make_challenge, challenge_with_small_method>},
    Flaw{.id = "cm20-pkce-fallback",
         .summary = "after invalid_request retries authorize without PKCE",
         .intended = {"pkce.no-downgrade"},
         .plant = replace<&LoginRules::make_challenge, none_after_refusal>},
    Flaw{.id = "cm20b-pkce-fallback-to-plain",
         .summary = "after invalid_request retries authorize with method plain",
         .intended = {"pkce.no-downgrade"},
         .variant_of = "cm20-pkce-fallback",
         .plant = replace<&LoginRules::make_challenge, plain_after_refusal>},
    Flaw{.id = "cm20c-pkce-fallback-at-second",
         .summary = "after the second invalid_request goes on without PKCE",
         .intended = {"pkce.no-downgrade"},
         .variant_of = "cm20-pkce-fallback",
         .plant = replace_made<&LoginRules::make_challenge, none_after_second_refusal>},
    Flaw{.id = "cm21-verifier-global",
         .summary = "second begin_login overwrites the verifier of the first",
         .intended = {"callback.state.cross-flow-rejected"},
         .plant = replace<&PendingRules::remember, one_verifier_the_newest>},
    Flaw{.id = "cm21b-verifier-of-the-first",
         .summary = "the verifier of the first login that is pending goes with every callback",
         .intended = {"callback.state.cross-flow-rejected"},
         .variant_of = "cm21-verifier-global",
         .plant = replace<&PendingRules::remember, one_verifier_the_oldest>},
    Flaw{.id = "cm21c-verifier-for-all-users",
         .summary = "one variable for the verifier of all users: the newest",
         .intended = {"pkce.verifier.survives-restart", "callback.state.cross-flow-rejected"},
         .variant_of = "cm21-verifier-global",
         .plant = replace<&PendingRules::remember, one_verifier_for_all>},
    Flaw{.id = "cm62-verifier-of-digits",
         .summary = "verifier of 43 decimal digits (142 bits)",
         .intended = {"pkce.verifier.entropy"},
         .plant = replace<&LoginRules::make_verifier, verifier_of_digits>},
    Flaw{.id = "cm62b-verifier-mostly-constant",
         .summary = "verifier of 49 characters of which the last 12 are random (48 bits)",
         .intended = {"pkce.verifier.entropy"},
         .variant_of = "cm62-verifier-of-digits",
         .plant = replace<&LoginRules::make_verifier, mostly_constant_verifier>},
    Flaw{.id = "cm62c-verifier-twice",
         .summary = "verifier of 64 hex digits: 32 random ones, twice (128 bits)",
         .intended = {"pkce.verifier.entropy"},
         .variant_of = "cm62-verifier-of-digits",
         .plant = replace<&LoginRules::make_verifier, thirty_two_hex_digits_twice>},
    Flaw{.id = "cm63-challenge-absent",
         .summary = "sends no code_challenge",
         .intended = {"pkce.challenge.present"},
         .plant = replace<&LoginRules::make_challenge, no_challenge>},
};

}  // namespace

std::span<const Flaw> pkce_flaws() { return kClientPkceFlaws; }

}  // namespace heygen::conformance
