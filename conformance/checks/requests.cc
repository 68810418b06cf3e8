// What a client sends: the authorization request, PKCE, and the token request.

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state};

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

constexpr Check kChecks[] = {
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
