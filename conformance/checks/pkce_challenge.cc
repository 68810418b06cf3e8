// The challenge in the authorization request (RFC 7636 §4.2, §4.3).

#include <set>

#include "conformance/checks/checks.h"
#include "conformance/checks/samples.h"
#include "conformance/expect.h"
#include "mock_server/core/pkce.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kBegin{Capability::begin};
constexpr std::size_t kSamples = 32;

// RFC 9700 §2.1.1: public clients MUST, for those with a secret it is RECOMMENDED.
Verdict challenge_present(Trial& trial) {
  if (!trial.begin().param("code_challenge").empty()) return passed();
  Verdict verdict = failed("a code_challenge", "none: the login is without PKCE");
  if (trial.setup().client_secret) verdict.result = Result::warn;
  return verdict;
}

Verdict method_s256(Trial& trial) {
  const Begun begun = trial.begin();
  const std::string method = begun.param("code_challenge_method");
  if (method == "S256") return passed();
  require(trial, !begun.param("code_challenge").empty() || !method.empty(),
          "no code_challenge was sent");
  return failed("code_challenge_method=S256",
                method.empty() ? "none, which means plain" : "another method");
}

// Many, since three of four challenges in the standard alphabet hold '+' or '/', and one does not.
Verdict challenge_shape(Trial& trial) {
  for (const std::string& challenge : draw_samples(trial, "code_challenge", kSamples)) {
    if (mock::is_well_formed_challenge(challenge, mock::ChallengeMethod::s256)) continue;
    return failed("43 characters of [A-Za-z0-9-_]",
                  std::to_string(challenge.size()) + ": " + mock::diagnose_challenge(challenge));
  }
  return passed();
}

Verdict verifier_unique(Trial& trial) {
  auto challenges = draw_samples(trial, "code_challenge", kSamples);
  if (trial.has(Capability::callback)) {
    const auto more = draw_after_failures(trial, "code_challenge");
    challenges.insert(challenges.end(), more.begin(), more.end());
  }
  std::set<std::string_view> known;
  for (std::size_t i = 0; i < challenges.size(); ++i) {
    if (known.insert(challenges[i]).second) continue;
    return failed("a fresh code_challenge in each request",
                  "the one of request " + std::to_string(i + 1) + " was sent before");
  }
  return passed();
}

// The challenge is as before.
Verdict expect_s256_again(Trial& trial, std::string_view after) {
  const Begun again = trial.begin();
  if (again.param("code_challenge").empty()) {
    return failed("PKCE in the next request as well",
                  "none after " + std::string(after) + " at the authorization server");
  }
  return expect_equal("code_challenge_method", "S256", again.param("code_challenge_method"));
}

// Each error twice over: a client may give way at the second.
Verdict no_downgrade(Trial& trial) {
  const Login good = trial.login("as-usual");
  require(trial, good.begun.param("code_challenge_method") == "S256",
          "the client does not use S256 in the first place");
  for (const std::string_view error :
       {"invalid_request", "invalid_request", "unsupported_challenge_method", "server_error"}) {
    CallbackUrl url = trial.authorize(trial.begin());
    url.drop("code").append("error", error);
    url.append("error_description", "transform algorithm not supported");
    (void)trial.callback(url);
    const Verdict verdict = expect_s256_again(trial, error);
    if (verdict.result != Result::pass) return verdict;
  }
  for (const std::string_view error : {"invalid_grant", "invalid_request"}) {
    trial.arm(Fault::at(Endpoint::token).error(error, "Code challenge failed.").first(20));
    (void)trial.try_login();
    trial.disarm();
    const Verdict verdict = expect_s256_again(trial, error);
    if (verdict.result != Result::pass) return verdict;
  }
  trial.control();
  return passed();
}

constexpr Check kPkceChallengeChecks[] = {
    {.id = "pkce.challenge.present",
     .title = "The authorization request carries a code_challenge",
     .clause = "RFC 9700 §2.1.1; RFC 7636 §4.3",
     .level = Level::must,
     .phase = Phase::pkce,
     .provokes = "a login is begun",
     .requires_ = "code_challenge is there. (The guide's older edition leaves it out.)",
     .mend = "Add code_challenge and code_challenge_method=S256 to the URL.",
     .needs = kBegin,
     .run = &challenge_present},
    {.id = "pkce.method.s256",
     .title = "The challenge method is S256",
     .clause = "RFC 7636 §4.2, §4.3",
     .level = Level::must,
     .phase = Phase::pkce,
     .provokes = "a login is begun",
     .requires_ = "code_challenge_method=S256; leaving it out means plain.",
     .mend = "Send code_challenge_method=S256 and the SHA-256 challenge.",
     .needs = kBegin,
     .run = &method_s256},
    {.id = "pkce.challenge.shape",
     .title = "The code_challenge is 43 characters of base64url",
     .clause = "RFC 7636 §3, §4.2, Appendix A",
     .level = Level::must,
     .phase = Phase::pkce,
     .provokes = "32 logins are begun",
     .requires_ = "code_challenge has 43 characters of [A-Za-z0-9-_], and no '='.",
     .mend = "Use the URL alphabet of base64 and strip the padding.",
     .motive = "googleapis/oauth2client#674; go-oauth2/oauth2#275; "
               "googleapis/google-auth-library-java#1373",
     .needs = kBegin,
     .run = &challenge_shape},
    {.id = "pkce.verifier.unique",
     .title = "Each authorization request has a verifier of its own",
     .clause = "RFC 7636 §4.1; RFC 9700 §2.1.1",
     .level = Level::must,
     .phase = Phase::pkce,
     .provokes = "37 logins are begun, in four sessions and after failures of each kind",
     .requires_ = "No challenge is sent twice.",
     .mend = "Draw the verifier anew for each request.",
     .needs = kBegin,
     .run = &verifier_unique},
    {.id = "pkce.no-downgrade",
     .title = "After an error the client does not fall back to plain or to no PKCE",
     .clause = "RFC 7636 §7.2; RFC 9700 §2.1.1",
     .level = Level::must,
     .phase = Phase::pkce,
     .provokes = "errors in the authorization response and at the token endpoint, each followed by "
                 "another login",
     .requires_ = "The next request has an S256 challenge as before.",
     .mend = "Have no fallback.",
     .needs = {Capability::begin, Capability::callback, Capability::state},
     .run = &no_downgrade},
};

}  // namespace

std::span<const Check> pkce_challenge_checks() { return kPkceChallengeChecks; }

}  // namespace heygen::conformance
