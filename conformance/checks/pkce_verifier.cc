// The verifier in the token request (RFC 7636 §4.1, §4.5).

#include <cmath>

#include "conformance/checks/checks.h"
#include "conformance/checks/samples.h"
#include "conformance/expect.h"
#include "mock_server/core/pkce.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state};

// What each of so many logins sent, whatever came of it.
std::vector<std::string> draw_verifiers(Trial& trial, int count) {
  std::vector<std::string> verifiers;
  for (int i = 0; i < count; ++i) {
    const Login login = trial.try_login("verifier-" + std::to_string(i));
    verifiers.push_back(require_token_request(trial, login).param("code_verifier"));
    require(trial, !verifiers.back().empty(), "no verifier was sent");
  }
  return verifiers;
}

Verdict verifier_present(Trial& trial) {
  const Login login = trial.try_login();
  const Seen& request = require_token_request(trial, login);
  if (!request.has_param("code_verifier") && trial.setup().client_secret &&
      login.begun.param("code_challenge").empty()) {
    return warned("a client with a secret, and without PKCE");
  }
  // How it is written is what token.content-type.form and token.params.required look at.
  const std::size_t count =
      request.form().count("code_verifier") + request.query().count("code_verifier");
  if (count > 1) return failed("code_verifier once", std::to_string(count) + " times");
  const bool elsewhere = request.request().body.find("code_verifier") != std::string::npos;
  if (count == 0 && !elsewhere) return failed("a code_verifier", "none");
  return count == 1 && request.param("code_verifier").empty()
             ? failed("a code_verifier", "an empty one")
             : passed();
}

// Of many, since a flaw may show in one of four only.
Verdict verifier_length(Trial& trial) {
  for (const std::string& verifier : draw_verifiers(trial, 12)) {
    if (verifier.size() >= 43 && verifier.size() <= 128) continue;
    return failed("a verifier of 43 to 128 characters",
                  "one of " + std::to_string(verifier.size()));
  }
  return passed();
}

Verdict verifier_alphabet(Trial& trial) {
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  for (const std::string& verifier : draw_verifiers(trial, 12)) {
    const std::size_t at = verifier.find_first_not_of(kUnreserved);
    if (at == std::string::npos) continue;
    return failed("a verifier of [A-Za-z0-9-._~] alone",
                  "one with '" + std::string(1, verifier[at]) + "'");
  }
  return passed();
}

Verdict verifier_entropy(Trial& trial) {
  constexpr double kAdvised = 250;  // 256, with room for chance
  const double bits = entropy_bound(draw_verifiers(trial, 24));
  if (bits >= kAdvised) return passed();
  return failed("a verifier of 256 bits",
                "at the most " + std::to_string(std::lround(bits)) + " bits");
}

// Another user's login is begun before this one's response comes.
Verdict verifier_kept(Trial& trial) {
  trial.control();
  const Begun first = trial.begin(kFirst);
  const Begun second = trial.begin(kSecond);
  const Mark before = trial.mark();
  (void)trial.callback(trial.authorize(first), kFirst);
  const auto requests = trial.code_requests(before);
  if (requests.empty()) return failed("the first login to finish", "no token request");
  const std::string sent = mock::s256(requests.front().param("code_verifier"));
  if (sent == second.param("code_challenge")) {
    return failed("the verifier of the login itself", "that of another user's");
  }
  return expect_state(trial, LoginState::logged_in);
}

constexpr Check kPkceVerifierChecks[] = {
    {.id = "pkce.verifier.present",
     .title = "The token request carries the code_verifier",
     .clause = "RFC 7636 §4.5; vendor's guide, step 3",
     .level = Level::must,
     .phase = Phase::pkce,
     .provokes = "a login",
     .requires_ = "code_verifier is there, once.",
     .mend = "Keep the verifier with the pending login, and send it with the code.",
     .needs = kLogin,
     .run = &verifier_present},
    {.id = "pkce.verifier.length",
     .title = "The verifier has 43 to 128 characters",
     .clause = "RFC 7636 §4.1",
     .level = Level::must,
     .phase = Phase::pkce,
     .provokes = "several logins",
     .requires_ = "The verifier's length is within the range.",
     .mend = "Encode 32 random bytes with base64url: 43 characters.",
     .needs = kLogin,
     .run = &verifier_length},
    {.id = "pkce.verifier.alphabet",
     .title = "The verifier has unreserved characters alone",
     .clause = "RFC 7636 §4.1",
     .level = Level::must,
     .phase = Phase::pkce,
     .provokes = "several logins",
     .requires_ = "The verifier is of [A-Za-z0-9-._~].",
     .mend = "Use the URL alphabet of base64, without '='.",
     .motive = "erlef/oidcc#199",
     .needs = kLogin,
     .run = &verifier_alphabet},
    {.id = "pkce.verifier.entropy",
     .title = "The verifier can carry 256 bits",
     .clause = "RFC 7636 §4.1, §7.1",
     .level = Level::should,
     .phase = Phase::pkce,
     .provokes = "24 logins; length, alphabet and what stays the same are counted",
     .requires_ = "At least 256 bits, as far as that can be seen from outside.",
     .mend = "Encode 32 bytes of the system's secure random source with base64url.",
     .motive = "damienbod/angular-auth-oidc-client#642; okta/okta-jwt-verifier-golang#88; "
               "zitadel/oidc#126",
     .needs = kLogin,
     .run = &verifier_entropy},
    {.id = "pkce.verifier.survives-restart",
     .title = "A verifier belongs to its login, and outlives the start of another",
     .clause = "RFC 9700 §2.1.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::pkce,
     .provokes = "two users begin a login each, then the first one's response comes",
     .requires_ = "The first login finishes, with its own verifier.",
     .mend = "Keep the verifier with the pending login, not in one variable for all.",
     .needs = {Capability::begin, Capability::callback, Capability::state,
               Capability::two_sessions},
     .run = &verifier_kept},
};

}  // namespace

std::span<const Check> pkce_verifier_checks() { return kPkceVerifierChecks; }

}  // namespace heygen::conformance
