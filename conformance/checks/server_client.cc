// The token endpoint: who asks.

#include <array>
#include <optional>

#include "conformance/checks/checks.h"
#include "conformance/checks/server_steps.h"
#include "conformance/server/expect.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

// RFC 9110 §11.6.1: a 401 says how to authenticate.
Verdict with_challenge(const Reply& reply, Verdict verdict) {
  if (verdict.result == Result::pass && reply.status() == 401 &&
      reply.header("WWW-Authenticate").empty()) {
    return failed("WWW-Authenticate with a 401", "none");
  }
  return verdict;
}

// RFC 6749 §5.2: the challenge names the scheme that was tried.
bool challenges_basic(const Reply& reply) {
  for (const auto& [name, value] : reply.seen().response().headers) {
    if (!mock::wire::iequals(name, "WWW-Authenticate")) continue;
    const std::string text = " " + lowered(value);
    if (text.find(" basic") != std::string::npos || text.find(",basic") != std::string::npos) {
      return true;
    }
  }
  return false;
}

Verdict expect_basic_refused(const Reply& reply, std::string_view what) {
  std::vector<Verdict> verdicts{expect_token_error(reply, {"invalid_client"}, what)};
  if (reply.status() != 401 || !challenges_basic(reply)) {
    verdicts.push_back(
        failed("401 with WWW-Authenticate: Basic for " + std::string(what), reply.describe()));
  }
  return worst_of(std::move(verdicts));
}

Verdict by_basic(ServerTrial& trial, const ServerClient& client) {
  const auto send = [&](std::string_view secret) {
    const Asked asked = trial.ask(client);
    const Params form = trial.redemption(asked, trial.code(asked));
    return trial.post(trial.target().token_url, form.without("client_id").without("client_secret"),
                      basic_of(client.id, secret));
  };
  std::vector<Verdict> verdicts{
      expect_basic_refused(send(trial.random(32)), "a wrong secret by Basic"),
      expect_tokens(send(*client.secret), "the right secret by Basic")};
  return worst_of(std::move(verdicts));
}

Verdict by_secret(ServerTrial& trial, const ServerClient& client) {
  std::vector<Verdict> verdicts;
  const auto judge = [&](const std::optional<std::string>& secret, Errors errors,
                         std::string_view what) {
    const Asked asked = trial.ask(client);
    Params form = trial.redemption(asked, trial.code(asked)).without("client_secret");
    if (secret) form.set("client_secret", *secret);
    const Reply reply = trial.token(form);
    verdicts.push_back(with_challenge(reply, expect_token_error(reply, errors, what)));
  };
  judge(trial.random(32), {"invalid_client"}, "a wrong secret");
  judge(std::nullopt, {"invalid_client"}, "a missing secret");
  judge("", {"invalid_client", "invalid_request"}, "an empty secret");
  judge(client.secret->substr(0, client.secret->size() / 2), {"invalid_client"}, "half a secret");
  for (const std::string& other : almost(*client.secret)) {
    judge(other, {"invalid_client"}, "a secret that is almost the right one");
  }
  return worst_of(std::move(verdicts));
}

// A refresh is a token request as well (RFC 6749 §6).
Verdict at_refresh(ServerTrial& trial, const std::string& url) {
  std::vector<Verdict> verdicts{passed()};  // a server may give no refresh token
  for (const ServerClient& client : clients_of(trial)) {
    const Tokens tokens = trial.login(client);
    if (tokens.refresh.empty()) continue;
    const Params form = trial.refreshing(client, tokens.refresh).without("client_secret");
    const Errors nobody{"invalid_client", "invalid_request", "invalid_grant"};
    if (client.secret) {
      const Reply reply = trial.post(url, form);
      verdicts.push_back(with_challenge(
          reply, expect_token_error(reply, {"invalid_client"}, "a refresh without the secret")));
      const Tokens others = trial.login(client);
      verdicts.push_back(
          expect_token_error(trial.post(url, trial.refreshing(client, others.refresh)
                                                 .without("client_secret")
                                                 .without("client_id")),
                             nobody, "a refresh of a client with a secret, which names no client"));
      continue;
    }
    // For public clients the RFC does not demand it in so many words; the vendor's guide has it.
    const Reply reply = trial.post(url, form.without("client_id"));
    if (!reply.access_token().empty()) {
      verdicts.push_back(
          warned("expected invalid_request or invalid_client for a refresh without a client_id; "
                 "seen: " +
                 reply.describe()));
    }
  }
  return worst_of(std::move(verdicts));
}

Verdict client_id(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const auto judge = [&](const Params& form, Errors errors, std::string_view what) {
    const Reply reply = trial.token(form);
    verdicts.push_back(with_challenge(reply, expect_token_error(reply, errors, what)));
  };
  judge(trial.good_redemption().without("client_id"), {"invalid_request", "invalid_client"},
        "a missing client_id");
  judge(trial.good_redemption().with("client_id", ""), {"invalid_request", "invalid_client"},
        "an empty client_id");
  judge(trial.good_redemption().with("client_id", "nobody-" + trial.random(12)), {"invalid_client"},
        "an unknown client_id");
  verdicts.push_back(expect_basic_refused(
      trial.post(trial.target().token_url, trial.good_redemption().without("client_id"),
                 basic_of("nobody", trial.random(12))),
      "an unknown client by Basic"));
  if (const auto& confidential = trial.target().confidential) {
    verdicts.push_back(by_basic(trial, *confidential));
    verdicts.push_back(by_secret(trial, *confidential));
  }
  verdicts.push_back(
      for_each_refresh_url(trial, [&](const std::string& url) { return at_refresh(trial, url); }));
  return worst_of(std::move(verdicts));
}

constexpr std::array kServerClientChecks{
    Check{.id = "server.token.client-id",
          .title = "Who asks for tokens is named and known",
          .clause = "RFC 6749 §3.2.1, §5.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "a missing, empty, unknown client_id; an unknown client and a wrong secret by HTTP "
              "Basic; the right one; wrong, missing, empty, halved and almost right secrets; "
              "refreshes without secret and without client_id at each address",
          .requires_ = "invalid_client (or invalid_request where it is missing or empty); 401 with "
                       "WWW-Authenticate: Basic where Basic was tried; tokens for the right "
                       "secret. A public client's refresh without client_id may fail: a warning "
                       "where it does not.",
          .mend = "Find the client before anything else, and answer 401 to Basic.",
          .motive = "OAuch IsClientIdRequired",
          .side = Side::server,
          .run_server = &client_id},
};

}  // namespace

std::span<const Check> server_client_checks() { return kServerClientChecks; }

}  // namespace heygen::conformance
