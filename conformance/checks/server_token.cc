// The token endpoint: which requests it takes.

#include <array>

#include "conformance/checks/checks.h"
#include "conformance/checks/server_steps.h"
#include "conformance/server/expect.h"
#include "mock_server/notation/json_quote.h"

namespace heygen::conformance {
namespace {

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

// A server may not know the method at all (RFC 9110 §15.6.2).
Verdict expect_method_refused(const Reply& reply, const std::string& what) {
  if (reply.access_token().empty() && reply.status() == 501) return passed();
  return expect_no_token(reply, what);
}

Verdict method(ServerTrial& trial) {
  const std::string& url = trial.target().token_url;
  std::vector<Verdict> verdicts;
  const Reply reply = trial.send({"GET", with_query(url, trial.good_redemption()), {}, ""});
  if (!reply.access_token().empty()) return failed("no token by GET", reply.describe());
  if (reply.status() != 405 && reply.status() != 400) {
    verdicts.push_back(failed("405 (or 400) for GET", reply.describe()));
  }
  for (const char* const other : {"PUT", "PATCH"}) {
    verdicts.push_back(
        expect_method_refused(trial.send(form_request(url, trial.good_redemption(), other)),
                              "a token request by " + std::string(other)));
  }
  const Tokens tokens = trial.login();
  if (tokens.refresh.empty()) return worst_of(std::move(verdicts));
  for (const std::string& address : refresh_urls(trial)) {
    const Params form = trial.refreshing(tokens.client, tokens.refresh);
    verdicts.push_back(expect_method_refused(trial.send({"GET", with_query(address, form), {}, ""}),
                                             "a refresh by GET at " + address));
  }
  return worst_of(std::move(verdicts));
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
  judge("application/json", json_of(trial.good_redemption()));
  judge("multipart/form-data; boundary=xyz", multipart_of(trial.good_redemption(), "xyz"));
  judge("text/plain", trial.good_redemption().encoded());
  // Browsers and HTTP libraries name a charset, which changes nothing.
  HttpRequest named = form_request(trial.target().token_url, trial.good_redemption());
  named.headers.set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8");
  verdicts.push_back(expect_tokens(trial.send(named), "a form with a charset"));
  return worst_of(std::move(verdicts));
}

Verdict query_ignored(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const std::string& url = trial.target().token_url;
  verdicts.push_back(expect_no_token(trial.post(with_query(url, trial.good_redemption()), {}),
                                     "all parameters in the URL"));
  for (const char* const name : {"code", "code_verifier", "grant_type"}) {
    const Params form = trial.good_redemption();
    verdicts.push_back(
        expect_no_token(trial.post(with_query(url, {{name, form.get(name)}}), form.without(name)),
                        std::string(name) + " in the URL"));
  }
  const Tokens tokens = trial.login();
  if (!tokens.refresh.empty()) {
    const Params form = trial.refreshing(tokens.client, tokens.refresh);
    verdicts.push_back(
        expect_no_token(trial.post(with_query(url, {{"refresh_token", tokens.refresh}}),
                                   form.without("refresh_token")),
                        "refresh_token in the URL"));
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
    const Params form = trial.good_redemption();
    judge(form.twice(name, form.get(name)), name);
  }
  Params form = trial.good_redemption();
  judge(form.twice("code", trial.random(48)), "code");
  form = trial.good_redemption();
  judge(form.twice("code_verifier", trial.random(64)), "code_verifier");
  if (const auto& client = trial.target().confidential) {
    const Asked asked = trial.ask(*client);
    form = trial.redemption(asked, trial.code(asked));
    judge(form.twice("client_secret", *client->secret), "client_secret");
  }
  const Tokens tokens = trial.login();
  if (tokens.refresh.empty()) return worst_of(std::move(verdicts));
  form = trial.refreshing(tokens.client, tokens.refresh);
  judge(form.twice("refresh_token", tokens.refresh), "refresh_token");
  // A server may look first whether the scope was granted.
  verdicts.push_back(
      expect_token_error(trial.token(form.twice("scope", "openid").twice("scope", "openid")),
                         {"invalid_request", "invalid_scope"}, "scope sent twice in a refresh"));
  return worst_of(std::move(verdicts));
}

Verdict unknown_param(ServerTrial& trial) {
  const Params form =
      trial.good_redemption().twice("foo", "bar").twice("audience", "x").twice("x[]", "1");
  return expect_tokens(trial.token(form), "unknown parameters beside a good request");
}

Verdict grant_type(ServerTrial& trial) {
  std::vector<Verdict> verdicts;
  const Params form = trial.good_redemption();
  verdicts.push_back(expect_token_error(trial.token(form.without("grant_type")),
                                        {"invalid_request"}, "a missing grant_type"));
  for (const char* const type :
       {"something", "Authorization_Code", "urn:example:unknown", "authorization_code "}) {
    verdicts.push_back(
        expect_token_error(trial.token(trial.good_redemption().with("grant_type", type)),
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

constexpr std::array kServerTokenChecks{
    Check{.id = "server.token.method",
          .title = "Tokens are not given by GET",
          .clause = "RFC 6749 §3.2",
          .source = Source::judgement,
          .level = Level::must,
          .phase = Phase::server,
          .provokes = "a token request by GET, all parameters in the URL, and by PUT and PATCH; a "
                      "refresh by GET at each address that takes refreshes",
          .requires_ = "No token; 405 or 400 for GET, any 4xx or 501 for the others.",
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
          .provokes =
              "good parameters as JSON, as multipart/form-data, as text/plain; as a form with "
              "a charset",
          .requires_ = "400 invalid_request (or 415); tokens for the form.",
          .mend = "Look at Content-Type before the body, up to its first ';'.",
          .motive = "osin#94",
          .side = Side::server,
          .run_server = &content_type},
    Check{.id = "server.token.query-params-ignored",
          .title = "Parameters in the token endpoint's URL do not count",
          .clause = "RFC 6749 §2.3.1, §4.1.3",
          .level = Level::should,
          .phase = Phase::server,
          .provokes = "all parameters in the URL; one of them there, the others in the body; of a "
                      "refresh as well",
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
};

}  // namespace

std::span<const Check> server_token_checks() { return kServerTokenChecks; }

}  // namespace heygen::conformance
