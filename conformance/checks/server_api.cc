// Bearer tokens at the API, and revoking them.

#include <array>
#include <cmath>

#include "conformance/checks/checks.h"
#include "conformance/server/expect.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

using std::chrono::seconds;

std::string with_token(const std::string& url, const std::string& token) {
  return url + (url.find('?') == std::string::npos ? "?" : "&") +
         Params{{"access_token", token}}.encoded();
}

Verdict bearer(ServerTrial& trial) {
  const Tokens tokens = trial.login();
  std::vector<Verdict> verdicts;
  for (const char* const scheme : {"Bearer ", "bearer ", "BEARER "}) {
    verdicts.push_back(expect_api_takes(trial.api_as(scheme + tokens.access),
                                        "a good token after \"" + std::string(scheme) + "\""));
  }
  return worst_of(std::move(verdicts));
}

Verdict missing_token(ServerTrial& trial) {
  trial.require(trial.api(trial.login().access).ok(), "the API does not take a good token");
  Verdict without = expect_api_refuses(trial.api_as(""), "", "a request without a token");
  // A good token in another scheme is none (RFC 6750 §2.1).
  const Reply other = trial.api_as("Token " + trial.login().access);
  if (without.result != Result::pass || other.status() / 100 == 4) return without;
  return failed("a 4xx for a token in a scheme of another name", other.describe());
}

Verdict expired(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const auto judge = [&](const std::string& token, std::string_view what) {
    verdicts.push_back(expect_api_refuses(trial.api(token), "invalid_token", what));
  };
  if (trial.has(Capability::clock)) trial.freeze();
  const Tokens tokens = trial.login();
  trial.require(trial.api(tokens.access).ok(), "the API does not take a good token");
  judge(trial.random(42), "an unknown token");
  judge(tokens.access + "x", "a token with a character more");
  judge(tokens.access.substr(0, tokens.access.size() - 1), "a token with a character less");
  if (swap_case(tokens.access) != tokens.access) {
    judge(swap_case(tokens.access), "a token in other case");
  }
  if (trial.has(Capability::revoke)) {
    const Tokens revoked = trial.login();
    trial.require(trial.revoke(revoked.client, revoked.access).ok(), "a token was not revoked");
    judge(revoked.access, "a revoked token");
  }
  if (!trial.has(Capability::clock)) return worst_of(std::move(verdicts));
  trial.require(tokens.expires_in > 1, "the server does not say how long a token lives");
  const seconds lifetime{static_cast<std::int64_t>(tokens.expires_in)};
  trial.advance(lifetime - seconds{1});
  verdicts.push_back(
      expect_api_takes(trial.api(tokens.access), "a token a second before expires_in is over"));
  trial.advance(seconds{2});
  judge(tokens.access, "a token a second after expires_in is over");
  return worst_of(std::move(verdicts));
}

Verdict query_refused(ServerTrial& trial) {
  const Tokens tokens = trial.login();
  trial.require(trial.api(tokens.access).ok(), "the API does not take a good token");
  const Reply reply =
      trial.send({"GET", with_token(trial.target().api_url, tokens.access), {}, ""});
  return reply.status() / 100 == 4 ? passed()
                                   : failed("a 4xx for ?access_token=", reply.describe());
}

Verdict two_methods(ServerTrial& trial) {
  const Tokens tokens = trial.login();
  trial.require(trial.api(tokens.access).ok(), "the API does not take a good token");
  const mock::wire::Headers header{{"Authorization", "Bearer " + tokens.access}};
  std::vector<Verdict> verdicts;
  const Reply query =
      trial.send({"GET", with_token(trial.target().api_url, tokens.access), header, ""});
  if (query.status() != 400) {
    verdicts.push_back(failed("400 for a token in header and URL", query.describe()));
  } else if (!challenges_with(query, "invalid_request")) {
    verdicts.push_back(failed("error=\"invalid_request\" in WWW-Authenticate", "another"));
  }
  const Reply body = trial.post(trial.target().api_url, {{"access_token", tokens.access}}, header);
  verdicts.push_back(body.status() / 100 == 4
                         ? passed()
                         : failed("a 4xx for a token in header and body", body.describe()));
  return worst_of(std::move(verdicts));
}

Verdict refresh_token_refused(ServerTrial& trial) {
  const Tokens tokens = trial.refreshable();
  trial.require(trial.api(tokens.access).ok(), "the API does not take a good token");
  return expect_api_refuses(trial.api(tokens.refresh), "invalid_token",
                            "a refresh token as bearer token");
}

// --- RFC 7009 ---

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
  // And after a rotation.
  const Tokens second = trial.refreshed(trial.refreshable());
  verdicts.push_back(expect_200(trial.revoke(second.client, second.refresh), "revoking"));
  verdicts.push_back(expect_dead(trial, second, "a revoked refresh token"));
  return worst_of(std::move(verdicts));
}

Verdict revoke_unknown(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  verdicts.push_back(
      expect_200(trial.revoke(trial.client(), trial.random(48)), "revoking an unknown token"));
  const Tokens tokens = trial.refreshable();
  (void)trial.revoke(tokens.client, tokens.refresh);
  verdicts.push_back(
      expect_200(trial.revoke(tokens.client, tokens.refresh), "revoking a token again"));
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
    const Tokens tokens = trial.refreshable();
    const std::string what = "an access token revoked with the hint refresh_token";
    verdicts.push_back(
        expect_200(trial.revoke(tokens.client, tokens.access, "refresh_token"), what));
    verdicts.push_back(expect_api_refuses(trial.api(tokens.access), "invalid_token", what));
  }
  return worst_of(std::move(verdicts));
}

constexpr std::array kServerApiChecks{
    Check{.id = "server.api.bearer",
          .title = "The API takes a good token, whatever the scheme's case",
          .clause = "RFC 6750 §2.1; RFC 9110 §11.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a good token after Bearer, bearer and BEARER",
          .requires_ = "A 2xx answer each time.",
          .mend = "Compare the scheme without regard to case.",
          .motive = "OIDF AccessTokenTypeHeaderCaseSensitivity",
          .needs = {Capability::api},
          .side = Side::server,
          .run_server = &bearer},
    Check{.id = "server.api.missing-token",
          .title = "Without a token: 401 and a challenge",
          .clause = "RFC 6750 §3, §3.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "an API call without credentials",
          .requires_ = "401 with WWW-Authenticate: Bearer, without an error code (the latter is a "
                       "SHOULD of the clause).",
          .mend = "Send the challenge with every 401.",
          .needs = {Capability::api},
          .side = Side::server,
          .run_server = &missing_token},
    Check{.id = "server.api.expired",
          .title = "Expired, revoked and unknown tokens are refused",
          .clause = "RFC 6749 §7; RFC 6750 §3, §3.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "an unknown token, almost a good one, a revoked one, and, where the clock can "
              "be set, one a second before and after its end",
          .requires_ =
              "401 with error=\"invalid_token\"; a second before its end the token works. (That it "
              "is refused is the clause's MUST; for status and code it says SHOULD.)",
          .mend = "Judge each token's state and time at each call.",
          .needs = {Capability::api},
          .side = Side::server,
          .run_server = &expired},
    Check{.id = "server.api.query-token-refused",
          .title = "A token in the URL is not taken",
          .clause = "RFC 9700 §4.3.2; RFC 6750 §2.3",
          .source = Source::judgement,
          .level = Level::should,
          .phase = Phase::server,
          .provokes = "a good token as ?access_token=",
          .requires_ = "A 4xx answer: URLs end up in logs, histories and Referer fields.",
          .mend = "Read tokens from the Authorization field alone.",
          .motive = "OAuch TokenAsQueryParameterDisabled",
          .needs = {Capability::api},
          .side = Side::server,
          .run_server = &query_refused},
    Check{.id = "server.api.two-methods",
          .title = "A token sent in two ways is refused",
          .clause = "RFC 6750 §2, §3.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a good token in the header and in the URL; in the header and in the body",
          .requires_ = "400 (invalid_request). (For servers the clause has a SHOULD; the suite "
                       "demands it.)",
          .mend = "Count the ways in which a token came before you use one.",
          .needs = {Capability::api},
          .side = Side::server,
          .run_server = &two_methods},
    Check{.id = "server.api.refresh-token-refused",
          .title = "The API takes no refresh token",
          .clause = "RFC 6749 §1.5",
          .source = Source::judgement,
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a refresh token as bearer token",
          .requires_ = "401 invalid_token.",
          .mend = "Look among access tokens alone.",
          .needs = {Capability::api},
          .side = Side::server,
          .run_server = &refresh_token_refused},
    Check{.id = "server.revoke.happy",
          .title = "Revoking a refresh token ends it and its access tokens",
          .clause = "RFC 7009 §2, §2.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a refresh token is revoked; then both tokens are used",
          .requires_ =
              "200; the refresh token is refused with invalid_grant, the access token with "
              "401 (for the latter the clause has a SHOULD).",
          .mend = "Revoke the grant, not the one token.",
          .motive = "OAuch RefreshRevokesAccess",
          .needs = {Capability::revoke},
          .side = Side::server,
          .run_server = &revoke_happy},
    Check{.id = "server.revoke.unknown-token",
          .title = "Revoking an unknown token is no error",
          .clause = "RFC 7009 §2.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a token that never was is revoked, and one that was revoked before",
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
          .provokes = "another client revokes both tokens of a login",
          .requires_ = "Both still work.",
          .mend = "Compare the token's client with the one that asks.",
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

std::span<const Check> server_api_checks() { return kServerApiChecks; }

}  // namespace heygen::conformance
