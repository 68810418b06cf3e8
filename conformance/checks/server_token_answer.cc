// The token endpoint: the form of what it answers.

#include <algorithm>
#include <array>
#include <cmath>

#include "conformance/checks/checks.h"
#include "conformance/checks/page_headers.h"
#include "conformance/checks/server_steps.h"
#include "conformance/server/expect.h"

namespace heygen::conformance {
namespace {

// RFC 6750 §2.1, b64token.
bool fits_header(std::string_view token) {
  return std::ranges::all_of(token, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("-._~+/=").find(c) != std::string_view::npos;
  });
}

bool is_token_type_bearer(const Reply& reply) {
  return mock::wire::iequals(reply.text("token_type"), "Bearer");
}

Verdict judge_shape(const Reply& reply, bool default_lifetime, std::string_view what) {
  const auto wrong = [&](std::string_view expected, std::string_view seen) {
    return failed(std::string(expected) + " in " + std::string(what), seen);
  };
  const std::string_view type = reply.header("Content-Type");
  if (reply.status() != 200) return wrong("200", reply.describe());
  if (!mock::wire::iequals(type.substr(0, type.find(';')), "application/json")) {
    return wrong("Content-Type: application/json", type);
  }
  if (!reply.is_json_object()) return wrong("a JSON object", "something else");
  if (reply.access_token().empty()) return wrong("access_token, a string", "none");
  if (!fits_header(reply.access_token())) {
    return wrong("an access_token that fits a header", "other characters");
  }
  if (!is_token_type_bearer(reply)) return wrong("token_type Bearer", "another, or none");
  const auto lifetime = reply.number("expires_in");
  if (!lifetime || *lifetime <= 0 || *lifetime != std::floor(*lifetime)) {
    return wrong("expires_in, a whole number above 0",
                 reply.has("expires_in") ? "something else" : "none");
  }
  if (default_lifetime && *lifetime != 864000) {
    return wrong("expires_in 864000", std::to_string(static_cast<long>(*lifetime)));
  }
  return reply.refresh_token().empty() ? wrong("refresh_token, a string", "none") : passed();
}

Verdict response_shape(ServerTrial& trial) {
  const bool told = trial.has(Capability::policy);
  if (told) trial.policy("access_ttl_s", std::int64_t{864000});
  const Reply given = trial.token(trial.good_redemption());
  std::vector<Verdict> verdicts{judge_shape(given, told, "the answer to a code")};
  if (!given.refresh_token().empty()) {
    verdicts.push_back(judge_shape(trial.refresh(trial.client(), given.refresh_token()), told,
                                   "the answer to a refresh"));
  }
  return worst_of(std::move(verdicts));
}

Verdict judge_no_store(const Reply& reply, std::string_view what) {
  const auto& fields = reply.seen().response().headers;
  if (!forbids_storing(fields)) {
    const std::string control = joined(fields, "Cache-Control");
    return failed("Cache-Control: no-store on " + std::string(what),
                  control.empty() ? "none" : control);
  }
  return mock::wire::iequals(reply.header("Pragma"), "no-cache")
             ? passed()
             : failed("Pragma: no-cache on " + std::string(what), "none");
}

Verdict no_store(ServerTrial& trial) {
  const Params form = trial.good_redemption();
  const Reply given = trial.token(form);
  std::vector<Verdict> verdicts{
      judge_no_store(given, "tokens"),
      judge_no_store(trial.token(form), "invalid_grant"),
      judge_no_store(trial.token(form.without("grant_type")), "a missing grant_type"),
      judge_no_store(trial.token(form.with("client_id", "nobody")), "invalid_client"),
  };
  if (!given.refresh_token().empty()) {
    const std::string& url = trial.target().refresh_url;
    const Tokens tokens = trial.login();
    verdicts.push_back(judge_no_store(trial.post(url.empty() ? trial.target().token_url : url,
                                                 trial.refreshing(tokens.client, tokens.refresh)),
                                      "refreshed tokens"));
  }
  return worst_of(std::move(verdicts));
}

// RFC 6749 §5.2, RFC 8628 §3.5, RFC 7009 §2.2.1, and the IANA registry's others for this endpoint.
bool is_registered(std::string_view error) {
  constexpr std::array<std::string_view, 11> kErrors{
      "invalid_request",        "invalid_client", "invalid_grant",
      "unauthorized_client",    "invalid_scope",  "unsupported_grant_type",
      "unsupported_token_type", "slow_down",      "authorization_pending",
      "access_denied",          "expired_token"};
  return std::ranges::find(kErrors, error) != kErrors.end();
}

Verdict judge_error_at(ServerTrial& trial, const std::string& url, const Params& form,
                       std::string_view what) {
  const Reply reply = trial.post(url, form);
  const auto wrong = [&](std::string_view expected, std::string_view seen) {
    return failed(std::string(expected) + " for " + std::string(what), seen);
  };
  if (reply.status() != 400 && reply.status() != 401) return wrong("400", reply.describe());
  const std::string_view type = reply.header("Content-Type");
  if (!mock::wire::iequals(type.substr(0, type.find(';')), "application/json") ||
      !reply.is_json_object()) {
    return wrong("a JSON object", reply.describe());
  }
  if (!is_registered(reply.text("error"))) return wrong("a registered error", reply.describe());
  for (const char* const member : {"error_description", "error_uri"}) {
    if (!reply.has(member)) continue;
    const std::string text = reply.text(member);
    const bool allowed = std::ranges::all_of(
        text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
    if (!allowed || text.empty()) {
      return wrong(std::string(member) + " of the allowed characters", "others, or no string");
    }
  }
  for (const char* const name : {"code", "code_verifier", "refresh_token", "client_secret"}) {
    const std::string secret = form.get(name);
    if (secret.size() >= Secrets::kShortest && reply.body().find(secret) != std::string::npos) {
      return wrong("no echo of secrets", std::string(name) + " in the answer");
    }
  }
  return passed();
}

Verdict judge_error(ServerTrial& trial, const Params& form, std::string_view what) {
  return judge_error_at(trial, trial.target().token_url, form, what);
}

Verdict judge_refresh_errors(ServerTrial& trial, const std::string& url) {
  const Params form = trial.refreshing(trial.client(), trial.random(48));
  std::vector<Verdict> verdicts{
      judge_error_at(trial, url, form, "an unknown refresh token"),
      judge_error_at(trial, url, form.without("refresh_token"), "a missing refresh token"),
      judge_error_at(trial, url, form.with("client_id", "nobody"), "an unknown client's refresh"),
  };
  return worst_of(std::move(verdicts));
}

Verdict error_shape(ServerTrial& trial) {
  const ServerClient& client = trial.client();
  // A code for each: one that a refusal has burnt is refused for that.
  const auto with = [&](std::string_view name, const std::string& value) {
    return trial.good_redemption().with(name, value);
  };
  const auto without = [&](std::string_view name) { return trial.good_redemption().without(name); };
  const Params used = trial.good_redemption();
  trial.require(trial.token(used).ok(), "the first redemption failed");
  std::vector<Verdict> verdicts{
      judge_error(trial, without("grant_type"), "a missing grant_type"),
      judge_error(trial, with("grant_type", "unknown"), "an unknown grant_type"),
      judge_error(trial, without("code"), "a missing code"),
      judge_error(trial, without("code_verifier"), "a missing verifier"),
      judge_error(trial, with("code_verifier", trial.random(64)), "a wrong verifier"),
      judge_error(trial, with("code_verifier", "short\"\\\n"), "a malformed verifier"),
      judge_error(trial, with("redirect_uri", "https://x.example/\"<"), "a wrong redirect_uri"),
      judge_error(trial, with("code", trial.random(48)), "an unknown code"),
      judge_error(trial, with("client_id", "nobody"), "an unknown client"),
      judge_error(trial, used, "a code that was used"),
  };
  verdicts.push_back(for_each_refresh_url(
      trial, [&](const std::string& url) { return judge_refresh_errors(trial, url); }));
  // A public client has no secret to be wrong: a server may leave it unread.
  const Params secret = with("client_secret", trial.random(24));
  if (!trial.token(secret).ok()) {
    verdicts.push_back(judge_error(trial, secret, "a secret that is none"));
  }
  const Tokens tokens = trial.login();
  if (!tokens.refresh.empty() && trial.refresh(client, tokens.refresh).ok()) {
    const Params again = trial.refreshing(client, tokens.refresh);
    const Reply reply = trial.token(again);
    if (!reply.ok()) verdicts.push_back(judge_error(trial, again, "a refresh token that was used"));
  }
  return worst_of(std::move(verdicts));
}

constexpr std::array kServerTokenAnswerChecks{
    Check{.id = "server.token.response-shape",
          .title = "Tokens come in the shape that clients expect",
          .clause = "RFC 6749 §5.1; the vendor's guide",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a token request and a refresh, both good",
          .requires_ = "200, application/json, an object with token_type Bearer, access_token, "
                       "expires_in as a number, refresh_token.",
          .mend = "Write expires_in as a JSON number, and name all four members.",
          .side = Side::server,
          .run_server = &response_shape},
    Check{.id = "server.token.no-store",
          .title = "Nothing of the token endpoint is cached",
          .clause = "RFC 6749 §5.1",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "tokens, refreshed tokens, and three errors",
          .requires_ =
              "Cache-Control: no-store and Pragma: no-cache, on errors too (there the suite "
              "demands it).",
          .mend = "Set both fields on every answer of the endpoint.",
          .motive = "OAuch HasCacheControlHeader",
          .side = Side::server,
          .run_server = &no_store},
    Check{.id = "server.token.error-shape",
          .title = "Errors are JSON, registered, and tell no secret",
          .clause = "RFC 6749 §5.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "thirteen wrong token requests, three of them at each address that takes refreshes",
          .requires_ = "400 (or 401), application/json, a registered error; descriptions without "
                       "quote, backslash or control characters; no echo of a code, verifier, token "
                       "or secret (the echo is the suite's demand).",
          .mend = "Answer errors from one table, and never quote what was sent.",
          .side = Side::server,
          .run_server = &error_shape},
};

}  // namespace

std::span<const Check> server_token_answer_checks() { return kServerTokenAnswerChecks; }

}  // namespace heygen::conformance
