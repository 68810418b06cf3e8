// Refreshing: what a refresh token is bound to.

#include <array>
#include <optional>

#include "conformance/checks/checks.h"
#include "conformance/checks/server_steps.h"
#include "conformance/server/expect.h"

namespace heygen::conformance {
namespace {

// A token for each: one that a stranger has shown may be dead for that.
Verdict bound_client_at(ServerTrial& trial, const std::string& url) {
  std::vector<Verdict> verdicts;
  verdicts.push_back(
      expect_token_error(trial.refresh_at(url, trial.second_client(), trial.refreshable().refresh),
                         {"invalid_grant"}, "another client's refresh token"));
  verdicts.push_back(expect_token_error(
      trial.refresh_at(url, trial.second_client(), trial.refreshed(trial.refreshable()).refresh),
      {"invalid_grant"}, "another client's refresh token that a refresh brought"));
  const auto& confidential = trial.target().confidential;
  if (!confidential) return worst_of(std::move(verdicts));
  verdicts.push_back(
      expect_token_error(trial.refresh_at(url, *confidential, trial.refreshable().refresh),
                         {"invalid_grant"}, "another client's refresh token"));
  // It proves to be one client, and names another.
  const Tokens tokens = trial.refreshable();
  verdicts.push_back(expect_token_error(
      trial.post(url, trial.refreshing(tokens.client, tokens.refresh),
                 basic_of(confidential->id, *confidential->secret)),
      {"invalid_grant", "invalid_client", "invalid_request"},
      "another client's refresh token and client_id behind one's own HTTP Basic"));
  return worst_of(std::move(verdicts));
}

Verdict bound_client(ServerTrial& trial) {
  return for_each_refresh_url(trial,
                              [&](const std::string& url) { return bound_client_at(trial, url); });
}

Verdict not_a_refresh_token(ServerTrial& trial) {
  return for_each_refresh_url(trial, [&](const std::string& url) {
    const Tokens tokens = trial.refreshable();
    std::vector<Verdict> verdicts;
    const auto judge = [&](const std::string& token, std::string_view what) {
      verdicts.push_back(
          expect_token_error(trial.refresh_at(url, tokens.client, token), {"invalid_grant"}, what));
    };
    judge(tokens.access, "an access token as refresh_token");
    judge(trial.code(trial.ask()), "a code as refresh_token");
    judge(trial.refreshed(trial.refreshable()).access,
          "an access token that a refresh brought as refresh_token");
    for (const std::string& other : almost(tokens.refresh)) {
      judge(other, "a refresh_token that is almost the one that was given");
    }
    return worst_of(std::move(verdicts));
  });
}

// A scope that the server may well know, and that this login was not given; "" where none is known.
struct Scopes {
  std::string granted;
  std::string wider;
};
std::optional<Scopes> scopes_of(const ServerTarget& target) {
  const std::size_t blank = target.scope.find(' ');
  if (blank != std::string::npos) return Scopes{target.scope.substr(0, blank), target.scope};
  // A sandbox asks for none by itself.
  if (target.scope.empty() && !target.control_url.empty()) return Scopes{"openid", "openid email"};
  return std::nullopt;
}

Verdict judge_wider(ServerTrial& trial, const std::string& url, const Scopes& scopes) {
  Asked asked = trial.ask();
  asked.params.set("scope", scopes.granted);
  const Reply given = trial.token(trial.redemption(asked, trial.code(asked)));
  trial.require(given.ok() && !given.refresh_token().empty(),
                "a login with a part of the scope brought no tokens: " + given.describe());
  // RFC 6749 §5.1: what was granted is told where it is not what was asked for.
  if (const std::string told = given.text("scope"); !told.empty() && told != scopes.granted) {
    return passed("the server grants another scope than it is asked for");
  }
  return expect_token_error(
      trial.post(url,
                 trial.refreshing(asked.client, given.refresh_token()).with("scope", scopes.wider)),
      {"invalid_scope"}, "a known scope that this login was not granted");
}

Verdict scope(ServerTrial& trial) {
  const ServerTarget& target = trial.target();
  const std::string wider =
      target.scope + (target.scope.empty() ? "" : " ") + "conformance:everything";
  return for_each_refresh_url(trial, [&](const std::string& url) {
    const Tokens tokens = trial.refreshable();
    std::vector<Verdict> verdicts;
    verdicts.push_back(expect_token_error(
        trial.post(url, trial.refreshing(tokens.client, tokens.refresh).with("scope", wider)),
        {"invalid_scope"}, "a scope that was not granted"));
    if (const auto scopes = scopes_of(target)) {
      verdicts.push_back(judge_wider(trial, url, *scopes));
    }
    return worst_of(std::move(verdicts));
  });
}

constexpr std::array kServerRefreshBoundChecks{
    Check{.id = "server.refresh.bound-client",
          .title = "A refresh token is bound to its client",
          .clause = "RFC 6749 §5.2, §6, §10.4",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "another client refreshes with it, and with one that a refresh brought, being who it "
              "says it is; one proves by HTTP "
              "Basic who it is, and names the token's client in the form",
          .requires_ =
              "invalid_grant; for the last invalid_client or invalid_request as well; at each "
              "address that takes refreshes.",
          .mend = "Keep the client_id with the token, and compare it with the client that "
                  "authenticated.",
          .motive = "OAuch IsRefreshBoundToClient",
          .needs = {Capability::second_client},
          .side = Side::server,
          .run_server = &bound_client},
    Check{.id = "server.refresh.at-is-not-rt",
          .title = "Nothing but a refresh token refreshes",
          .clause = "RFC 6749 §5.2, §6",
          .source = Source::judgement,
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "access tokens of a login and of a refresh, a code, and almost the refresh token, as "
              "refresh_token; at each "
              "address that takes refreshes",
          .requires_ = "invalid_grant.",
          .mend = "Look among refresh tokens alone, and compare every byte.",
          .side = Side::server,
          .run_server = &not_a_refresh_token},
    Check{.id = "server.refresh.scope",
          .title = "A refresh does not widen the scope",
          .clause = "RFC 6749 §6, §5.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "a refresh that asks for a scope that nobody knows, and for one that the server "
              "knows and this login was not granted; at each address",
          .requires_ = "invalid_scope.",
          .mend = "Compare the scope with the grant's, word by word.",
          .side = Side::server,
          .run_server = &scope},
};

}  // namespace

std::span<const Check> server_refresh_bound_checks() { return kServerRefreshBoundChecks; }

}  // namespace heygen::conformance
