// Refreshes that fail: which failures end a login, and which say nothing of it (RFC 6749 §5.2).

#include <algorithm>

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

using std::chrono::seconds;

constexpr Capabilities kRefresh{Capability::begin, Capability::callback, Capability::state,
                                Capability::call_api, Capability::refresh};
constexpr Capabilities kClock{Capability::begin,    Capability::callback, Capability::state,
                              Capability::call_api, Capability::refresh,  Capability::clock};

// A good login whose access token is dead and whose refresh is answered like this; several calls,
// and a refresh on demand.
struct Refused {
  std::size_t most_in_a_call = 0;
  std::size_t all = 0;
};
Refused refuse_refreshes(Trial& trial, const Fault& fault, std::string_view session, int calls) {
  trial.login(session);
  end_access_token(trial);
  trial.arm(fault);
  const Mark start = trial.mark();
  Refused refused;
  for (int call = 0; call < calls; ++call) {
    const Mark before = trial.mark();
    (void)trial.call_api(session);
    refused.most_in_a_call = std::max(refused.most_in_a_call, trial.refreshes(before).size());
  }
  (void)trial.refresh(session);
  trial.disarm();
  refused.all = trial.refreshes(start).size();
  require(trial, refused.all > 0, "the client did not refresh");
  return refused;
}

// By each way in which a client comes to refresh: the end of the token's life, a 401, on demand.
Verdict each_way_ends(Trial& trial, const Fault& refusal) {
  for (const std::string_view way : {"after-401", "on-demand"}) {
    trial.login(way);
    trial.expire_access_tokens();
    trial.arm(refusal);
    const Mark before = trial.mark();
    if (way == "after-401") {
      (void)trial.call_api(way);
    } else {
      (void)trial.refresh(way);
    }
    const bool refreshed = !trial.refreshes(before).empty();
    trial.disarm();
    if (!refreshed) continue;
    Verdict verdict = expect_state(trial, LoginState::login_required, way);
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

Verdict invalid_grant_ends(Trial& trial) {
  const auto refusal = [] { return Fault::at(Endpoint::refresh).error("invalid_grant").first(60); };
  for (const int status : {400, 401}) {
    const std::string session = "refused-" + std::to_string(status);
    const Refused refused = refuse_refreshes(trial, refusal().status(status), session, 5);
    if (refused.all > 1) {
      return failed("one refresh request, refused with " + std::to_string(status),
                    std::to_string(refused.all));
    }
    Verdict verdict = expect_state(trial, LoginState::login_required, session);
    if (verdict.result != Result::pass) return verdict;
  }
  Verdict ended = each_way_ends(trial, refusal());
  if (ended.result != Result::pass) return ended;
  trial.control();
  if (!trial.has(Capability::restart)) return passed();
  trial.restart();
  const Mark before = trial.mark();
  (void)trial.call_api("refused-400");
  if (trial.refreshes(before).empty()) return passed();
  return failed("no refresh with the dead token by the next process", "one");
}

// Errors that a dead refresh token is reported by as well, or that nothing can be done about.
Verdict other_refusals(Trial& trial) {
  constexpr std::size_t kMostInACall = 2;
  constexpr std::size_t kMost = 11;  // one for each call
  bool again = false;
  for (const auto& [error, status] :
       {std::pair("invalid_request", 400), std::pair("unauthorized_client", 400),
        std::pair("invalid_client", 401), std::pair("odd_error", 400)}) {
    const Fault fault = Fault::at(Endpoint::refresh).error(error).status(status).first(100);
    const Refused refused = refuse_refreshes(trial, fault, error, 10);
    if (refused.most_in_a_call > kMostInACall || refused.all > kMost) {
      return failed("no more than one refresh request a call",
                    std::to_string(refused.all) + " in 11 calls, after " + std::string(error));
    }
    again = again || refused.all > 1;
  }
  trial.control();
  return again ? warned("a refresh that was refused for good is asked for again with each call")
               : passed();
}

// What says nothing about the refresh token must not cost the login.
Verdict transient_keeps(Trial& trial) {
  std::vector<Fault> faults;
  for (const int status : {500, 502, 503, 504, 429, 408}) {
    faults.push_back(Fault::at(Endpoint::refresh).status(status).first(10));
  }
  faults.push_back(Fault::at(Endpoint::refresh).reset().first(10));
  faults.push_back(Fault::at(Endpoint::refresh).empty().first(10));
  faults.push_back(Fault::at(Endpoint::refresh).html().first(10));
  faults.push_back(
      Fault::at(Endpoint::refresh).status(502).body("<h1>Bad Gateway</h1>", "text/html").first(10));
  // Last, for it takes the client's own time-out.
  if (const auto held = trial.await_own_timeout(); held.count() > 0) {
    faults.push_back(Fault::at(Endpoint::refresh).delay(held).reset().first(10));
  }
  constexpr std::size_t kMostTries = 4;
  std::size_t most = 0;
  trial.login();
  for (const Fault& fault : faults) {
    const std::string held = trial.secrets().values(SecretKind::refresh_token).back();
    trial.arm(fault);
    most = std::max(most, make_refresh(trial).size());
    trial.disarm();
    const Mark before = trial.mark();
    Verdict verdict = expect_recovery(trial);
    if (verdict.result != Result::pass) return verdict;
    const auto refreshes = trial.refreshes(before);
    if (refreshes.empty()) return failed("a refresh once the server is well again", "none");
    verdict =
        expect_equal("the same refresh token", held, refreshes.front().param("refresh_token"));
    if (verdict.result != Result::pass) return verdict;
  }
  if (most > kMostTries) {
    return warned(std::to_string(most) +
                  " refresh requests one after the other to a server that is "
                  "not well");
  }
  return passed();
}

// Five seconds before the end: whoever refreshes early has begun to.
Verdict valid_token_used(Trial& trial) {
  for (const Fault& fault : {Fault::at(Endpoint::refresh).status(503).first(10),
                             Fault::at(Endpoint::refresh).reset().first(10)}) {
    trial.login();
    trial.advance(seconds{864'000 - 5});
    trial.arm(fault);
    const Verdict verdict = expect_call_succeeds(trial.call_api());
    trial.disarm();
    if (verdict.result == Result::pass) continue;
    return failed("the call goes on with the token that is good yet", verdict.message);
  }
  return passed();
}

Verdict lost_response(Trial& trial) {
  constexpr std::size_t kMost = 2;
  const auto lost = [] { return Fault::at(Endpoint::refresh).after_commit().reset(); };
  trial.login("stormy");
  end_access_token(trial);
  trial.arm(lost().first(30));
  const Mark before = trial.mark();
  (void)trial.call_api("stormy");
  if (trial.refreshes(before).empty()) (void)trial.refresh("stormy");
  trial.disarm();
  require(trial, !trial.refreshes(before).empty(), "the client did not refresh");
  Verdict verdict = expect_refreshes(trial, before, 1, kMost);
  if (verdict.result != Result::pass) return verdict;

  // The old refresh token brings the same successor for a while: then nothing is lost.
  trial.policy("reuse_grace_s", std::int64_t{3600});
  trial.login();
  trial.arm(lost().once());
  (void)make_refresh(trial);
  trial.disarm();
  Verdict recovery = expect_recovery(trial);
  if (recovery.result != Result::pass) return recovery;

  // Without that the login is over, and the client says so.
  trial.policy("reuse_grace_s", std::int64_t{0});
  trial.login("over");
  trial.arm(lost().once());
  (void)make_refresh(trial, "over");
  trial.disarm();
  const Mark after = trial.mark();
  (void)try_refresh(trial, "over");
  for (int call = 0; call < 3; ++call) (void)trial.call_api("over");
  return worst_of({expect_refreshes(trial, after, 0, 1),
                   expect_state(trial, LoginState::login_required, "over")});
}

constexpr Check kRefreshFailureChecks[] = {
    {.id = "refresh.invalid-grant.relogin",
     .title = "invalid_grant ends the login",
     .clause = "RFC 6749 §5.2; vendor's clients",
     .source = Source::vendor,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "the refresh is answered with invalid_grant, as 400 and as 401; five calls and a "
                 "refresh; a restart and a call",
     .requires_ = "One refresh request; then the client asks for a new login.",
     .mend = "Drop the tokens when the server refuses the refresh token.",
     .motive = "metabrainz/picard#3320",
     .needs = kRefresh,
     .own_process = true,
     .run = &invalid_grant_ends},
    {.id = "refresh.invalid-request.terminal",
     .title = "Other refusals of a refresh cause no loop",
     .clause = "RFC 6749 §5.2",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "invalid_request, unauthorized_client, invalid_client and an unknown error to "
                 "every refresh; ten calls and a refresh for each",
     .requires_ = "At most one refresh request a call; better, one in all.",
     .mend = "Take any OAuth error of a refresh but a temporary one for the end of the login.",
     .motive = "metabrainz/picard#3320 (invalid_request for a revoked token)",
     .needs = kRefresh,
     .run = &other_refusals},
    {.id = "refresh.transient-keeps-token",
     .title = "A failure that says nothing of the refresh token keeps the login",
     .clause = "RFC 6749 §5.2",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "500, 502, 503, 429, 408, broken connections, web pages and no answer at all to a "
                 "refresh, "
                 "then a healthy server",
     .requires_ =
         "A later call refreshes with the same token, and succeeds; more than four tries in "
         "a row are a warning.",
     .mend = "Drop the login for an OAuth error alone, not for a failed request.",
     .motive = "owncloud/client#8892; schulydev/Schuly#476; goplus/builder#3453",
     .needs = kRefresh,
     .waits = true,
     .run = &transient_keeps},
    {.id = "refresh.transient.still-valid-token-used",
     .title = "A failed early refresh does not fail a call whose token is good yet",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::refresh,
     .provokes = "a call five seconds before the end of the token's life; the refresh gets 503, or "
                 "no answer",
     .requires_ = "The call succeeds with the old token.",
     .mend = "When an early refresh fails for the time being, go on with the token at hand.",
     .needs = kClock,
     .run = &valid_token_used},
    {.id = "refresh.lost-response",
     .title = "A refresh whose answer is lost is asked for again once at most",
     .clause = "RFC 9700 §4.14.2",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::refresh,
     .provokes = "the server rotates the token and the connection breaks; with a grace window and "
                 "without",
     .requires_ =
         "At most two requests a call; the login goes on within the grace window, and ends "
         "cleanly without one.",
     .mend = "Try once more with the same token, then ask for a new login.",
     .motive = "ory/hydra#1831; zitadel/zitadel#9631; audiobookshelf#5281",
     .needs = kRefresh,
     .run = &lost_response},
};

}  // namespace

std::span<const Check> refresh_failure_checks() { return kRefreshFailureChecks; }

}  // namespace heygen::conformance
