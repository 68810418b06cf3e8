// Logging out: here at once, at the server as well as it can be done (RFC 7009).

#include <algorithm>
#include <array>

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"
#include "conformance/file_text.h"
#include "mock_server/wire/message.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kLogout{Capability::begin, Capability::callback, Capability::state,
                               Capability::logout};
constexpr Capabilities kCall{Capability::begin, Capability::callback, Capability::state,
                             Capability::call_api, Capability::logout};
constexpr std::string_view kCopy = "copy";

// No API request and no refresh since the mark has any credentials.
Verdict expect_forgotten(Trial& trial, Mark since, std::string_view when) {
  const std::string expected = "no request with an old token after " + std::string(when);
  for (const Seen& seen : trial.api_requests(since)) {
    const auto bearer = seen.bearer();
    if (bearer && !bearer->empty()) return failed(expected, "a call of the API");
  }
  if (!trial.refreshes(since).empty()) return failed(expected, "a refresh");
  return passed();
}

void use(Trial& trial) {
  (void)trial.call_api();
  if (trial.has(Capability::refresh)) (void)trial.refresh();
}

// Whoever copied the user's cookies while they were good. Where the login itself is in them, a
// revocation is what ends it.
bool calls_go_on(Trial& trial, std::string_view copy) {
  const Mark before = trial.mark();
  (void)trial.call_api(copy);
  return std::ranges::any_of(trial.api_requests(before), [](const Seen& call) {
    return call.bearer() && is_good(call.status());
  });
}

Verdict local(Trial& trial) {
  const bool two = trial.has(Capability::two_sessions);
  if (two) trial.login(kSecond);
  trial.login();
  (void)trial.call_api();
  const std::vector<std::string> newest{trial.secrets().values(SecretKind::access_token).back(),
                                        trial.secrets().values(SecretKind::refresh_token).back()};
  const bool copies = trial.has(Capability::cookies);
  if (copies) trial.copy_cookies(kFirst, kCopy);
  const auto out = trial.logout();
  if (!out) return failed("a logout", out.failure().message);
  const Mark before = trial.mark();
  use(trial);
  Verdict verdict = worst_of({expect_forgotten(trial, before, "the logout"),
                              expect_state(trial, LoginState::login_required)});
  if (verdict.result != Result::pass) return verdict;
  if (two && trial.state(kSecond) != LoginState::logged_in) {
    return warned("the logout of one user ends the login of another");
  }
  if (copies && calls_go_on(trial, kCopy)) {
    return warned(
        "a copy of the cookies from before the logout calls the API on: end the session "
        "where it is kept, or revoke its tokens");
  }
  if (trial.has(Capability::store)) {
    // Whichever: a backup, a journal, an older store.
    const auto files = filled_files(trial.store_dir());
    const auto kept = [&](const std::string& token) { return any_holds(files, token); };
    if (std::ranges::any_of(newest, kept)) {
      return warned("a token of the login is still in a file after the logout");
    }
  }
  const Mark idle = trial.mark();
  end_access_token(trial);
  if (refreshed_often(trial, idle, 1)) return failed("no refresh after the logout", "one");
  if (!trial.has(Capability::restart)) return verdict;
  trial.restart();
  use(trial);
  return worst_of({expect_forgotten(trial, before, "the logout and a restart"),
                   expect_state(trial, LoginState::login_required)});
}

// --- revocation --------------------------------------------------------------------------------

Verdict revokes(Trial& trial) {
  trial.login();
  if (trial.has(Capability::refresh) && trial.has(Capability::call_api)) (void)make_refresh(trial);
  const std::string newest = trial.secrets().values(SecretKind::refresh_token).back();
  const Mark before = trial.mark();
  (void)trial.logout();
  const auto revocations = trial.revocations(before);
  if (revocations.empty()) return failed("the refresh token is revoked", "no revocation request");
  for (const Seen& revocation : revocations) {
    if (revocation.param("token") == newest) return passed();
  }
  return failed("the newest refresh token is revoked", "a revocation of another token");
}

std::string_view hint_for(Trial& trial, std::string_view token) {
  for (const std::string& access : access_tokens(trial)) {
    if (token == access) return "access_token";
  }
  return "refresh_token";
}

Verdict expect_shape(Trial& trial, const Seen& revocation) {
  const mock::wire::Request& raw = revocation.request();
  std::vector<Verdict> verdicts{expect_equal("the method", "POST", raw.method)};
  if (!raw.query().empty()) verdicts.push_back(failed("no query in the URL", "one"));
  if (!mock::wire::is_form(raw) || revocation.form().error) {
    verdicts.push_back(failed("a body of application/x-www-form-urlencoded", "another"));
    return worst_of(std::move(verdicts));
  }
  verdicts.push_back(expect_form_param(revocation, "token"));
  if (revocation.param("token").empty()) verdicts.push_back(failed("a token", "an empty one"));
  if (revocation.bearer()) {
    verdicts.push_back(
        failed("no access token but the one to be revoked", "Authorization: Bearer"));
  } else if (revocation.header("Authorization").empty()) {
    verdicts.push_back(expect_form_param(revocation, "client_id"));
    verdicts.push_back(
        expect_equal("client_id", trial.setup().client_id, revocation.param("client_id")));
  }
  if (revocation.has_param("token_type_hint")) {
    const std::string hint = revocation.param("token_type_hint");
    if (hint != "access_token" && hint != "refresh_token") {
      verdicts.push_back(failed("token_type_hint=access_token or refresh_token", hint));
    } else if (hint != hint_for(trial, revocation.param("token"))) {
      verdicts.push_back(warned("token_type_hint says " + hint + ", and the token is none"));
    }
  }
  return worst_of(std::move(verdicts));
}

Verdict odd_token_arrives(Trial& trial) {
  const OddTokens odd = login_with_odd_tokens(trial, kFirst);
  if (!odd.login.landed) return passed();
  const Mark before = trial.mark();
  (void)trial.logout();
  for (const Seen& revocation : trial.revocations(before)) {
    const std::string token = revocation.param("token");
    if (token != odd.refresh && token != odd.access) {
      return failed("a token as it was issued", "another, changed on the way");
    }
  }
  return passed();
}

Verdict shape(Trial& trial) {
  trial.login();
  const Mark before = trial.mark();
  (void)trial.logout();
  const auto revocations = trial.revocations(before);
  if (revocations.empty()) return not_applicable("the client does not ask for a revocation");
  std::vector<Verdict> verdicts;
  for (const Seen& revocation : revocations) verdicts.push_back(expect_shape(trial, revocation));
  verdicts.push_back(odd_token_arrives(trial));
  return worst_of(std::move(verdicts));
}

// A logout whose revocation is answered like this; true when one was asked for.
bool log_out_against(Trial& trial, const Fault& fault) {
  trial.login();
  const Mark before = trial.mark();
  trial.arm(fault);
  (void)trial.logout();
  trial.disarm();
  return !trial.revocations(before).empty();
}

// No answer at all: the login is over here, whatever becomes of the request.
Verdict unanswered(Trial& trial) {
  if (!trial.has(Capability::timeout)) return passed();
  const auto held = trial.await_own_timeout();
  const auto begun = std::chrono::steady_clock::now();
  (void)log_out_against(trial, Fault::at(Endpoint::revoke).delay(held).reset().first(20));
  const bool waited = std::chrono::steady_clock::now() - begun >= held;
  Verdict verdict = expect_state(trial, LoginState::login_required);
  if (verdict.result == Result::pass && waited) {
    verdict = failed("a logout that ends with the client's own time-out",
                     "one that waited for as long as the answer was held back");
  }
  return verdict;
}

Verdict best_effort(Trial& trial) {
  for (const Fault& fault :
       {Fault::at(Endpoint::revoke).status(503).first(20),
        Fault::at(Endpoint::revoke).status(500).first(20),
        Fault::at(Endpoint::revoke).status(404).first(20),
        Fault::at(Endpoint::revoke).error("invalid_client").status(401).first(20),
        Fault::at(Endpoint::revoke).reset().first(20),
        Fault::at(Endpoint::revoke).empty().first(20), Fault::at(Endpoint::revoke).html().first(20),
        Fault::at(Endpoint::revoke).error("unsupported_token_type").first(20)}) {
    (void)log_out_against(trial, fault);
    Verdict verdict = expect_state(trial, LoginState::login_required);
    if (verdict.result != Result::pass) return verdict;
    if (!trial.has(Capability::call_api)) continue;
    const Mark before = trial.mark();
    (void)trial.call_api();
    verdict = expect_forgotten(trial, before, "a logout whose revocation failed");
    if (verdict.result != Result::pass) return verdict;
  }
  trial.control();
  return unanswered(trial);
}

Verdict retry_after_503(Trial& trial) {
  constexpr std::size_t kMost = 6;  // three for each of two tokens
  const Mark before = trial.mark();
  const bool asked =
      log_out_against(trial, Fault::at(Endpoint::revoke).status(503).retry_after("1").first(60));
  if (!asked) return not_applicable("the client does not ask for a revocation");
  const std::size_t sent = trial.revocations(before).size();
  if (sent > kMost) return failed("at most three requests for a token", std::to_string(sent));
  return passed();
}

// RFC 7009 §2.2: the body of a good answer is ignored.
Verdict unknown_token(Trial& trial) {
  bool asked = false;
  for (const std::string_view body : {"", "OK", "null"}) {
    asked =
        log_out_against(
            trial, Fault::at(Endpoint::revoke).status(200).body(body, "text/plain").first(20)) ||
        asked;
    Verdict verdict = expect_state(trial, LoginState::login_required);
    if (verdict.result != Result::pass) return verdict;
  }
  if (!asked) return not_applicable("the client does not ask for a revocation");
  trial.control();
  return passed();
}

// --- a login under way ---------------------------------------------------------------------------

Verdict cancels_pending(Trial& trial) {
  trial.control();
  const CallbackUrl url = trial.authorize(trial.begin());
  (void)trial.logout();
  (void)trial.callback(url);
  if (trial.state() == LoginState::logged_in) {
    return failed("no login after the logout", "a login by the callback of one begun before");
  }
  trial.control();
  return passed();
}

constexpr Check kLogoutChecks[] = {
    {.id = "logout.local",
     .title = "After a logout the old tokens are gone, after a restart too",
     .clause = "RFC 7009 §2.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::logout,
     .provokes = "logout, a call and a refresh; a restart, and the same again",
     .requires_ = "No request carries an old token, or one that an old token brought.",
     .mend = "Remove the tokens from memory and from disk.",
     .needs = kCall,
     .own_process = true,
     .run = &local},
    {.id = "logout.revokes",
     .title = "A logout revokes the refresh token",
     .clause = "RFC 7009 §1, §2.1; vendor's clients",
     .source = Source::vendor,
     .level = Level::should,
     .phase = Phase::logout,
     .provokes = "a login, a refresh and a logout",
     .requires_ = "A revocation request with the newest refresh token.",
     .mend = "POST it to the revocation endpoint; to revoke the access token alone leaves the "
             "refresh token alive.",
     .needs = kLogout,
     .run = &revokes},
    {.id = "logout.revoke.shape",
     .title = "The revocation request is a POST of token and client_id",
     .clause = "RFC 7009 §2, §2.1",
     .level = Level::must,
     .phase = Phase::logout,
     .provokes = "a logout",
     .requires_ = "A form with token and client_id, token_type_hint of the registered values if "
                  "any, and nothing in the URL.",
     .mend = "POST them as application/x-www-form-urlencoded.",
     .needs = kLogout,
     .run = &shape},
    {.id = "logout.revoke.best-effort",
     .title = "A failing revocation does not hold up the logout",
     .clause = "RFC 7009 §2.2.1; vendor's clients",
     .source = Source::vendor,
     .level = Level::must,
     .phase = Phase::logout,
     .provokes =
         "503, 500, broken connections, a web page, an error and no answer to the revocation",
     .requires_ = "The session is logged out, and its tokens are not sent again.",
     .mend = "Forget the tokens first; ask for the revocation within a few seconds at most.",
     .motive = "heygen-cli RevokeToken_SwallowsNetworkErrors",
     .needs = kLogout,
     .run = &best_effort},
    {.id = "logout.revoke.503-retry",
     .title = "A revocation that gets 503 is not stormed",
     .clause = "RFC 7009 §2.2.1",
     .level = Level::may,
     .phase = Phase::logout,
     .provokes = "503 with Retry-After to every revocation",
     .requires_ = "At most three requests for a token.",
     .mend = "Try again later, or not at all.",
     .needs = kLogout,
     .run = &retry_after_503},
    {.id = "logout.revoke.not-after-invalid",
     .title = "A revocation's 200 is a success, whatever its body",
     .clause = "RFC 7009 §2.2",
     .level = Level::must,
     .phase = Phase::logout,
     .provokes = "200 with nothing, with text, and with null",
     .requires_ = "The session is logged out.",
     .mend = "Look at the status alone.",
     .needs = kLogout,
     .run = &unknown_token},
    {.id = "logout.cancels-pending-login",
     .title = "A login that was begun before a logout does not end after it",
     .clause = "RFC 6749 §10.12",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::logout,
     .provokes = "begin_login, logout, then the callback",
     .requires_ = "No login.",
     .mend = "Forget the pending logins of a session with its tokens.",
     .needs = kLogout,
     .run = &cancels_pending},
};

}  // namespace

std::span<const Check> logout_checks() { return kLogoutChecks; }

}  // namespace heygen::conformance
