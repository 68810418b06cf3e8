// Refreshing: rotation and reuse.

#include <array>
#include <set>

#include "conformance/checks/checks.h"
#include "conformance/checks/server_steps.h"
#include "conformance/server/expect.h"

namespace heygen::conformance {
namespace {

using std::chrono::seconds;

constexpr std::size_t kAtOnce = 50;
constexpr int kRounds = 5;

// Rotation without mercy, where that can be set.
void rotate_without_grace(ServerTrial& trial) {
  if (!trial.has(Capability::policy)) return;
  trial.policy("rotation", std::string("rotate"));
  trial.policy("reuse_grace_s", std::int64_t{0});
}

// A server with a grace window answers a spent token with its successor for a while.
void pass_over_grace(ServerTrial& trial, const Reply& reply, const Tokens& successor) {
  if (!reply.ok() || reply.refresh_token() != successor.refresh) return;
  trial.pass_over(
      "a spent refresh token still brings its successor: a grace window is in force, "
      "and it cannot be set to 0 (capability policy)");
}

Verdict happy(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  for (const std::string& url : refresh_urls(trial)) {
    const Tokens tokens = trial.refreshable();
    const Reply reply = trial.post(url, trial.refreshing(tokens.client, tokens.refresh));
    const std::string what = "a refresh at " + url;
    verdicts.push_back(expect_tokens(reply, what));
    if (!reply.ok()) continue;
    if (reply.access_token() == tokens.access) {
      verdicts.push_back(failed("a new access token for " + what, "the old one"));
    }
    if (trial.has(Capability::api)) {
      verdicts.push_back(expect_api_takes(trial.api(reply.access_token()), "the refreshed token"));
    }
  }
  return worst_of(std::move(verdicts));
}

Verdict rotation_at(ServerTrial& trial, const std::string& url) {
  constexpr int kChain = 5;
  std::vector<Tokens> chain{trial.refreshable()};
  std::set<std::string> seen{chain.front().refresh};
  for (int i = 0; i < kChain; ++i) {
    const Reply reply = trial.refresh_at(url, trial.client(), chain.back().refresh);
    const Verdict given = expect_tokens(reply, "the refresh token that the last refresh brought");
    if (given.result != Result::pass) return given;
    if (!seen.insert(reply.refresh_token()).second || reply.refresh_token().empty()) {
      return failed("a new refresh token with each refresh",
                    reply.refresh_token().empty() ? "none" : "one that was given before");
    }
    chain.push_back({trial.client(), "", reply.access_token(), reply.refresh_token(), 0});
  }
  const Reply reply = trial.refresh_at(url, trial.client(), chain[kChain - 1].refresh);
  pass_over_grace(trial, reply, chain[kChain]);
  return expect_token_error(reply, {"invalid_grant"}, "a refresh token that was spent");
}

Verdict rotation(ServerTrial& trial) {
  rotate_without_grace(trial);
  return for_each_refresh_url(trial,
                              [&](const std::string& url) { return rotation_at(trial, url); });
}

// `generations` is how old the token is that comes back, `url` is where it comes, `wait` how long
// after it was spent.
Verdict judge_reuse(ServerTrial& trial, std::size_t generations, const std::string& url,
                    seconds wait = {}) {
  std::vector<Tokens> chain{trial.refreshable()};
  for (std::size_t i = 0; i < generations; ++i) chain.push_back(trial.refreshed(chain.back()));
  const Tokens& newest = chain.back();
  trial.require(newest.refresh != chain.front().refresh, "refresh tokens do not rotate");
  if (wait > seconds{}) trial.advance(wait);
  const Reply reply = trial.refresh_at(url, trial.client(), chain.front().refresh);
  pass_over_grace(trial, reply, chain[1]);
  std::vector<Verdict> verdicts;
  verdicts.push_back(
      expect_token_error(reply, {"invalid_grant"}, "a refresh token that was spent"));
  if (trial.has(Capability::api)) {
    for (const Tokens& tokens : chain) {
      verdicts.push_back(expect_api_refuses(trial.api(tokens.access), "invalid_token",
                                            tokens.access == newest.access
                                                ? "the newest access token after a reuse"
                                                : "an older access token after a reuse"));
    }
  }
  verdicts.push_back(expect_token_error(trial.refresh_at(url, trial.client(), newest.refresh),
                                        {"invalid_grant"},
                                        "the newest refresh token after a reuse"));
  return worst_of(std::move(verdicts));
}

Verdict reuse_revokes_family(ServerTrial& trial) {
  rotate_without_grace(trial);
  return for_each_refresh_url(trial, [&](const std::string& url) {
    std::vector<Verdict> verdicts{judge_reuse(trial, 1, url), judge_reuse(trial, 3, url)};
    if (trial.has(Capability::clock)) {
      verdicts.push_back(judge_reuse(trial, 1, url, std::chrono::hours{2}));
    }
    return worst_of(std::move(verdicts));
  });
}

Verdict grace(ServerTrial& trial) {
  constexpr seconds kGrace{30};
  trial.freeze();
  trial.policy("rotation", std::string("rotate"));
  trial.policy("reuse", std::string("revoke-family"));
  trial.policy("reuse_grace_s", std::int64_t{kGrace.count()});
  const Tokens first = trial.refreshable();
  const Tokens second = trial.refreshed(first);
  std::vector<Verdict> verdicts;
  for (int i = 0; i < 2; ++i) {
    if (i == 1) trial.advance(kGrace - seconds{1});
    const Reply again = trial.refresh(trial.client(), first.refresh);
    if (!again.ok() || again.refresh_token() != second.refresh ||
        again.access_token() != second.access) {
      verdicts.push_back(
          failed("the same successor for a spent refresh token within the grace window",
                 again.ok() ? "another successor" : again.describe()));
    }
  }
  trial.advance(seconds{2});
  verdicts.push_back(expect_token_error(trial.refresh(trial.client(), first.refresh),
                                        {"invalid_grant"}, "a spent token after the window"));
  verdicts.push_back(expect_token_error(trial.refresh(trial.client(), second.refresh),
                                        {"invalid_grant"},
                                        "its successor, once the reuse was noticed"));
  return worst_of(std::move(verdicts));
}

Verdict atomic(ServerTrial& trial) {
  const std::vector<std::string> urls = refresh_urls(trial);
  for (int round = 0; round < kRounds; ++round) {
    Tokens tokens = trial.refreshable();
    if (round % 2 == 1) tokens = trial.refreshed(tokens);
    // In turn to each address: a lock for each is none.
    std::vector<HttpRequest> requests;
    while (requests.size() < kAtOnce) {
      requests.push_back(form_request(urls[requests.size() % urls.size()],
                                      trial.refreshing(tokens.client, tokens.refresh)));
    }
    std::set<std::pair<std::string, std::string>> successors;
    for (const Reply& reply : trial.send_at_once(requests)) {
      if (reply.ok()) successors.emplace(reply.access_token(), reply.refresh_token());
    }
    if (successors.size() != 1) {
      return failed("exactly one successor from " + std::to_string(kAtOnce) + " refreshes at once",
                    std::to_string(successors.size()));
    }
  }
  return passed();
}

Verdict commit_before_reply(ServerTrial& trial) {
  rotate_without_grace(trial);
  const Tokens tokens = trial.refreshable();
  const std::size_t used = trial.count_tokens("refresh", "used");
  const std::size_t alive = trial.count_tokens("refresh", "active");
  trial.lose_next_refresh();
  trial.send_and_lose(
      form_request(trial.target().token_url, trial.refreshing(tokens.client, tokens.refresh)));
  if (trial.count_tokens("refresh", "used") != used + 1 ||
      trial.count_tokens("refresh", "active") != alive) {
    return failed("the old token used and one successor alive after a lost answer",
                  "the list of tokens says otherwise");
  }
  return expect_token_error(trial.refresh(tokens.client, tokens.refresh), {"invalid_grant"},
                            "the token of a refresh whose answer was lost");
}

constexpr std::array kServerRefreshChecks{
    Check{.id = "server.refresh.happy",
          .title = "A refresh token brings tokens, at both addresses",
          .clause = "the vendor's guide, step 5; the vendor's heygen-cli",
          .source = Source::vendor,
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a refresh at the token endpoint, and at the refresh endpoint where there is "
                      "one",
          .requires_ = "200 and a new access token that the API takes.",
          .mend = "Take grant_type=refresh_token at both.",
          .side = Side::server,
          .run_server = &happy},
    Check{.id = "server.refresh.rotation",
          .title = "Each refresh brings a new refresh token, and ends the old one",
          .clause = "RFC 9700 §4.14.2; RFC 6749 §6",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a chain of five refreshes; then the last spent token again; at each address "
                      "that takes refreshes",
          .requires_ = "Six different refresh tokens; the spent one is refused with invalid_grant.",
          .mend = "Give public clients a new refresh token each time, and spend the old one.",
          .motive = "OAuch UsesTokenRotation, RefreshTokenRevokedAfterUse",
          .side = Side::server,
          .run_server = &rotation},
    Check{
        .id = "server.refresh.reuse-revokes-family",
        .title = "A spent refresh token that comes back ends the whole login",
        .clause = "RFC 9700 §4.14.2",
        .level = Level::must,
        .phase = Phase::server,
        .provokes = "the refresh token before the last is sent again, at once and two hours later, "
                    "and one of three generations ago; to each address that takes refreshes",
        .requires_ = "invalid_grant; the newest refresh token is dead too, and every access token "
                     "of the login (that is the suite's demand).",
        .mend = "Keep the line of descent, and revoke all of it when a spent token comes back.",
        .motive = "OAuch InvalidatedRefreshToken",
        .side = Side::server,
        .run_server = &reuse_revokes_family},
    Check{.id = "server.refresh.grace",
          .title = "Within the grace window a spent token brings the same successor",
          .clause = "RFC 9700 §4.14.2",
          .source = Source::judgement,
          .level = Level::should,
          .phase = Phase::server,
          .provokes = "a grace window of 30 s; the spent token at 0 s, at 29 s, and at 31 s",
          .requires_ = "The same pair twice; then invalid_grant, and the family ends.",
          .mend = "Remember the successor that was given, and give that one again.",
          .motive = "thephpleague#1506; hydra#1831; hqbase#41",
          .needs = {Capability::policy, Capability::clock},
          .side = Side::server,
          .run_server = &grace},
    Check{.id = "server.refresh.atomic",
          .title = "Many refreshes at once have one successor",
          .clause = "RFC 9700 §4.14.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "50 refreshes with one token on 50 connections at the same instant, in five "
                      "rounds; half of them to the refresh endpoint where there is one",
          .requires_ = "All answers with tokens carry the same pair, and there is one at least.",
          .mend = "Spend and replace in one atomic step.",
          .motive = "OAuch SingleFastRefresh; three.ws#6",
          .side = Side::server,
          .run_server = &atomic},
    Check{.id = "server.refresh.commit-before-reply",
          .title = "A refresh whose answer is lost has happened",
          .clause = "RFC 9700 §4.14.2",
          .source = Source::judgement,
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a refresh whose answer is lost on the way; then the same token again",
          .requires_ =
              "The server's list shows the old token used and one successor; the old token "
              "is refused.",
          .mend = "Commit before you answer, and do not roll back when the answer cannot be sent.",
          .motive = "audiobookshelf#5281",
          .needs = {Capability::faults, Capability::policy},
          .side = Side::server,
          .run_server = &commit_before_reply},
};

}  // namespace

std::span<const Check> server_refresh_checks() { return kServerRefreshChecks; }

}  // namespace heygen::conformance
