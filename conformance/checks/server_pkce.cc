// PKCE at both endpoints: demanded, S256, and really compared.

#include <array>
#include <functional>

#include "conformance/checks/checks.h"
#include "conformance/checks/server_steps.h"
#include "conformance/server/expect.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

Verdict pkce_required(ServerTrial& trial) {
  Asked asked = trial.ask();
  asked.params.drop("code_challenge").drop("code_challenge_method");
  std::vector<Verdict> verdicts;
  verdicts.push_back(expect_error_redirect(trial.visit(asked.params), asked, {"invalid_request"},
                                           "a public client without a code_challenge"));
  asked.params.set("code_challenge", "");
  verdicts.push_back(expect_error_redirect(trial.visit(asked.params), asked, {"invalid_request"},
                                           "an empty code_challenge"));
  // OpenID Connect's nonce is checked by the client alone: it takes no challenge's place here.
  asked = trial.ask();
  asked.params.drop("code_challenge").drop("code_challenge_method");
  asked.params.set("nonce", trial.random(43));
  verdicts.push_back(expect_error_redirect(trial.visit(asked.params), asked, {"invalid_request"},
                                           "a nonce in the place of a code_challenge"));
  return worst_of(std::move(verdicts));
}

Verdict plain_refused(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const auto judge = [&](Asked asked, std::string_view what) {
    verdicts.push_back(
        expect_authorize_error(trial.visit(asked.params), asked, {"invalid_request"}, what));
  };
  Asked asked = trial.ask();
  // Of 43 characters as well, as most verifiers are: those pass where only the shape is looked at.
  for (const std::size_t length : {std::size_t{43}, std::size_t{64}}) {
    asked = trial.ask();
    asked.verifier = trial.random(length);
    asked.params.set("code_challenge", asked.verifier).set("code_challenge_method", "plain");
    judge(asked, "code_challenge_method=plain");
    asked.params.drop("code_challenge_method");
    judge(asked, "a code_challenge without a method, which means plain");
  }
  for (const char* const method : {"s256", "S512", "S256 ", "PLAIN"}) {
    asked = trial.ask();
    asked.params.set("code_challenge_method", method);
    judge(asked, "code_challenge_method=" + std::string(method));
  }
  return worst_of(std::move(verdicts));
}

Verdict bad_challenge(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const std::string good = challenge_of(trial.random(64));
  for (const std::string& bad : {good.substr(1), good + "A", good + "=", "+" + good.substr(1),
                                 good.substr(1) + "/", good.substr(1) + " ", good + "\n"}) {
    Asked asked = trial.ask();
    asked.params.set("code_challenge", bad);
    verdicts.push_back(expect_authorize_error(trial.visit(asked.params), asked, {"invalid_request"},
                                              "a code_challenge that is not 43 of base64url"));
  }
  return worst_of(std::move(verdicts));
}

// A verifier that must not pass for this challenge.
Verdict judge_pair(ServerTrial& trial, const std::string& verifier, const std::string& challenge,
                   std::string_view what) {
  Asked asked = trial.ask();
  asked.verifier = verifier;
  asked.params.set("code_challenge", challenge);
  trial.add_secret(SecretKind::verifier, verifier);
  return expect_token_error(trial.token(trial.redemption(asked, trial.code(asked))),
                            {"invalid_grant", "invalid_request"}, what);
}

// One whose hash is the challenge.
Verdict judge_malformed(ServerTrial& trial, const std::string& verifier, std::string_view what) {
  return judge_pair(trial, verifier, challenge_of(verifier), what);
}

// All of a challenge counts. Not its last character: two of its bits are none of the hash's.
std::vector<Verdict> judge_almost(ServerTrial& trial) {
  const std::string verifier = trial.random(64);
  const std::string good = challenge_of(verifier);
  std::vector<std::string> others{swap_case(good)};
  for (const std::size_t at : {0U, 21U, 32U, 41U}) {
    std::string other = good;
    other[at] = other[at] == 'A' ? 'B' : 'A';
    others.push_back(std::move(other));
  }
  std::vector<Verdict> verdicts;
  for (const std::string& other : others) {
    verdicts.push_back(
        judge_pair(trial, verifier, other, "a verifier whose hash is almost the challenge"));
  }
  return verdicts;
}

// Where a server looks less closely: at the second try, at a client with a secret, at the other
// address.
std::vector<Verdict> judge_corners(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const auto judge = [&](const Params& form, std::string_view what) {
    verdicts.push_back(
        expect_token_error(trial.token(form), {"invalid_grant", "invalid_request"}, what));
  };
  for (const ServerClient& client : clients_of(trial)) {
    const Asked asked = trial.ask(client);
    const Params form = trial.redemption(asked, trial.code(asked));
    const std::string whose = client.secret ? " of a client with a secret" : "";
    judge(form.with("code_verifier", trial.random(64)), "a wrong code_verifier" + whose);
    judge(form.with("code_verifier", trial.random(64)), "a second wrong code_verifier" + whose);
    judge(form.without("code_verifier"), "no code_verifier after wrong ones" + whose);
    if (!client.secret) continue;
    const Asked again = trial.ask(client);
    judge(trial.redemption(again, trial.code(again)).without("code_verifier"),
          "no code_verifier" + whose);
  }
  for (const std::string& url : refresh_urls(trial)) {
    if (url == trial.target().token_url) continue;
    const Params form = trial.good_redemption().with("code_verifier", trial.random(64));
    verdicts.push_back(
        expect_no_token(trial.post(url, form), "a wrong verifier at the refresh endpoint"));
  }
  return verdicts;
}

Verdict verifier_checked(ServerTrial& trial) {
  std::vector<Verdict> verdicts = judge_corners(trial);
  const auto judge = [&](const std::function<void(Params&, const Asked&)>& spoil,
                         std::string_view what) {
    const Asked asked = trial.ask();
    Params form = trial.redemption(asked, trial.code(asked));
    spoil(form, asked);
    verdicts.push_back(
        expect_token_error(trial.token(form), {"invalid_grant", "invalid_request"}, what));
  };
  judge([&](Params& form, const Asked&) { form.set("code_verifier", trial.random(64)); },
        "a wrong code_verifier");
  judge([](Params& form, const Asked&) { form.drop("code_verifier"); }, "no code_verifier");
  judge([](Params& form, const Asked&) { form.set("code_verifier", ""); }, "an empty verifier");
  judge([](Params& form,
           const Asked& asked) { form.set("code_verifier", asked.params.get("code_challenge")); },
        "the challenge as the verifier");
  judge([](Params& form,
           const Asked& asked) { form.set("code_verifier", flip_last(asked.verifier)); },
        "a verifier that differs in its last character");
  judge([](Params& form,
           const Asked& asked) { form.set("code_verifier", swap_case(asked.verifier)); },
        "a verifier in other case");
  // The verifier of another login of the same client: PKCE binds the code to this one.
  const Asked other = trial.ask();
  (void)trial.code(other);
  judge([&](Params& form, const Asked&) { form.set("code_verifier", other.verifier); },
        "another login's verifier");
  verdicts.push_back(judge_malformed(trial, trial.random(42), "a verifier of 42 characters"));
  verdicts.push_back(judge_malformed(trial, trial.random(129), "a verifier of 129 characters"));
  std::ranges::move(judge_almost(trial), std::back_inserter(verdicts));
  // One at a time: a server may leave one of them out.
  for (const std::string other_character : {"+", "/", "=", " ", "%", "\n", "\xC3\xBC"}) {
    verdicts.push_back(judge_malformed(trial, trial.random(60) + other_character,
                                       "a verifier with another character"));
  }
  return worst_of(std::move(verdicts));
}

Verdict guesses_bounded(ServerTrial& trial) {
  constexpr int kGuesses = 100;
  const Asked asked = trial.ask();
  const Params form = trial.redemption(asked, trial.code(asked));
  for (int i = 0; i < kGuesses; ++i) {
    const Reply reply = trial.token(form.with("code_verifier", trial.random(64)));
    if (reply.ok()) return failed("no tokens for a wrong code_verifier", reply.describe());
    if (reply.status() == 429) return passed("guessing is slowed down with 429");
  }
  return expect_no_token(trial.token(form), "the right verifier after 100 wrong ones");
}

Verdict downgrade_of(ServerTrial& trial, const ServerClient& client) {
  Asked asked = trial.ask(client);
  asked.params.drop("code_challenge").drop("code_challenge_method");
  const Reply sent = trial.visit(asked.params);
  if (sent.redirects() && sent.param("code").empty()) {
    return passed("the server gives no code without a code_challenge");
  }
  trial.require(sent.redirects(), "a request without a code_challenge ended on a page");
  return expect_token_error(trial.token(trial.redemption(asked, sent.param("code"))),
                            {"invalid_grant", "invalid_request"},
                            "a code_verifier for a code without a challenge");
}

// A client with a secret may often leave PKCE out where a public one may not (RFC 9700 §2.1.1).
Verdict downgrade(ServerTrial& trial) {
  if (trial.has(Capability::policy)) trial.policy("pkce", std::string("if-sent"));
  Verdict verdict = downgrade_of(trial, trial.client());
  if (verdict.result != Result::pass || !trial.target().confidential) return verdict;
  return downgrade_of(trial, *trial.target().confidential);
}

constexpr std::array kServerPkceChecks{
    Check{.id = "server.authorize.pkce-required",
          .title = "A public client gets no code without PKCE",
          .clause = "RFC 7636 §4.4.1; RFC 9700 §2.1.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a good request of a public client without a code_challenge",
          .requires_ = "A redirect with invalid_request, and no code. (The clauses demand it of "
                       "servers that serve public clients.)",
          .mend = "Refuse authorization requests of public clients that have no code_challenge.",
          .side = Side::server,
          .run_server = &pkce_required},
    Check{.id = "server.authorize.pkce-plain-refused",
          .title = "The challenge method is S256, and no other",
          .clause = "RFC 7636 §4.4.1, §7.2; RFC 9700 §2.1.1",
          .level = Level::should,
          .phase = Phase::server,
          .provokes = "the methods plain, none (which means plain), s256, S512, PLAIN",
          .requires_ = "invalid_request, and no code.",
          .mend = "Accept S256 alone, in capitals.",
          .motive = "OAuch PlainPkceDisabled",
          .side = Side::server,
          .run_server = &plain_refused},
    Check{.id = "server.authorize.pkce-bad-challenge",
          .title = "A malformed code_challenge is refused at once",
          .clause = "RFC 7636 §4.2",
          .source = Source::judgement,
          .level = Level::should,
          .phase = Phase::server,
          .provokes =
              "challenges of 42 and 44 characters, with '=', '+', '/', a blank, and a line's end",
          .requires_ = "invalid_request, and no code: nothing that S256 makes looks so.",
          .mend = "Check for 43 characters of [A-Za-z0-9-_].",
          .motive = "keycloak#15739",
          .side = Side::server,
          .run_server = &bad_challenge},
    Check{
        .id = "server.token.verifier-checked",
        .title = "The code_verifier is compared with the challenge",
        .clause = "RFC 7636 §4.1, §4.5, §4.6; RFC 9700 §2.1.1",
        .level = Level::must,
        .phase = Phase::server,
        .provokes = "codes with a wrong, missing, empty, almost right verifier, with the challenge "
                    "itself, with another login's; for challenges that are almost the verifier's; "
                    "malformed ones whose hash fits; wrong ones "
                    "twice for one code, of a client with a secret, at the refresh endpoint",
        .requires_ = "Each is refused with invalid_grant or invalid_request; at the refresh "
                     "endpoint with any 4xx.",
        .mend = "Require 43 to 128 unreserved characters, hash them, and compare all 43 characters "
                "with this code's challenge.",
        .motive = "OAuch ShortVerifier, IsPkcePlainDowngradeDetected",
        .side = Side::server,
        .run_server = &verifier_checked},
    Check{.id = "server.token.failed-verifier-consumes",
          .title = "A code does not outlive a hundred wrong verifiers",
          .clause = "RFC 6749 §10.10",
          .source = Source::judgement,
          .level = Level::should,
          .phase = Phase::server,
          .provokes = "100 wrong verifiers for one code, then the right one",
          .requires_ = "The right one comes too late, or guessing is slowed down with 429.",
          .mend = "Burn a code after a few failed proofs.",
          .side = Side::server,
          .run_server = &guesses_bounded},
    Check{.id = "server.token.pkce-downgrade",
          .title = "A verifier for a code without a challenge is refused",
          .clause = "RFC 9700 §4.8.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a login whose challenge was taken out on the way; the client sends its "
                      "verifier",
          .requires_ = "No code without a challenge, or invalid_grant for the verifier.",
          .mend = "When a verifier comes for a code without a challenge, refuse.",
          .motive = "thephpleague#1323; kanidm#1097; keycloak#26808; zitadel/oidc#741",
          .side = Side::server,
          .run_server = &downgrade},
};

}  // namespace

std::span<const Check> server_pkce_checks() { return kServerPkceChecks; }

}  // namespace heygen::conformance
