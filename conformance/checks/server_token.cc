// The token endpoint: what it takes, what it gives, how it refuses.

#include <algorithm>
#include <array>
#include <cmath>

#include "client_under_test/lib/crypto.h"
#include "conformance/checks/checks.h"
#include "conformance/server/expect.h"
#include "mock_server/notation/json_quote.h"

namespace heygen::conformance {
namespace {

// A token request that would succeed.
Params good_form(ServerTrial& trial) {
  const Asked asked = trial.ask();
  return trial.redemption(asked, trial.code(asked));
}

std::string with_query(const std::string& url, const Params& params) {
  return url + (url.find('?') == std::string::npos ? "?" : "&") + params.encoded();
}

std::string json_of(const Params& form) {
  std::string text;
  for (const auto& [name, value] : form.fields()) {
    text += (text.empty() ? "{" : ",") + mock::json_quote(name) + ":" + mock::json_quote(value);
  }
  return text + "}";
}

std::string multipart_of(const Params& form, const std::string& boundary) {
  std::string text;
  for (const auto& [name, value] : form.fields()) {
    text += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" +
            value + "\r\n";
  }
  return text + "--" + boundary + "--\r\n";
}

Verdict method(ServerTrial& trial) {
  const std::string url = with_query(trial.target().token_url, good_form(trial));
  const Reply reply = trial.send({"GET", url, {}, ""});
  if (!reply.access_token().empty()) return failed("no token by GET", reply.describe());
  return reply.status() == 405 || reply.status() == 400
             ? passed()
             : failed("405 (or 400) for GET", reply.describe());
}

Verdict content_type(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const auto judge = [&](const std::string& type, const std::string& body) {
    const Reply reply =
        trial.send({"POST", trial.target().token_url, {{"Content-Type", type}}, body});
    const bool refused =
        reply.status() == 415 || (reply.status() == 400 && reply.error() == "invalid_request");
    verdicts.push_back(refused && reply.access_token().empty()
                           ? passed()
                           : failed("400 invalid_request for " + type, reply.describe()));
  };
  judge("application/json", json_of(good_form(trial)));
  judge("multipart/form-data; boundary=xyz", multipart_of(good_form(trial), "xyz"));
  judge("text/plain", good_form(trial).encoded());
  return worst_of(std::move(verdicts));
}

Verdict query_ignored(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const std::string& url = trial.target().token_url;
  verdicts.push_back(expect_no_token(trial.post(with_query(url, good_form(trial)), {}),
                                     "all parameters in the URL"));
  for (const char* const name : {"code", "code_verifier", "grant_type"}) {
    const Params form = good_form(trial);
    verdicts.push_back(
        expect_no_token(trial.post(with_query(url, {{name, form.get(name)}}), form.without(name)),
                        std::string(name) + " in the URL"));
  }
  if (const auto& client = trial.target().confidential) {
    const Asked asked = trial.ask(*client);
    const Params form = trial.redemption(asked, trial.code(asked));
    verdicts.push_back(
        expect_no_token(trial.post(with_query(url, {{"client_secret", *client->secret}}),
                                   form.without("client_secret")),
                        "client_secret in the URL"));
  }
  return worst_of(std::move(verdicts));
}

Verdict duplicate_param(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const auto judge = [&](const Params& form, std::string_view name) {
    verdicts.push_back(expect_token_error(trial.token(form), {"invalid_request"},
                                          std::string(name) + " sent twice"));
  };
  for (const char* const name :
       {"code", "grant_type", "client_id", "redirect_uri", "code_verifier"}) {
    const Params form = good_form(trial);
    judge(form.twice(name, form.get(name)), name);
  }
  Params form = good_form(trial);
  judge(form.twice("code", trial.random(48)), "code");
  form = good_form(trial);
  judge(form.twice("code_verifier", trial.random(64)), "code_verifier");
  const Tokens tokens = trial.login();
  if (!tokens.refresh.empty()) {
    judge(trial.refreshing(tokens.client, tokens.refresh).twice("refresh_token", tokens.refresh),
          "refresh_token");
  }
  return worst_of(std::move(verdicts));
}

Verdict unknown_param(ServerTrial& trial) {
  const Params form = good_form(trial).twice("foo", "bar").twice("audience", "x").twice("x[]", "1");
  return expect_tokens(trial.token(form), "unknown parameters beside a good request");
}

Verdict grant_type(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const Params form = good_form(trial);
  verdicts.push_back(expect_token_error(trial.token(form.without("grant_type")),
                                        {"invalid_request"}, "a missing grant_type"));
  for (const char* const type :
       {"something", "Authorization_Code", "urn:example:unknown", "authorization_code "}) {
    verdicts.push_back(expect_token_error(trial.token(good_form(trial).with("grant_type", type)),
                                          {"unsupported_grant_type"}, "an unknown grant_type"));
  }
  // RFC 9700 §2.4: no password; RFC 6749 §4.4: nothing for a public client's name alone.
  for (const char* const type : {"password", "client_credentials"}) {
    Params asked = form;
    asked.drop("code").drop("code_verifier").drop("redirect_uri");
    asked.set("grant_type", type).set("username", "someone").set("password", trial.random(12));
    verdicts.push_back(expect_no_token(trial.token(asked), "the grant " + std::string(type)));
  }
  return worst_of(std::move(verdicts));
}

// RFC 9110 §11.6.1: a 401 says how to authenticate.
Verdict with_challenge(const Reply& reply, Verdict verdict) {
  if (verdict.result == Result::pass && reply.status() == 401 &&
      reply.header("WWW-Authenticate").empty()) {
    return failed("WWW-Authenticate with a 401", "none");
  }
  return verdict;
}

Verdict client_id(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const auto judge = [&](const Params& form, Errors errors, std::string_view what) {
    const Reply reply = trial.token(form);
    verdicts.push_back(with_challenge(reply, expect_token_error(reply, errors, what)));
  };
  judge(good_form(trial).without("client_id"), {"invalid_request", "invalid_client"},
        "a missing client_id");
  judge(good_form(trial).with("client_id", ""), {"invalid_request", "invalid_client"},
        "an empty client_id");
  judge(good_form(trial).with("client_id", "nobody-" + trial.random(12)), {"invalid_client"},
        "an unknown client_id");
  const Reply basic =
      trial.post(trial.target().token_url, good_form(trial).without("client_id"),
                 {{"Authorization", "Basic " + client::base64("nobody:" + trial.random(12))}});
  verdicts.push_back(expect_token_error(basic, {"invalid_client"}, "an unknown client by Basic"));
  if (basic.status() != 401 || basic.header("WWW-Authenticate").empty()) {
    verdicts.push_back(
        failed("401 with WWW-Authenticate where HTTP Basic was tried", basic.describe()));
  }
  if (const auto& confidential = trial.target().confidential) {
    const Asked asked = trial.ask(*confidential);
    const Params form = trial.redemption(asked, trial.code(asked));
    judge(form.with("client_secret", trial.random(32)), {"invalid_client"}, "a wrong secret");
    judge(form.without("client_secret"), {"invalid_client"}, "a missing secret");
  }
  return worst_of(std::move(verdicts));
}

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
  const Reply given = trial.token(good_form(trial));
  std::vector<Verdict> verdicts{judge_shape(given, told, "the answer to a code")};
  if (!given.refresh_token().empty()) {
    verdicts.push_back(judge_shape(trial.refresh(trial.client(), given.refresh_token()), told,
                                   "the answer to a refresh"));
  }
  return worst_of(std::move(verdicts));
}

Verdict judge_no_store(const Reply& reply, std::string_view what) {
  std::string control(reply.header("Cache-Control"));
  std::ranges::transform(control, control.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  if (control.find("no-store") == std::string::npos) {
    return failed("Cache-Control: no-store on " + std::string(what),
                  control.empty() ? "none" : control);
  }
  return mock::wire::iequals(reply.header("Pragma"), "no-cache")
             ? passed()
             : failed("Pragma: no-cache on " + std::string(what), "none");
}

Verdict no_store(ServerTrial& trial) {
  const Params form = good_form(trial);
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

Verdict judge_error(ServerTrial& trial, const Params& form, std::string_view what) {
  const Reply reply = trial.token(form);
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

Verdict error_shape(ServerTrial& trial) {
  const ServerClient& client = trial.client();
  // A code for each: one that a refusal has burnt is refused for that.
  const auto with = [&](std::string_view name, const std::string& value) {
    return good_form(trial).with(name, value);
  };
  const auto without = [&](std::string_view name) { return good_form(trial).without(name); };
  const Params used = good_form(trial);
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
      judge_error(trial, trial.refreshing(client, trial.random(48)), "an unknown refresh token"),
      judge_error(trial, trial.refreshing(client, "").without("refresh_token"),
                  "a missing refresh token"),
      judge_error(trial, used, "a code that was used"),
  };
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

constexpr std::array kServerTokenChecks{
    Check{.id = "server.token.method",
          .title = "Tokens are not given by GET",
          .clause = "RFC 6749 §3.2",
          .source = Source::judgement,
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a token request by GET, all parameters in the URL",
          .requires_ = "405 or 400, and no token.",
          .mend = "Route POST alone to the token endpoint.",
          .motive = "OAuch IsGetSupported",
          .side = Side::server,
          .run_server = &method},
    Check{.id = "server.token.content-type",
          .title = "A token request is a form, and nothing else",
          .clause = "RFC 6749 §4.1.3",
          .source = Source::judgement,
          .level = Level::should,
          .phase = Phase::server,
          .provokes = "good parameters as JSON, as multipart/form-data, as text/plain",
          .requires_ = "400 invalid_request (or 415).",
          .mend = "Look at Content-Type before the body.",
          .motive = "osin#94",
          .side = Side::server,
          .run_server = &content_type},
    Check{.id = "server.token.query-params-ignored",
          .title = "Parameters in the token endpoint's URL do not count",
          .clause = "RFC 6749 §2.3.1, §4.1.3",
          .level = Level::should,
          .phase = Phase::server,
          .provokes = "all parameters in the URL; one of them there, the others in the body",
          .requires_ = "No token: URLs end up in logs.",
          .mend = "Read the form from the body, and from nowhere else.",
          .motive = "OAuch IsAuthInUriAllowed",
          .side = Side::server,
          .run_server = &query_ignored},
    Check{.id = "server.token.duplicate-param",
          .title = "A parameter sent twice is refused",
          .clause = "RFC 6749 §3.2, §5.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "each parameter sent twice, with the same and with another value",
          .requires_ = "400 invalid_request.",
          .mend = "Count each parameter before you read any.",
          .side = Side::server,
          .run_server = &duplicate_param},
    Check{.id = "server.token.unknown-param",
          .title = "Unknown parameters do no harm",
          .clause = "RFC 6749 §3.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a good token request with three parameters that nobody knows",
          .requires_ = "It succeeds.",
          .mend = "Ignore what you do not know.",
          .side = Side::server,
          .run_server = &unknown_param},
    Check{.id = "server.token.grant-type",
          .title = "A missing grant_type and an unknown one are told apart",
          .clause = "RFC 6749 §5.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a token request without grant_type, and with unknown ones",
          .requires_ = "invalid_request where it is missing, unsupported_grant_type where it is "
                       "unknown.",
          .mend = "Check first that the parameter is there.",
          .side = Side::server,
          .run_server = &grant_type},
    Check{.id = "server.token.client-id",
          .title = "Who asks for tokens is named and known",
          .clause = "RFC 6749 §3.2.1, §5.2",
          .level = Level::must,
          .phase = Phase::server,
          .provokes =
              "a missing, empty, unknown client_id; an unknown client by HTTP Basic; a wrong "
              "and a missing secret",
          .requires_ = "invalid_client (or invalid_request where it is missing); 401 with "
                       "WWW-Authenticate where Basic was tried.",
          .mend = "Find the client before anything else, and answer 401 to Basic.",
          .motive = "OAuch IsClientIdRequired",
          .side = Side::server,
          .run_server = &client_id},
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
          .provokes = "twelve wrong token requests",
          .requires_ = "400 (or 401), application/json, a registered error; descriptions without "
                       "quote, backslash or control characters; no echo of a code, verifier, token "
                       "or secret (the echo is the suite's demand).",
          .mend = "Answer errors from one table, and never quote what was sent.",
          .side = Side::server,
          .run_server = &error_shape},
};

}  // namespace

std::span<const Check> server_token_checks() { return kServerTokenChecks; }

}  // namespace heygen::conformance
