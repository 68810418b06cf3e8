// A login that goes on: expiry and refresh (RFC 6749 §6), the API (RFC 6750), logout (RFC 7009).

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kCall{Capability::begin, Capability::callback, Capability::state,
                             Capability::call_api};

Verdict bearer_header(Trial& trial) {
  trial.login();
  const Mark before = trial.mark();
  (void)trial.call_api();
  const auto calls = trial.api_requests(before);
  require(trial, !calls.empty(), "no API request was made");
  return calls.front().bearer() ? passed()
                                : failed("Authorization: Bearer", "another Authorization header");
}

Verdict not_in_query(Trial& trial) {
  trial.login();
  const Mark before = trial.mark();
  (void)trial.call_api();
  const auto calls = trial.api_requests(before);
  require(trial, !calls.empty(), "no API request was made");
  for (const Seen& call : calls) {
    const Verdict verdict =
        expect_no_secret_in(trial, "the URL of an API request", call.request().target);
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

Verdict cross_origin_redirect(Trial& trial) {
  trial.login();
  for (const int status : {301, 302, 303, 307, 308}) {
    for (const std::string& origin : {trial.evil().url(), trial.evil().named_url()}) {
      trial.arm(Fault::at(Endpoint::api).redirect_to(origin + "/api", status).once());
      (void)trial.call_api();
      trial.disarm();
    }
  }
  const Verdict verdict = expect_evil_saw_no_secret(trial);
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

Verdict logout_local(Trial& trial) {
  trial.login();
  (void)trial.call_api();
  const auto out = trial.logout();
  if (!out) return failed("a logout", out.failure().message);
  const Mark before = trial.mark();
  (void)trial.call_api();
  trial.restart();
  (void)trial.call_api();
  for (const Seen& seen : trial.seen(before)) {
    const auto bearer = seen.bearer();
    if ((bearer && !bearer->empty()) || seen.has_param("refresh_token")) {
      return failed("no request with an old token after the logout",
                    "one to " + std::string(seen.request().path()));
    }
  }
  return expect_state(trial, LoginState::login_required);
}

Verdict logout_best_effort(Trial& trial) {
  for (const Fault& fault :
       {Fault::at(Endpoint::revoke).status(503).first(10),
        Fault::at(Endpoint::revoke).reset().first(10),
        Fault::at(Endpoint::revoke).error("unsupported_token_type").first(10)}) {
    trial.login();
    trial.arm(fault);
    (void)trial.logout();
    trial.disarm();
    const Verdict verdict = expect_state(trial, LoginState::login_required);
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

constexpr Check kChecks[] = {
    {.id = "bearer.header",
     .title = "The access token goes into the Authorization header",
     .clause = "vendor's guide, step 4; RFC 6750 §2.1",
     .source = Source::vendor,
     .level = Level::must,
     .phase = Phase::bearer,
     .provokes = "an API call",
     .requires_ = "Authorization: Bearer TOKEN.",
     .mend = "Send the token in that header alone.",
     .needs = kCall,
     .run = &bearer_header},
    {.id = "bearer.not-in-query",
     .title = "The access token is not in the URL",
     .clause = "RFC 9700 §4.3.2; RFC 6750 §2.3",
     .level = Level::must,
     .phase = Phase::bearer,
     .provokes = "an API call",
     .requires_ = "Neither path nor query holds a token.",
     .mend = "Send the token in the Authorization header alone.",
     .needs = kCall,
     .run = &not_in_query},
    {.id = "bearer.cross-origin-redirect",
     .title = "The access token does not follow a redirect to another origin",
     .clause = "RFC 6750 §5.3",
     .level = Level::must,
     .phase = Phase::bearer,
     .provokes = "301, 302, 303, 307 and 308 of the API to another port and another name",
     .requires_ = "The other origin sees no token.",
     .mend = "Drop Authorization when scheme, host or port changes, or do not follow.",
     .motive = "CVE-2018-1000007, CVE-2022-27774 (curl)",
     .needs = kCall,
     .run = &cross_origin_redirect},
    {.id = "logout.local",
     .title = "After a logout the old tokens are gone, after a restart too",
     .clause = "RFC 7009 §2.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::logout,
     .provokes = "logout, a call, a restart, a call",
     .requires_ = "No request carries an old token.",
     .mend = "Remove the tokens from memory and from disk.",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::call_api,
               Capability::logout, Capability::restart},
     .own_process = true,
     .run = &logout_local},
    {.id = "logout.revoke.best-effort",
     .title = "A failing revocation does not hold up the logout",
     .clause = "RFC 7009 §2.2.1",
     .level = Level::must,
     .phase = Phase::logout,
     .provokes = "503, a reset and an error in answer to the revocation",
     .requires_ = "The session is logged out.",
     .mend = "Forget the tokens first; ask for the revocation within a few seconds at most.",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::logout},
     .run = &logout_best_effort},
};

}  // namespace

std::span<const Check> session_checks() { return kChecks; }

}  // namespace heygen::conformance
