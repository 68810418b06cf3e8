// A login that goes on: expiry and refresh (RFC 6749 §6), the API (RFC 6750), logout (RFC 7009).

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kRefresh{Capability::begin, Capability::callback, Capability::state,
                                Capability::call_api, Capability::refresh};
constexpr Capabilities kCall{Capability::begin, Capability::callback, Capability::state,
                             Capability::call_api};

Verdict rotation_replaces(Trial& trial) {
  trial.login();
  const Mark before = trial.mark();
  for (int round = 0; round < 3; ++round) {
    trial.expire_access_tokens();
    const Verdict call = expect_call_succeeds(trial.call_api());
    if (call.result != Result::pass) return call;
  }
  const auto refreshes = trial.refreshes(before);
  require(trial, refreshes.size() >= 2, "the client did not refresh");
  for (std::size_t i = 1; i < refreshes.size(); ++i) {
    if (refreshes[i].param("refresh_token") !=
        json_text(refreshes[i - 1].response(), "refresh_token")) {
      return failed("the refresh token that the last answer brought", "an older one");
    }
  }
  return passed();
}

Verdict on_401_no_loop(Trial& trial) {
  trial.login();
  trial.arm(Fault::at(Endpoint::api).status(401).first(30));
  const Mark before = trial.mark();
  (void)trial.call_api();
  trial.disarm();
  const std::size_t calls = trial.api_requests(before).size();
  if (calls > 2) {
    return failed("at most 2 API requests for one call", std::to_string(calls));
  }
  const Verdict verdict = expect_refreshes(trial, before, 0, 1);
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

Verdict invalid_grant_ends(Trial& trial) {
  trial.login();
  trial.expire_access_tokens();
  trial.arm(Fault::at(Endpoint::refresh).error("invalid_grant").first(30));
  const Mark before = trial.mark();
  for (int i = 0; i < 5; ++i) (void)trial.call_api();
  trial.disarm();
  require(trial, !trial.refreshes(before).empty(), "the client did not refresh");
  return worst_of(
      {expect_refreshes(trial, before, 1, 1), expect_state(trial, LoginState::login_required)});
}

// What says nothing about the refresh token must not cost the login.
Verdict transient_keeps(Trial& trial) {
  trial.login();
  for (const Fault& fault : {Fault::at(Endpoint::refresh).status(503).first(10),
                             Fault::at(Endpoint::refresh).status(429).first(10),
                             Fault::at(Endpoint::refresh).reset().first(10),
                             Fault::at(Endpoint::refresh).html().first(10)}) {
    trial.expire_access_tokens();
    trial.arm(fault);
    const Mark before = trial.mark();
    (void)trial.call_api();
    trial.disarm();
    require(trial, !trial.refreshes(before).empty(), "the client did not refresh");
    const Verdict verdict = expect_call_succeeds(trial.call_api());
    if (verdict.result != Result::pass) {
      return failed("the login survives a failure that says nothing of it", verdict.message);
    }
  }
  return passed();
}

Verdict not_needlessly(Trial& trial) {
  trial.login();
  trial.advance(std::chrono::hours{1});
  const Mark before = trial.mark();
  for (int i = 0; i < 10; ++i) {
    const Verdict call = expect_call_succeeds(trial.call_api());
    if (call.result != Result::pass) return call;
  }
  return expect_refreshes(trial, before, 0, 0);
}

Verdict user_isolation(Trial& trial) {
  trial.login(kFirst);
  trial.login(kSecond);
  const auto bearer_of_last_call = [&](std::string_view session) {
    const Mark before = trial.mark();
    (void)trial.call_api(session);
    const auto calls = trial.api_requests(before);
    require(trial, !calls.empty(), "no API request was made");
    return calls.back().bearer().value_or("");
  };
  const std::string second = bearer_of_last_call(kSecond);
  (void)trial.refresh(kFirst);
  if (bearer_of_last_call(kSecond) != second) {
    return failed("the other user's token stays", "it changed with a refresh of the first user");
  }
  if (bearer_of_last_call(kFirst) == second) {
    return failed("each user's own token", "the second user's token in the first user's call");
  }
  return passed();
}

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
    {.id = "refresh.rotation.replaces",
     .title = "A new refresh token replaces the old one",
     .clause = "RFC 6749 §6",
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "three refreshes, each of which brings a new refresh token",
     .requires_ = "Each refresh sends the token that the last answer brought.",
     .mend = "Store the refresh_token of every answer that has one.",
     .needs = kRefresh,
     .run = &rotation_replaces},
    {.id = "refresh.on-401.no-loop",
     .title = "An API that answers 401 for ever causes no loop",
     .clause = "RFC 6750 §3.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "the API answers 401 to everything; one call",
     .requires_ = "At most one refresh and two API requests.",
     .mend = "Retry once after a refresh, and report the second 401.",
     .motive = "codex#2699; owncloud/client#6698",
     .needs = kRefresh,
     .run = &on_401_no_loop},
    {.id = "refresh.invalid-grant.relogin",
     .title = "invalid_grant ends the login",
     .clause = "RFC 6749 §5.2",
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "the refresh is answered with invalid_grant; five calls",
     .requires_ = "One refresh request; then the client asks for a new login.",
     .mend = "Drop the tokens when the server refuses the refresh token.",
     .motive = "metabrainz/picard#3320",
     .needs = kRefresh,
     .run = &invalid_grant_ends},
    {.id = "refresh.transient-keeps-token",
     .title = "A failure that says nothing of the refresh token keeps the login",
     .clause = "RFC 6749 §5.2",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "503, 429, a reset and a web page in answer to a refresh, then a healthy server",
     .requires_ = "The next call refreshes with the same token, and succeeds.",
     .mend = "Drop the login for an OAuth error alone, not for a failed request.",
     .motive = "owncloud/client#8892",
     .needs = kRefresh,
     .run = &transient_keeps},
    {.id = "refresh.not-needlessly",
     .title = "A fresh token is not refreshed",
     .clause = "RFC 6749 §1.5",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "ten calls an hour after a login that lives ten days",
     .requires_ = "No refresh.",
     .mend = "Refresh near the end of the token's life, or after a 401.",
     .needs = kRefresh,
     .run = &not_needlessly},
    {.id = "refresh.user-isolation",
     .title = "A refresh of one user leaves the other's tokens alone",
     .clause = "CWE-488",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "two sessions; the first refreshes",
     .requires_ = "Each session's calls carry its own token.",
     .mend = "Keep tokens by session.",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::call_api,
               Capability::refresh, Capability::two_sessions},
     .run = &user_isolation},
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
