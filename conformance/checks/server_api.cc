// Bearer tokens at the API.

#include <algorithm>
#include <array>
#include <iterator>

#include "conformance/checks/checks.h"
#include "conformance/checks/server_steps.h"
#include "conformance/server/expect.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

using std::chrono::seconds;

std::string with_token(const std::string& url, const std::string& token) {
  return with_query(url, {{"access_token", token}});
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
  if (without.result != Result::pass) return without;
  if (other.status() / 100 != 4) {
    return failed("a 4xx for a token in a scheme of another name", other.describe());
  }
  const Reply bare = trial.api_as(trial.login().access);
  return bare.status() / 100 == 4 ? passed()
                                  : failed("a 4xx for a token without a scheme", bare.describe());
}

// The edges of what expires_in says; the clock stands.
std::vector<Verdict> judge_lifetime(ServerTrial& trial, const Tokens& tokens,
                                    const std::string& kind) {
  const seconds lifetime{static_cast<std::int64_t>(tokens.expires_in)};
  trial.advance(lifetime - seconds{1});
  std::vector<Verdict> verdicts;
  verdicts.push_back(expect_api_takes(trial.api(tokens.access),
                                      kind + " token a second before expires_in is over"));
  trial.advance(seconds{2});
  verdicts.push_back(expect_api_refuses(trial.api(tokens.access), "invalid_token",
                                        kind + " token a second after expires_in is over"));
  return verdicts;
}

// RFC 6750 §2.1: one token, and nothing behind it. Whoever reads on takes the first word: lax, and
// no hole.
std::vector<Verdict> judge_more_words(ServerTrial& trial, const std::string& token) {
  std::vector<Verdict> verdicts;
  for (const char* const more : {" x", ", Bearer x"}) {
    const Reply reply = trial.api_as("Bearer " + token + more);
    if (reply.status() / 100 == 4) continue;
    verdicts.push_back(warned("expected a 4xx for a good token with something behind it; seen: " +
                              reply.describe()));
  }
  return verdicts;
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
  judge(trial.code(trial.ask()), "a code as bearer token");
  std::ranges::move(judge_more_words(trial, tokens.access), std::back_inserter(verdicts));
  if (trial.has(Capability::revoke)) {
    const Tokens revoked = trial.login();
    trial.require(trial.revoke(revoked.client, revoked.access).ok(), "a token was not revoked");
    judge(revoked.access, "a revoked token");
  }
  if (!trial.has(Capability::clock)) return worst_of(std::move(verdicts));
  trial.require(tokens.expires_in > 1, "the server does not say how long a token lives");
  std::ranges::move(judge_lifetime(trial, tokens, "a"), std::back_inserter(verdicts));
  const Tokens again = trial.login();
  if (again.refresh.empty()) return worst_of(std::move(verdicts));
  if (const Tokens fresh = trial.refreshed(again); fresh.expires_in > 1) {
    std::ranges::move(judge_lifetime(trial, fresh, "a refreshed"), std::back_inserter(verdicts));
  }
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
          .provokes =
              "an API call without credentials; a good token in another scheme, and without one",
          .requires_ = "401 with WWW-Authenticate: Bearer, without an error code (the latter is a "
                       "SHOULD of the clause); a 4xx for the others.",
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
              "an unknown token, almost a good one, a code, a good one with more behind it, a "
              "revoked one, and, where the clock can be set, one and a refreshed one a second "
              "before and after their end",
          .requires_ =
              "401 with error=\"invalid_token\"; a second before its end the token works. (That it "
              "is refused is the clause's MUST; for status and code it says SHOULD. Words behind a "
              "token that do no harm are a warning.)",
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
};

}  // namespace

std::span<const Check> server_api_checks() { return kServerApiChecks; }

}  // namespace heygen::conformance
