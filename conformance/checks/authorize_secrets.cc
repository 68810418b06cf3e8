// What the authorization request must not give away, and what it must not fall back to.

#include <array>

#include "conformance/checks/checks.h"
#include "conformance/expect.h"
#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state};
constexpr std::string_view kApiKey = "canary-api-key-5c1f0b7e9d2a4836";

Verdict expect_clean_url(Trial& trial, const Begun& begun) {
  constexpr std::array<std::string_view, 9> kNever{
      "client_secret", "code_verifier", "access_token",     "refresh_token", "id_token",
      "api_key",       "x-api-key",     "client_assertion", "password"};
  const auto query = query_of(begun.authorize_url);
  for (const std::string_view name : kNever) {
    if (query.count(name) != 0) return failed("no secret in the URL", std::string(name));
  }
  return expect_no_secret_in(trial, "the authorize URL", begun.authorize_url, {SecretKind::state});
}

// A secret that is configured, one in the environment, and those that the last login brought.
Verdict no_secret(Trial& trial) {
  if (trial.has(Capability::restart)) {
    trial.restart({"HEYGEN_API_KEY=" + std::string(kApiKey)});
  }
  trial.add_secret(SecretKind::api_key, kApiKey);
  Setup confidential;
  confidential.client_secret = "canary-client-secret-93be41d07a6f";
  trial.set_up(confidential);
  const Verdict before = expect_clean_url(trial, trial.begin());
  if (before.result != Result::pass) return before;
  trial.set_up({});
  const Login login = trial.login();
  return worst_of({expect_clean_url(trial, login.begun), expect_clean_url(trial, trial.begin())});
}

// As clients do that want but one random value for a login: whoever sees the URL knows the
// verifier.
bool can_be_made_of(const std::string& verifier, const std::string& value) {
  constexpr std::size_t kTelling = 16;
  if (value.size() < kTelling) return false;
  if (verifier.find(value) != std::string::npos) return true;
  const mock::Sha256 digest = mock::sha256(value);
  const std::string_view octets(reinterpret_cast<const char*>(digest.data()), digest.size());
  std::string hex;
  for (const unsigned char octet : octets) {
    hex += "0123456789abcdef"[octet >> 4U];
    hex += "0123456789abcdef"[octet & 15U];
  }
  const std::string backwards(value.rbegin(), value.rend());
  for (const std::string& made : {mock::base64url(digest), hex, backwards}) {
    if (verifier.find(made) != std::string::npos) return true;
  }
  return false;
}

Verdict verifier_not_leaked(Trial& trial) {
  for (int i = 0; i < 3; ++i) {
    const Login login = trial.try_login("leak-" + std::to_string(i));
    const std::string verifier = require_token_request(trial, login).param("code_verifier");
    require(trial, !verifier.empty(), "no verifier was sent");
    trial.add_secret(SecretKind::verifier, verifier);
    Verdict verdict = expect_no_secret_in(trial, "the authorize URL", login.begun.authorize_url,
                                          {SecretKind::state, SecretKind::code});
    if (verdict.result != Result::pass) return verdict;
    for (const auto& [name, value] : query_of(login.begun.authorize_url).fields) {
      // What the challenge is made of is the verifier's hash by rule.
      if (name == "code_challenge" || !can_be_made_of(verifier, value)) continue;
      return failed("a verifier that cannot be told from the URL", "one that is made of " + name);
    }
  }
  return passed();
}

Verdict expect_code_flow(const Begun& begun) {
  return expect_equal("response_type", "code", begun.param("response_type"));
}

// The redirect says that the code flow is not to be had, then the token endpoint does.
Verdict never_implicit(Trial& trial) {
  trial.control();
  const Mark before = trial.mark();
  for (const std::string_view error : {"unsupported_response_type", "unauthorized_client"}) {
    CallbackUrl url = trial.authorize(trial.begin());
    url.drop("code").append("error", error);
    (void)trial.callback(url);
    const Verdict verdict = expect_code_flow(trial.begin());
    if (verdict.result != Result::pass) return verdict;
  }
  trial.arm(Fault::at(Endpoint::token).error("unsupported_grant_type").first(20));
  (void)trial.try_login();
  trial.disarm();
  for (const Seen& request : trial.code_requests(before)) {
    const std::string grant = request.param("grant_type");
    if (grant == "authorization_code") continue;
    return failed("grant_type=authorization_code alone", grant.empty() ? "none" : grant);
  }
  const Verdict verdict = expect_code_flow(trial.begin());
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

constexpr Check kAuthorizeSecretsChecks[] = {
    {.id = "authorize.no-secret",
     .title = "No secret is in the authorize URL",
     .clause = "RFC 6749 §2.3.1; RFC 7636 §7.1; RFC 9700 §4.3.2",
     .level = Level::must,
     .phase = Phase::authorize,
     .provokes = "a client with a secret, an API key in its environment, and a second login",
     .requires_ = "No client_secret, API key, token or verifier: URLs are logged and kept.",
     .mend = "Send secrets in the body of the token request, and there alone.",
     .needs = kLogin,
     .own_process = true,
     .run = &no_secret},
    {.id = "authorize.verifier-not-leaked",
     .title = "The verifier is not in the authorize URL",
     .clause = "RFC 7636 §4.2 to §4.5, §7.1, §7.2",
     .level = Level::must,
     .phase = Phase::authorize,
     .provokes = "logins; the verifier of each token request is looked for in the URL",
     .requires_ = "It is neither the challenge nor the state, nor anywhere else in the URL; and it "
                  "is not made of the state, by hashing, turning round or adding to it.",
     .mend = "Send the challenge; keep the verifier, and draw the state by itself.",
     .motive = "opencode-anthropic-login-via-cli#16",
     .needs = kLogin,
     .run = &verifier_not_leaked},
    {.id = "authorize.method-implicit.never",
     .title = "No fallback to the implicit flow or to a password",
     .clause = "RFC 9700 §2.1.2, §2.4",
     .level = Level::must,
     .phase = Phase::authorize,
     .provokes = "unsupported_response_type, unauthorized_client and unsupported_grant_type",
     .requires_ = "The next requests are of the code flow as before. (For the implicit flow the "
                  "clause says SHOULD NOT; the rest is the suite's demand.)",
     .mend = "Have no fallback: report the error.",
     .needs = kLogin,
     .run = &never_implicit},
};

}  // namespace

std::span<const Check> authorize_secret_checks() { return kAuthorizeSecretsChecks; }

}  // namespace heygen::conformance
