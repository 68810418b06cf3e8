// Which refresh token is kept when an answer brings another, none, or nothing of use (RFC 6749 §6).

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kRefresh{Capability::begin, Capability::callback, Capability::state,
                                Capability::call_api, Capability::refresh};

Tokens refresh_tokens(Trial& trial) { return trial.secrets().values(SecretKind::refresh_token); }

Verdict rotation_replaces(Trial& trial) {
  trial.login();
  std::string newest = refresh_tokens(trial).back();
  for (int round = 0; round < 4; ++round) {
    const Mark before = trial.mark();
    if (round < 3) {
      (void)make_refresh(trial);
    } else {
      (void)trial.refresh();
    }
    for (const Seen& refresh : trial.refreshes(before)) {
      if (refresh.param("refresh_token") != newest) {
        return failed("the refresh token that the last answer brought", "another one");
      }
      newest = json_text(refresh.response(), "refresh_token");
    }
  }
  return expect_usable(trial);
}

// The refresh token stays good at the server, and the answer says nothing, in words.
Verdict empty_refresh_token(Trial& trial) {
  trial.policy("rotation", "omit");
  trial.login();
  const std::string held = refresh_tokens(trial).back();
  for (const std::string_view json : {"\"\"", "null", "\"\""}) {
    trial.arm(Fault::at(Endpoint::refresh).patch("refresh_token", json).first(10));
    const auto refreshes = try_refresh(trial);
    trial.disarm();
    if (refreshes.empty()) return failed("a refresh with the old refresh token", "none");
    Verdict verdict =
        expect_equal("the refresh token", held, refreshes.front().param("refresh_token"));
    if (verdict.result != Result::pass) return verdict;
  }
  return expect_usable(trial);
}

// Made up, so that the server's refresh token is not spent.
Fault refreshed_with(std::string_view member) {
  return Fault::at(Endpoint::refresh)
      .status(200)
      .body("{" + std::string(member) + R"("token_type":"Bearer","expires_in":864000})")
      .first(10);
}

Verdict missing_access_token(Trial& trial) {
  trial.policy("rotation", "omit");
  trial.login();
  const std::string held = refresh_tokens(trial).back();
  for (const std::string_view member : {"", R"("access_token":"",)", R"("access_token":null,)"}) {
    const Tokens good = access_tokens(trial);
    const Mark start = trial.mark();
    trial.arm(refreshed_with(member));
    (void)make_refresh(trial);
    trial.disarm();
    Verdict unused = expect_only_tokens(trial, start, good);
    if (unused.result != Result::pass) return unused;
    const Mark before = trial.mark();
    Verdict recovery = expect_recovery(trial);
    if (recovery.result != Result::pass) return recovery;
    for (const Seen& refresh : trial.refreshes(before)) {
      Verdict kept = expect_equal("the old refresh token", held, refresh.param("refresh_token"));
      if (kept.result != Result::pass) return kept;
    }
  }
  return passed();
}

constexpr Check kRefreshRotationChecks[] = {
    {.id = "refresh.rotation.replaces",
     .title = "A new refresh token replaces the old one",
     .clause = "RFC 6749 §6",
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "four refreshes, each of which brings a new refresh token",
     .requires_ = "Each refresh sends the token that the last answer brought.",
     .mend = "Store the refresh_token of every answer that has one.",
     .needs = kRefresh,
     .run = &rotation_replaces},
    {.id = "refresh.rotation.empty-string",
     .title = "An empty refresh_token, or null, does not replace the old one",
     .clause = "RFC 6749 §6",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "refresh answers with refresh_token \"\" and null",
     .requires_ = "The next refresh sends the token that the client has.",
     .mend = "Replace it by a non-empty string only.",
     .needs = kRefresh,
     .run = &empty_refresh_token},
    {.id = "refresh.response-missing-access",
     .title = "A refresh that brings no access token has failed, and costs nothing",
     .clause = "RFC 6749 §5.1",
     .level = Level::must,
     .phase = Phase::refresh,
     .provokes = "200 without access_token, then a healthy server",
     .requires_ = "No such token is sent; the old refresh token is kept, and works.",
     .mend = "Judge a refresh answer like that of a login, before anything is replaced.",
     .needs = kRefresh,
     .run = &missing_access_token},
};

}  // namespace

std::span<const Check> refresh_rotation_checks() { return kRefreshRotationChecks; }

}  // namespace heygen::conformance
