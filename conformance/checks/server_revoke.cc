// Revoking tokens, RFC 7009.

#include <array>

#include "conformance/checks/checks.h"
#include "conformance/server/expect.h"

namespace heygen::conformance {
namespace {

Verdict expect_dead(ServerTrial& trial, const Tokens& tokens, std::string_view what) {
  std::vector<Verdict> verdicts;
  if (trial.has(Capability::api)) {
    verdicts.push_back(expect_api_refuses(trial.api(tokens.access), "invalid_token",
                                          "the access token of " + std::string(what)));
  }
  verdicts.push_back(
      expect_token_error(trial.refresh(tokens.client, tokens.refresh), {"invalid_grant"}, what));
  return worst_of(std::move(verdicts));
}

Verdict expect_200(const Reply& reply, std::string_view after) {
  return reply.status() == 200 ? passed()
                               : failed("200 for " + std::string(after), reply.describe());
}

Verdict revoke_happy(ServerTrial& trial) {
  const Tokens tokens = trial.refreshable();
  std::vector<Verdict> verdicts;
  verdicts.push_back(expect_200(trial.revoke(tokens.client, tokens.refresh), "revoking"));
  verdicts.push_back(expect_dead(trial, tokens, "a revoked refresh token"));
  // And after a rotation, with what was given before.
  const Tokens first = trial.refreshable();
  const Tokens second = trial.refreshed(first);
  verdicts.push_back(expect_200(trial.revoke(second.client, second.refresh), "revoking"));
  verdicts.push_back(expect_dead(trial, second, "a revoked refresh token"));
  if (trial.has(Capability::api)) {
    verdicts.push_back(expect_api_refuses(trial.api(first.access), "invalid_token",
                                          "an older access token of a revoked refresh token"));
  }
  return worst_of(std::move(verdicts));
}

Verdict revoke_unknown(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  verdicts.push_back(
      expect_200(trial.revoke(trial.client(), trial.random(48)), "revoking an unknown token"));
  verdicts.push_back(expect_200(trial.revoke(trial.client(), "x"), "revoking what is no token"));
  const Tokens tokens = trial.refreshable();
  (void)trial.revoke(tokens.client, tokens.refresh);
  verdicts.push_back(
      expect_200(trial.revoke(tokens.client, tokens.refresh), "revoking a token again"));
  return worst_of(std::move(verdicts));
}

// RFC 7009 §2.1: a client with a secret is known by it alone.
Verdict judge_unproven(ServerTrial& trial, const ServerClient& client) {
  std::vector<Verdict> verdicts;
  for (const bool names : {true, false}) {
    const Tokens tokens = trial.refreshable(client);
    for (const std::string& token : {tokens.refresh, tokens.access}) {
      Params form{{"token", token}};
      if (names) form.add("client_id", client.id);
      (void)trial.post(trial.target().revoke_url, form);
    }
    const std::string what = names ? "a token that was revoked without its client's secret"
                                   : "a token that was revoked without its client's name";
    if (trial.has(Capability::api)) {
      verdicts.push_back(expect_api_takes(trial.api(tokens.access), what));
    }
    verdicts.push_back(expect_tokens(trial.refresh(client, tokens.refresh), what));
  }
  return worst_of(std::move(verdicts));
}

Verdict revoke_other(ServerTrial& trial) {
  std::vector<ServerClient> others{trial.second_client()};
  if (const auto& confidential = trial.target().confidential) others.push_back(*confidential);
  std::vector<Verdict> verdicts;
  for (const ServerClient& other : others) {
    const Tokens tokens = trial.refreshable();
    (void)trial.revoke(other, tokens.refresh);
    (void)trial.revoke(other, tokens.access);
    if (trial.has(Capability::api)) {
      verdicts.push_back(expect_api_takes(trial.api(tokens.access),
                                          "an access token that another client revoked"));
    }
    verdicts.push_back(expect_tokens(trial.refresh(tokens.client, tokens.refresh),
                                     "a refresh token that another client revoked"));
  }
  if (const auto& confidential = trial.target().confidential) {
    verdicts.push_back(judge_unproven(trial, *confidential));
  }
  return worst_of(std::move(verdicts));
}

Verdict hint_ignored(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  for (const char* const hint : {"access_token", "something", "refresh_token"}) {
    const Tokens tokens = trial.refreshable();
    const std::string what = "a refresh token revoked with the hint " + std::string(hint);
    verdicts.push_back(expect_200(trial.revoke(tokens.client, tokens.refresh, hint), what));
    verdicts.push_back(
        expect_token_error(trial.refresh(tokens.client, tokens.refresh), {"invalid_grant"}, what));
  }
  if (trial.has(Capability::api)) {
    for (const char* const hint : {"refresh_token", "something"}) {
      const Tokens tokens = trial.refreshable();
      const std::string what = "an access token revoked with the hint " + std::string(hint);
      verdicts.push_back(expect_200(trial.revoke(tokens.client, tokens.access, hint), what));
      verdicts.push_back(expect_api_refuses(trial.api(tokens.access), "invalid_token", what));
    }
  }
  return worst_of(std::move(verdicts));
}

constexpr std::array kServerRevokeChecks{
    Check{.id = "server.revoke.happy",
          .title = "Revoking a refresh token ends it and its access tokens",
          .clause = "RFC 7009 §2, §2.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "a refresh token is revoked, and one that a refresh brought; then all tokens of the "
              "login are used",
          .requires_ =
              "200; the refresh token is refused with invalid_grant, the access tokens with "
              "401 (for the latter the clause has a SHOULD).",
          .mend = "Revoke the grant, not the one token.",
          .motive = "OAuch RefreshRevokesAccess",
          .needs = {Capability::revoke},
          .side = Side::server,
          .run_server = &revoke_happy},
    Check{
        .id = "server.revoke.unknown-token",
        .title = "Revoking an unknown token is no error",
        .clause = "RFC 7009 §2.2",
        .level = Level::must,
        .phase = Phase::server,
        .provokes =
            "a token that never was is revoked, what can be none, and one that was revoked before",
        .requires_ = "200.",
        .mend = "Answer 200 whether there was anything to revoke or not.",
        .needs = {Capability::revoke},
        .side = Side::server,
        .run_server = &revoke_unknown},
    Check{.id = "server.revoke.other-client",
          .title = "Nobody revokes another client's token",
          .clause = "RFC 7009 §2.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "another client revokes both tokens of a login; somebody those of a client with a "
              "secret, without it",
          .requires_ = "They still work.",
          .mend = "Authenticate the client that asks, and compare it with the token's.",
          .motive = "OAuch IsBoundToClient",
          .needs = {Capability::revoke, Capability::second_client},
          .side = Side::server,
          .run_server = &revoke_other},
    Check{.id = "server.revoke.hint-ignored",
          .title = "A wrong token_type_hint does not keep a token alive",
          .clause = "RFC 7009 §2.1, §2.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "refresh tokens are revoked with a wrong, an unknown and the right hint; an "
                      "access token with a wrong one",
          .requires_ = "200, and the token is dead. (For access tokens the clause says SHOULD.)",
          .mend = "Search all kinds of tokens when the hint finds none.",
          .needs = {Capability::revoke},
          .side = Side::server,
          .run_server = &hint_ignored},
};

}  // namespace

std::span<const Check> server_revoke_checks() { return kServerRevokeChecks; }

}  // namespace heygen::conformance
