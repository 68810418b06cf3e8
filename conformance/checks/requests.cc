// What a client sends: the authorization request, PKCE, and the token request.

#include <set>

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kBegin{Capability::begin};
constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state};
constexpr int kSamples = 32;

// A value of each of many authorization requests, all different.
Verdict expect_fresh(Trial& trial, std::string_view param) {
  std::set<std::string> values;
  for (int i = 0; i < kSamples; ++i) {
    const std::string value = trial.begin("fresh-" + std::to_string(i)).param(param);
    require(trial, !value.empty(), std::string(param) + " was not sent");
    if (!values.insert(value).second) {
      return failed("a fresh " + std::string(param) + " in each request",
                    "one of request " + std::to_string(i + 1) + " was sent before");
    }
  }
  return passed();
}

Verdict challenge_unique(Trial& trial) { return expect_fresh(trial, "code_challenge"); }

Verdict method_s256(Trial& trial) {
  const std::string method = trial.begin().param("code_challenge_method");
  if (method == "S256") return passed();
  return failed("code_challenge_method=S256",
                method.empty() ? "none, which means plain" : "another method");
}

Verdict challenge_present(Trial& trial) {
  return trial.begin().param("code_challenge").empty()
             ? failed("a code_challenge", "none: the login is without PKCE")
             : passed();
}

// Of many verifiers, since a flaw may show in one of four only.
Verdict expect_verifiers(Trial& trial, bool (*good)(std::string_view), std::string_view wanted) {
  for (int i = 0; i < 8; ++i) {
    const Login login = trial.try_login("verifier-" + std::to_string(i));
    const std::string verifier = require_token_request(trial, login).param("code_verifier");
    require(trial, !verifier.empty(), "no verifier was sent");
    if (!good(verifier)) {
      return failed(wanted, "one of " + std::to_string(verifier.size()) + " characters");
    }
  }
  return passed();
}

// RFC 7636 §4.1.
Verdict verifier_length(Trial& trial) {
  return expect_verifiers(
      trial, [](std::string_view v) { return v.size() >= 43 && v.size() <= 128; },
      "a verifier of 43 to 128 characters");
}

Verdict verifier_alphabet(Trial& trial) {
  return expect_verifiers(
      trial,
      [](std::string_view v) {
        return v.find_first_not_of(
                   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                   "0123456789-._~") == std::string_view::npos;
      },
      "a verifier of unreserved characters alone");
}

Verdict redirect_identical(Trial& trial) {
  Setup setup;
  setup.redirect_uri = "http://127.0.0.1:53682/oauth/callback?a=1&b=%2F";
  trial.set_up(setup);
  const Login login = trial.try_login();
  return expect_equal("redirect_uri at the token endpoint", login.begun.param("redirect_uri"),
                      require_token_request(trial, login).param("redirect_uri"));
}

Verdict method_post(Trial& trial) {
  const Login login = trial.try_login();
  return expect_equal("the method of the token request", "POST",
                      require_token_request(trial, login).request().method);
}

Verdict content_type_form(Trial& trial) {
  const Login login = trial.try_login();
  const Seen& request = require_token_request(trial, login);
  if (mock::wire::is_form(request.request()) && !request.form().error) return passed();
  return failed("a body of application/x-www-form-urlencoded", "another content type");
}

Verdict nothing_in_url(Trial& trial) {
  const Login login = trial.try_login();
  const Seen& request = require_token_request(trial, login);
  return request.query().fields.empty()
             ? passed()
             : failed("nothing in the token endpoint's URL", "parameters in its query");
}

Verdict required_params(Trial& trial) {
  const Login login = trial.try_login();
  const Seen& request = require_token_request(trial, login);
  std::vector<Verdict> verdicts;
  for (const std::string_view name :
       {"grant_type", "code", "redirect_uri", "client_id", "code_verifier"}) {
    verdicts.push_back(expect_form_param(request, name));
  }
  return worst_of(std::move(verdicts));
}

// Characters that a form body built by joining strings does not survive.
Verdict form_encoding(Trial& trial) {
  trial.control();
  const std::string nasty = "c+d e&f=g%h#i";
  CallbackUrl url = trial.authorize(trial.begin());
  url.set("code", nasty);
  const Mark before = trial.mark();
  (void)trial.callback(url);
  const auto requests = trial.code_requests(before);
  require(trial, requests.size() == 1, "no token request was made");
  return expect_equal("the code at the token endpoint", nasty, requests[0].param("code"));
}

Verdict no_downgrade(Trial& trial) {
  trial.control();
  CallbackUrl url = trial.authorize(trial.begin());
  url.drop("code").append("error", "invalid_request");
  (void)trial.callback(url);
  const Begun again = trial.begin();
  if (again.param("code_challenge").empty()) {
    return failed("PKCE in the next request as well", "a request without code_challenge");
  }
  return expect_equal("code_challenge_method", "S256", again.param("code_challenge_method"));
}

constexpr Check kChecks[] = {
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
    {.id = "pkce.verifier.unique",
     .title = "Each authorization request has a verifier of its own",
     .clause = "RFC 7636 §4.1; RFC 9700 §2.1.1",
     .level = Level::must,
     .phase = Phase::pkce,
     .provokes = "32 logins are begun",
     .requires_ = "No challenge is sent twice.",
     .mend = "Draw the verifier anew for each request.",
     .needs = kBegin,
     .run = &challenge_unique},
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
    {.id = "pkce.no-downgrade",
     .title = "After invalid_request the client does not fall back to no PKCE",
     .clause = "RFC 7636 §7.2; RFC 9700 §2.1.1",
     .level = Level::must,
     .phase = Phase::pkce,
     .provokes = "the authorization response is error=invalid_request; another login is begun",
     .requires_ = "The next request has an S256 challenge as before.",
     .mend = "Have no fallback.",
     .needs = kLogin,
     .run = &no_downgrade},
    {.id = "token.redirect-uri.identical",
     .title = "redirect_uri is the same at both endpoints",
     .clause = "RFC 6749 §4.1.3",
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "a redirect URI with a query of its own",
     .requires_ = "The token request repeats it byte for byte.",
     .mend = "Keep the redirect_uri you sent with the pending login, and send that.",
     .needs = kLogin,
     .run = &redirect_identical},
    {.id = "token.method.post",
     .title = "The token request is a POST",
     .clause = "RFC 6749 §3.2",
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "a login",
     .requires_ = "POST.",
     .mend = "Send the code in the body of a POST.",
     .needs = kLogin,
     .run = &method_post},
    {.id = "token.content-type.form",
     .title = "The token request's body is a form",
     .clause = "RFC 6749 §4.1.3, Appendix B",
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "a login",
     .requires_ = "application/x-www-form-urlencoded, not JSON and not multipart.",
     .mend = "Encode the parameters as a form.",
     .motive = "openshift/osin#94",
     .needs = kLogin,
     .run = &content_type_form},
    {.id = "token.no-secrets-in-url",
     .title = "The token endpoint's URL has no query",
     .clause = "RFC 6749 §2.3.1, §3.2",
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "a login",
     .requires_ = "All parameters are in the body.",
     .mend = "Put them into the body: URLs are logged.",
     .needs = kLogin,
     .run = &nothing_in_url},
    {.id = "token.params.required",
     .title = "The token request has its five parameters, once each",
     .clause = "RFC 6749 §4.1.3, §3.2; RFC 7636 §4.5",
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "a login",
     .requires_ = "grant_type, code, redirect_uri, client_id and code_verifier, once each.",
     .mend = "Send all five.",
     .needs = kLogin,
     .run = &required_params},
    {.id = "token.form.encoding",
     .title = "Reserved characters are encoded in the body",
     .clause = "RFC 6749 Appendix B",
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "a code with + & = % # and a space in it",
     .requires_ = "The token endpoint decodes exactly that code.",
     .mend = "Encode each value; do not build the body by joining strings.",
     .needs = kLogin,
     .run = &form_encoding},
};

}  // namespace

std::span<const Check> request_checks() { return kChecks; }

}  // namespace heygen::conformance
