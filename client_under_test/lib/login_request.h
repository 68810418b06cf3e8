// The authorization request (RFC 6749 §4.1.1 with PKCE, RFC 7636): its secrets and its URL. Pure,
// given the randomness.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "client_under_test/lib/clock.h"
#include "client_under_test/lib/config.h"
#include "client_under_test/lib/random.h"

namespace heygen::client {

// RFC 7636 §4.1: 32 random octets as 43 characters.
[[nodiscard]] std::string make_verifier(RandomSource& random);

struct Challenge {
  std::string value;
  std::string method;
};
// RFC 7636 §4.2: S256, whatever the server said to an earlier request (§7.2: no downgrade).
[[nodiscard]] Challenge make_challenge(std::string_view verifier, std::string_view last_error);

struct StateInput {
  RandomSource& random;
  Instant now;
  std::string_view verifier;
};
// RFC 6749 §10.10 and §10.12: 256 random bits, and nothing else.
[[nodiscard]] std::string make_state(const StateInput& input);

struct AuthorizeRequest {
  const Config& config;
  std::string_view state;
  const Challenge& challenge;
};
// The endpoint's own query is kept (RFC 6749 §3.1); empty parameters are left out.
[[nodiscard]] std::string build_authorize_url(const AuthorizeRequest& request);

// The steps of starting a login, each replaceable.
struct LoginRules {
  std::function<std::string(RandomSource&)> make_verifier = &client::make_verifier;
  std::function<Challenge(std::string_view verifier, std::string_view last_error)> make_challenge =
      &client::make_challenge;
  std::function<std::string(const StateInput&)> make_state = &client::make_state;
  std::function<std::string(const AuthorizeRequest&)> build_authorize_url =
      &client::build_authorize_url;
};

}  // namespace heygen::client
