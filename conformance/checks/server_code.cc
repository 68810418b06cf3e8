// Authorization codes: once, soon, and by the client they were given to.

#include <algorithm>
#include <cmath>
#include <set>

#include "conformance/checks/checks.h"
#include "conformance/checks/server_steps.h"
#include "conformance/server/expect.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

using std::chrono::seconds;

constexpr std::string_view kReplay = "a code that was used before";
constexpr std::size_t kAtOnce = 50;
constexpr int kRounds = 5;

// A code that is almost the right one is not: some stores compare without regard to case, or find
// what begins alike.
std::vector<Verdict> expect_code_exact(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  for (std::string (*change)(std::string) : {+[](std::string code) { return swap_case(code); },
                                             +[](std::string code) { return code + "x"; },
                                             +[](std::string code) {
                                               code.pop_back();
                                               return code;
                                             },
                                             +[](std::string code) { return code + " "; }}) {
    const Asked asked = trial.ask();
    const std::string code = trial.code(asked);
    if (change(code) == code) continue;
    verdicts.push_back(expect_token_error(trial.token(trial.redemption(asked, change(code))),
                                          {"invalid_grant", "invalid_request"},
                                          "a code that is almost the one that was given"));
  }
  return verdicts;
}

Verdict single_use_of(ServerTrial& trial, const ServerClient& client) {
  const Asked asked = trial.ask(client);
  const Params form = trial.redemption(asked, trial.code(asked));
  trial.require(trial.token(form).ok(), "the first redemption failed");
  std::vector<Verdict> verdicts;
  verdicts.push_back(expect_token_error(trial.token(form), {"invalid_grant"}, kReplay));
  for (const seconds later : {seconds{1}, seconds{60}}) {
    if (trial.has(Capability::clock)) trial.advance(later);
    verdicts.push_back(expect_token_error(trial.token(form), {"invalid_grant"}, kReplay));
  }
  return worst_of(std::move(verdicts));
}

Verdict single_use(ServerTrial& trial) {
  std::vector<Verdict> verdicts = expect_code_exact(trial);
  for (const ServerClient& client : clients_of(trial)) {
    verdicts.push_back(single_use_of(trial, client));
  }
  return worst_of(std::move(verdicts));
}

// With `refreshes` the code comes back when its tokens have had successors: they go, too.
Verdict judge_reuse(ServerTrial& trial, const ServerClient& client, bool refreshes) {
  const Asked asked = trial.ask(client);
  const Params form = trial.redemption(asked, trial.code(asked));
  const Reply first = trial.token(form);
  trial.require(first.ok(), "the first redemption failed");
  trial.require(trial.api(first.access_token()).ok(), "the API does not take a good token");
  std::vector<Tokens> chain{
      {asked.client, form.get("code"), first.access_token(), first.refresh_token(), 0}};
  if (refreshes) {
    if (first.refresh_token().empty()) return passed();
    chain.push_back(trial.refreshed(chain.back()));
  }
  (void)trial.token(form);
  std::vector<Verdict> verdicts;
  for (const Tokens& tokens : chain) {
    verdicts.push_back(expect_api_refuses(trial.api(tokens.access), "invalid_token",
                                          "an access token whose code was used again"));
  }
  if (const std::string& newest = chain.back().refresh; !newest.empty()) {
    verdicts.push_back(expect_token_error(trial.refresh(asked.client, newest), {"invalid_grant"},
                                          refreshes ? "a refreshed token whose code was used again"
                                                    : "a refresh token whose code was used again"));
  }
  return worst_of(std::move(verdicts));
}

Verdict reuse_revokes(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  for (const ServerClient& client : clients_of(trial)) {
    verdicts.push_back(judge_reuse(trial, client, false));
    verdicts.push_back(judge_reuse(trial, client, true));
  }
  return worst_of(std::move(verdicts));
}

Verdict atomic(ServerTrial& trial) {
  for (int round = 0; round < kRounds; ++round) {
    const Asked asked = trial.ask();
    const HttpRequest request =
        form_request(trial.target().token_url, trial.redemption(asked, trial.code(asked)));
    const auto replies = trial.send_at_once(std::vector(kAtOnce, request));
    const auto won = std::ranges::count_if(replies, &Reply::ok);
    if (won != 1) {
      return failed("exactly one of " + std::to_string(kAtOnce) + " redemptions at once succeeds",
                    std::to_string(won) + " did");
    }
    for (const Reply& reply : replies) {
      if (reply.ok()) continue;
      Verdict verdict = expect_token_error(reply, {"invalid_grant"}, kReplay);
      if (verdict.result != Result::pass) return verdict;
    }
  }
  return passed();
}

Verdict expiry(ServerTrial& trial) {
  trial.freeze();
  std::vector<Verdict> verdicts;
  for (const ServerClient& client : clients_of(trial)) {
    const Asked asked = trial.ask(client);
    const std::string code = trial.code(asked);
    trial.advance(seconds{601});
    verdicts.push_back(expect_token_error(trial.token(trial.redemption(asked, code)),
                                          {"invalid_grant"}, "a code that is 601 s old"));
  }
  return worst_of(std::move(verdicts));
}

Verdict bound_client(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const auto judge = [&](const ServerClient& other) {
    const Asked asked = trial.ask();
    Params form = trial.redemption(asked, trial.code(asked));
    form.set("client_id", other.id);
    if (other.secret) form.set("client_secret", *other.secret);
    verdicts.push_back(
        expect_token_error(trial.token(form), {"invalid_grant"}, "another client's code"));
  };
  judge(trial.second_client());
  const auto& confidential = trial.target().confidential;
  if (!confidential) return worst_of(std::move(verdicts));
  judge(*confidential);
  // It proves to be one client, and names another.
  verdicts.push_back(
      expect_token_error(trial.post(trial.target().token_url, trial.good_redemption(),
                                    basic_of(confidential->id, *confidential->secret)),
                         {"invalid_grant", "invalid_client", "invalid_request"},
                         "another client's code and client_id behind one's own HTTP Basic"));
  return worst_of(std::move(verdicts));
}

// A port beside the one that stands there; loopback redirects are lenient about it at the
// authorize endpoint, and nowhere else.
std::string other_port(const std::string& uri) {
  const std::string origin = origin_of(uri);
  const std::size_t colon = origin.rfind(':');
  const bool has_port = colon > origin.find("://");
  return (has_port ? origin.substr(0, colon) : origin) + ":49153" + std::string(target_of(uri));
}

Verdict bound_redirect(ServerTrial& trial) {
  const std::string uri = trial.client().redirect_uri;
  std::vector<Verdict> verdicts;
  for (const std::string& other :
       {uri + "/", uri + "x", uri + "?a=1", uri.substr(0, uri.size() - 1), swap_case(uri),
        other_port(uri), std::string("https://attacker.example/cb")}) {
    const Asked asked = trial.ask();
    const Params form = trial.redemption(asked, trial.code(asked)).with("redirect_uri", other);
    verdicts.push_back(expect_token_error(trial.token(form), {"invalid_grant"},
                                          "another redirect_uri than the code was asked with"));
  }
  for (const bool empty : {false, true}) {
    const Asked asked = trial.ask();
    Params form = trial.redemption(asked, trial.code(asked)).without("redirect_uri");
    if (empty) form.add("redirect_uri", "");
    verdicts.push_back(expect_token_error(
        trial.token(form), {"invalid_request", "invalid_grant"},
        empty ? "a code with an empty redirect_uri" : "a code without its redirect_uri"));
  }
  return worst_of(std::move(verdicts));
}

// An upper bound, from the shortest value: what never changes carries nothing, and a character
// carries no more than its alphabet allows.
double most_bits(const std::set<std::string>& samples) {
  std::size_t shortest = samples.begin()->size();
  for (const std::string& sample : samples) shortest = std::min(shortest, sample.size());
  double bits = 0;
  for (std::size_t i = 0; i < shortest; ++i) {
    std::set<char> seen;
    for (const std::string& sample : samples) seen.insert(sample[i]);
    bits += std::log2(static_cast<double>(seen.size()));
  }
  return bits;
}

Verdict judge_samples(std::string_view what, const std::vector<std::string>& samples) {
  constexpr double kLeast = 128;
  // Chance hides a few characters of an alphabet from each place.
  constexpr double kChance = 2;
  const std::set<std::string> different(samples.begin(), samples.end());
  if (different.size() != samples.size()) {
    return failed(std::string(what) + "s that never repeat",
                  std::to_string(samples.size() - different.size()) + " of " +
                      std::to_string(samples.size()) + " repeated an earlier one");
  }
  const double bits = most_bits(different);
  if (bits + kChance >= kLeast) return passed();
  return failed(std::string(what) + "s of at least 128 bits",
                "at most " + std::to_string(static_cast<int>(bits)) + " bits vary");
}

Verdict entropy(ServerTrial& trial) {
  constexpr std::size_t kLogins = 334;  // with a code and two tokens each: 1,000 values
  std::vector<std::string> codes;
  std::vector<std::string> access;
  std::vector<std::string> refresh;
  for (const Tokens& tokens : trial.logins(kLogins)) {
    codes.push_back(tokens.code);
    access.push_back(tokens.access);
    if (!tokens.refresh.empty()) refresh.push_back(tokens.refresh);
  }
  std::vector<Verdict> verdicts{judge_samples("code", codes),
                                judge_samples("access token", access)};
  if (!refresh.empty()) verdicts.push_back(judge_samples("refresh token", refresh));
  return worst_of(std::move(verdicts));
}

constexpr std::array kServerCodeChecks{
    Check{.id = "server.code.single-use",
          .title = "A code can be redeemed once",
          .clause = "RFC 6749 §4.1.2, §5.2, §10.5",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "a code is redeemed, and sent again at once, a second and a minute later; by "
              "a client with a secret as well; and codes that are almost the one that was given",
          .requires_ = "Each but the first redemption is refused with invalid_grant.",
          .mend = "Mark the code as used in the same step in which you give the tokens.",
          .motive = "OIDF AttemptReuseAuthorizationCodeAfterOneSecond",
          .side = Side::server,
          .run_server = &single_use},
    Check{.id = "server.code.reuse-revokes",
          .title = "A code that is used twice takes its tokens down",
          .clause = "RFC 6749 §4.1.2",
          .level = Level::should,
          .phase = Phase::server,
          .provokes =
              "a code is redeemed and sent again, at once and after a refresh; then all its "
              "tokens are used; by a client with a secret as well",
          .requires_ = "Access and refresh tokens of the first redemption are dead, and what their "
                       "refresh brought.",
          .mend = "Remember which tokens a code gave, and revoke them when it comes back.",
          .motive = "OAuch TokenValidAfterMultiExchange",
          .needs = {Capability::api},
          .side = Side::server,
          .run_server = &reuse_revokes},
    Check{.id = "server.code.atomic",
          .title = "Of many redemptions at once exactly one succeeds",
          .clause = "RFC 6749 §4.1.2, §5.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "50 redemptions of one code on 50 connections at the same instant, in five "
                      "rounds",
          .requires_ = "One answer is 200, all others are invalid_grant.",
          .mend = "Check and consume in one atomic step: a conditional update, not a read and a "
                  "write.",
          .motive = "oauthlib#618; ory/fosite#778; supabase/auth#2613; thephpleague#1306; "
                    "django-oidc-provider#411",
          .side = Side::server,
          .run_server = &atomic},
    Check{.id = "server.code.expiry",
          .title = "A code expires within ten minutes",
          .clause = "RFC 6749 §4.1.2, §5.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "a code is redeemed 601 s after it was given; by a client with a secret as well",
          .requires_ =
              "It is refused with invalid_grant. (The clause recommends ten minutes as the "
              "most; the suite demands them.)",
          .mend = "Give codes a lifetime of ten minutes at most; one is better.",
          .motive = "OAuch AuthorizationCodeTimeout",
          .needs = {Capability::clock},
          .side = Side::server,
          .run_server = &expiry},
    Check{.id = "server.code.bound-client",
          .title = "A code is bound to its client",
          .clause = "RFC 6749 §4.1.3, §5.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "a code of one client is redeemed by another, all else being right; by one that "
              "proves by HTTP Basic who it is, and names the code's client in the form",
          .requires_ = "invalid_grant; for the last invalid_client or invalid_request as well.",
          .mend = "Keep the client_id with the code, and compare it.",
          .motive = "OAuch IsCodeBoundToClient",
          .needs = {Capability::second_client},
          .side = Side::server,
          .run_server = &bound_client},
    Check{
        .id = "server.code.bound-redirect",
        .title = "A code is bound to its redirect_uri",
        .clause = "RFC 6749 §4.1.3, §5.2",
        .level = Level::must,
        .phase = Phase::server,
        .provokes = "codes are redeemed with seven other redirect_uris, with none and an empty one",
        .requires_ =
            "Each is refused with invalid_grant; a missing or empty one may be invalid_request.",
        .mend = "Keep the redirect_uri with the code, and compare it byte for byte.",
        .motive = "OAuch RedirectUriChecked",
        .side = Side::server,
        .run_server = &bound_redirect},
    Check{.id = "server.code.entropy",
          .title = "Codes and tokens cannot be guessed, and never repeat",
          .clause = "RFC 6749 §10.10",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "334 logins: 1,000 codes, access tokens and refresh tokens",
          .requires_ =
              "None repeats, and at least 128 bits of each vary. (An upper bound: this can "
              "prove weakness, never strength.)",
          .mend = "Draw at least 16 bytes from the system's random source for each.",
          .motive = "OAuch *EntropyMinReq",
          .side = Side::server,
          .run_server = &entropy},
};

}  // namespace

std::span<const Check> server_code_checks() { return kServerCodeChecks; }

}  // namespace heygen::conformance
