// A rotated refresh token is lost if it is not stored (RFC 9700 §4.14.2): when, and how, seen from
// a process that is killed.

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

using std::chrono::milliseconds;

constexpr Capabilities kRestart{Capability::begin,    Capability::callback, Capability::state,
                                Capability::call_api, Capability::refresh,  Capability::restart};

// Longer than the suite takes to kill; nobody waits for it.
constexpr milliseconds kHeld{3000};

bool is_refresh(const Seen& seen) {
  return seen.entry().endpoint == Endpoint::refresh && seen.status() == 200;
}

std::string newest_refresh_token(const std::vector<Seen>& refreshes) {
  return json_text(refreshes.back().response(), "refresh_token");
}

// Kills the client while its first call with the new token is under way; the answer never comes.
// False when it made no such call.
bool kill_in_first_use(Trial& trial, bool refused_before) {
  const std::size_t skipped = refused_before ? 1 : 0;
  trial.arm(Fault::at(Endpoint::api).after_commit().delay(kHeld).after(skipped));
  const Mark before = trial.mark();
  auto call = trial.start_call();
  bool refreshed = false;
  const auto is_first_use = [&](const Seen& seen) {
    refreshed = refreshed || is_refresh(seen);
    return refreshed && seen.entry().endpoint == Endpoint::api;
  };
  // A client that makes no such call answers without one, soon.
  const auto use = trial.wait_for(before, is_first_use, milliseconds{400});
  if (use) trial.kill();
  trial.disarm();
  (void)trial.settle(call);
  return use.has_value();
}

// By one of the ways in which a client comes to a new token: after a 401, at the end of the old
// one's life, on demand.
void kill_after_refresh(Trial& trial) {
  trial.expire_access_tokens();
  if (kill_in_first_use(trial, true)) return;
  if (trial.has(Capability::clock)) {
    trial.advance(std::chrono::hours{10 * 24 + 1});
    if (kill_in_first_use(trial, false)) return;
  }
  const Mark before = trial.mark();
  (void)trial.refresh();
  require(trial, !trial.refreshes(before).empty(), "the client did not refresh");
  trial.kill();
}

Verdict before_use(Trial& trial) {
  trial.login();
  const Mark start = trial.mark();
  kill_after_refresh(trial);
  const std::string newest = newest_refresh_token(trial.refreshes(start));
  trial.restart();
  const Mark before = trial.mark();
  (void)try_refresh(trial);
  const auto refreshes = trial.refreshes(before);
  if (refreshes.empty()) {
    return failed("a refresh by the next process", "none: the login did not survive");
  }
  return expect_equal("the newest refresh token", newest, refreshes.front().param("refresh_token"));
}

// The kill comes when the server has answered and the client is about to store, each time a little
// later. Both tokens are good at the server, so that whichever is found is enough.
Verdict atomically(Trial& trial) {
  constexpr int kRounds = 6;
  trial.policy("reuse", "ignore");
  trial.login();
  std::string held = trial.secrets().values(SecretKind::refresh_token).back();
  for (int round = 0; round < kRounds; ++round) {
    end_access_token(trial);
    const Mark before = trial.mark();
    auto call = trial.start_call();
    if (!trial.wait_for(before, &is_refresh, milliseconds{400})) {
      (void)trial.settle(call);
      return not_applicable("the client does not refresh for a call, as far as it can be made to");
    }
    const auto nothing = [](const Seen&) { return false; };
    (void)trial.wait_for(trial.mark(), nothing, milliseconds{round});
    trial.kill();
    (void)trial.settle(call);
    const std::string fresh = newest_refresh_token(trial.refreshes(before));
    trial.restart();
    const auto refreshes = try_refresh(trial);
    if (refreshes.empty()) {
      return failed("a login that survives the kill", "none: the record was lost");
    }
    const std::string sent = refreshes.front().param("refresh_token");
    if (sent != held && sent != fresh) return failed("the old or the new refresh token", "neither");
    held = newest_refresh_token(refreshes);
  }
  return passed();
}

constexpr Check kRefreshPersistChecks[] = {
    {.id = "refresh.persist-before-use",
     .title = "A new refresh token is stored before the new access token is used",
     .clause = "RFC 9700 §4.14.2",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes =
         "the client is killed during its first call with the new access token, and started "
         "again",
     .requires_ = "The next process refreshes with the newest refresh token.",
     .mend = "Write the tokens to the store as soon as the refresh is answered, before anything "
             "else is done.",
     .motive = "goplus/builder#3453",
     .needs = kRestart,
     .own_process = true,
     .run = &before_use},
    {.id = "refresh.persist-atomic",
     .title = "A kill while the tokens are stored leaves the old or the new ones",
     .clause = "RFC 9700 §4.14.2",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::refresh,
     .provokes = "the client is killed just after a refresh is answered, a little later each time, "
                 "and started again",
     .requires_ = "The next process has a refresh token, the old or the new.",
     .mend = "Write to a new file and rename it over the old one.",
     .motive = "editor-code-assistant/eca#462",
     .needs = kRestart,
     .own_process = true,
     .run = &atomically},
};

}  // namespace

std::span<const Check> refresh_persist_checks() { return kRefreshPersistChecks; }

}  // namespace heygen::conformance
