// Which access token is sent after a refresh, and whose.

#include <array>
#include <set>

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kRefresh{Capability::begin, Capability::callback, Capability::state,
                                Capability::call_api, Capability::refresh};

// --- which access token --------------------------------------------------------------------------

// After a good refresh every API request carries what it brought.
Verdict expect_newest_token(Trial& trial, Mark since) {
  std::string newest;
  for (const Seen& seen : trial.seen(since)) {
    if (seen.entry().endpoint == Endpoint::refresh && seen.status() == 200) {
      newest = json_text(seen.response(), "access_token");
    } else if (seen.entry().endpoint == Endpoint::api && !newest.empty() &&
               seen.bearer() != newest) {
      return failed("the new access token in each request after a refresh", "another one");
    }
  }
  return passed();
}

Verdict uses_new_token(Trial& trial) {
  // The old one stays good, so that nothing but the client itself makes it send the new one.
  trial.policy("old_access", "keep");
  trial.login();
  const Mark before = trial.mark();
  (void)make_refresh(trial);
  for (int call = 0; call < 2; ++call) (void)trial.call_api();
  (void)trial.refresh();
  for (int call = 0; call < 2; ++call) (void)trial.call_api();
  require(trial, trial.refreshes(before).size() >= 2, "the client did not refresh twice");
  require(trial, !trial.api_requests(before).empty(), "no API request was made");
  return worst_of({expect_newest_token(trial, before), expect_usable(trial)});
}

// --- whose -------------------------------------------------------------------------------------

struct Pair {
  std::string access;
  std::string refresh;
};

Pair pair_of(const Seen& answer) {
  return {json_text(answer.response(), "access_token"),
          json_text(answer.response(), "refresh_token")};
}

// What the session sends is its own; afterwards `own` is what it has then.
Verdict expect_own_tokens(Trial& trial, std::string_view session, bool refresh, Pair& own) {
  const Mark before = trial.mark();
  if (refresh) {
    (void)trial.refresh(session);
  } else {
    (void)trial.call_api(session);
  }
  const auto seen = trial.seen(before);
  require(trial, !seen.empty(), "nothing was sent");
  for (const Seen& one : seen) {
    const bool is_refresh = one.entry().endpoint == Endpoint::refresh;
    if (is_refresh && one.param("refresh_token") != own.refresh) {
      return failed("a refresh with the user's own refresh token", "one with another");
    }
    if (is_refresh && one.status() == 200) own = pair_of(one);
    if (one.entry().endpoint == Endpoint::api && one.bearer() != own.access) {
      return failed("each user's own access token", "another one");
    }
  }
  return passed();
}

// The tokens of both are dead, and both call: the first refresh waits for the second, or a while.
Verdict refresh_at_once(Trial& trial, const std::array<std::string_view, 2>& sessions,
                        std::array<Pair, 2>& own) {
  constexpr std::chrono::milliseconds kHeld{300};
  trial.arm(Fault::at(Endpoint::refresh).barrier(2, kHeld).first(2));
  const Mark before = trial.mark();
  auto first = trial.start_call(sessions[0]);
  auto second = trial.start_call(sessions[1]);
  const auto first_done = trial.settle(first);
  const auto second_done = trial.settle(second);
  trial.disarm();
  for (const Seen& refresh : trial.refreshes(before)) {
    if (refresh.status() != 200) continue;
    for (Pair& pair : own) {
      if (refresh.param("refresh_token") != pair.refresh) continue;
      pair = pair_of(refresh);
      break;
    }
  }
  // Which call was whose is not seen; that both were of one is.
  std::multiset<std::string> sent;
  for (const Seen& call : trial.api_requests(before)) {
    if (call.status() == 200) sent.insert(call.bearer().value_or(""));
  }
  const bool all_alike = sent.size() > 1 && sent.count(*sent.begin()) == sent.size();
  return first_done && second_done && all_alike
             ? failed("each user's own access token in calls at once", "one for both")
             : passed();
}

Verdict user_isolation(Trial& trial) {
  std::array<Pair, 2> own;
  const std::array<std::string_view, 2> sessions{kFirst, kSecond};
  for (std::size_t user = 0; user < 2; ++user) {
    own[user] = pair_of(trial.login(sessions[user]).token_requests.back());
  }
  // Who, and whether by a refresh or by a call; after the first round every access token is dead.
  for (int round = 0; round < 2; ++round) {
    for (const auto& [user, refresh] :
         {std::pair(0U, false), std::pair(0U, true), std::pair(1U, false), std::pair(1U, true),
          std::pair(0U, false), std::pair(1U, false)}) {
      Verdict verdict = expect_own_tokens(trial, sessions[user], refresh, own[user]);
      if (verdict.result != Result::pass) return verdict;
    }
    trial.expire_access_tokens();
  }
  if (!trial.has(Capability::concurrency)) return passed();
  if (Verdict verdict = refresh_at_once(trial, sessions, own); verdict.result != Result::pass) {
    return verdict;
  }
  for (std::size_t user = 0; user < 2; ++user) {
    Verdict verdict = expect_own_tokens(trial, sessions[user], false, own[user]);
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

constexpr Check kRefreshTokensChecks[] = {
    {.id = "refresh.uses-new-token",
     .title = "After a refresh the new access token is sent",
     .clause = "RFC 6749 §6",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "a refresh after a 401 and one on demand, and calls after each",
     .requires_ = "No request after a refresh carries an older token.",
     .mend = "Read the token from the store for each request, the repeated one too.",
     .motive = "codex#2699",
     .needs = kRefresh,
     .run = &uses_new_token},
    {.id = "refresh.user-isolation",
     .title = "A refresh of one user leaves the other's tokens alone",
     .clause = "CWE-488",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "two sessions that call and refresh in turns, and at once",
     .requires_ = "Each sends its own access token and its own refresh token.",
     .mend = "Keep tokens by session.",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::call_api,
               Capability::refresh, Capability::two_sessions},
     .run = &user_isolation},
};

}  // namespace

std::span<const Check> refresh_token_checks() { return kRefreshTokensChecks; }

}  // namespace heygen::conformance
