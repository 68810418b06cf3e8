// A login without a browser: the authorize request as JSON, and the user's decision with it. The
// same rules decide as on the vendor's surface; faults do not act on it, since it is no request of
// the client's.
#include "mock_server/core/authorize.h"

#include <array>
#include <nlohmann/json.hpp>

#include "mock_server/control/handlers.h"
#include "mock_server/control/problem.h"
#include "mock_server/control/reply.h"
#include "mock_server/core/crypto.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock::control {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 7> kParameters{
    "response_type", "client_id",      "redirect_uri",         "state",
    "scope",         "code_challenge", "code_challenge_method"};

struct Asked {
  AuthorizeParams params;
  std::vector<wire::Form::Field> fields;  // as the browser would have sent them
  bool deny = false;
  std::string user;  // id
};

Asked read_request(const Call& call, const SandboxConfig& config) {
  JsonObject body{call.body};
  Asked asked;
  std::array<std::optional<std::string>, kParameters.size()> values;
  for (std::size_t i = 0; i < kParameters.size(); ++i) {
    auto value = body.text(kParameters.at(i));
    if (!value && i == 0) value = "code";
    if (value) asked.fields.emplace_back(kParameters.at(i), *value);
    // An empty parameter counts as one left out (RFC 6749 §3.1).
    if (value && !value->empty()) values.at(i) = std::move(value);
  }
  auto& [response_type, client_id, redirect_uri, state, scope, challenge, method] = values;
  asked.params = {std::move(response_type), std::move(client_id), std::move(redirect_uri),
                  std::move(state),         std::move(scope),     std::move(challenge),
                  std::move(method)};
  asked.deny = body.choice("decision", {"approve", "deny"}) == 1;
  const auto user = body.text("user");
  const User* const found = user ? config.find_user(*user) : &config.users.front();
  if (found == nullptr) {
    body.refuse("user", "no such user; GET /_mock/config lists them, by id and e-mail");
  }
  asked.user = found->id;
  body.finish();
  return asked;
}

// The exchange as the browser would have had it.
Entry begin_entry(const Call& call, const Asked& asked, TimePoint now) {
  Entry entry;
  entry.time = now;
  entry.wall = call.sandbox->wall().now();
  entry.endpoint = Endpoint::authorize;
  entry.client_id = asked.params.client_id.value_or("");
  entry.request.method = "GET";
  entry.request.target = "/oauth/authorize?" + wire::form_encode(asked.fields);
  entry.request.headers.add("Host", std::string{call.request.headers.get("Host")});
  entry.request.peer = call.request.peer;
  entry.request.scheme = call.request.scheme;
  entry.why = "asked and decided through POST /_mock/authorize";
  return entry;
}

void redirect(Entry& entry, const std::string& location) {
  entry.response.status = 302;
  entry.response.headers.add("Location", location);
}

void refuse(Entry& entry, const OAuthError& error) {
  entry.outcome = error.code;
  entry.why += error.why.empty() ? "" : ": " + error.why;
}

void record(const Call& call, Entry entry) {
  if (call.options.record) {
    call.options.record(*call.sandbox, std::move(entry));
  } else {
    call.sandbox->journal().record(std::move(entry));
  }
}

Json or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

std::string key_at_fault(ErrorId id) {
  switch (id) {
    case ErrorId::authorize_client_unknown:
      return "client_id";
    case ErrorId::authorize_redirect_unregistered:
    case ErrorId::authorize_redirect_missing:
      return "redirect_uri";
    default:
      return "response_type";
  }
}

// Refused without a redirect, RFC 6749 §4.1.2.1. The one who calls here tests the client: told why.
wire::Response answer_refused(const Call& call, Entry entry, const OAuthError& error) {
  Problem problem{400, error.why, key_at_fault(error.id), {{"error", std::string{error.code}}}, {}};
  Json body{{"error", error.code}};
  if (!error.description.empty()) {
    problem.members.emplace_back("error_description", error.description);
    body["error_description"] = error.description;
  }
  refuse(entry, error);
  entry.response.status = error.status;
  entry.response.headers.add("Content-Type", "application/json");
  entry.response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  record(call, std::move(entry));
  return to_response(problem);
}

wire::Response answer_redirect(const Call& call, Entry entry, const AuthorizeRedirect& failed,
                               const std::optional<std::string>& state) {
  refuse(entry, failed.error);
  redirect(entry, failed.location);
  record(call, std::move(entry));
  Json body{{"redirect_to", failed.location}, {"error", failed.error.code}};
  if (!failed.error.description.empty()) body["error_description"] = failed.error.description;
  body["state"] = or_null(state);
  return reply(200, body);
}

}  // namespace

wire::Response authorize(const Call& call) {
  Sandbox& sandbox = *call.sandbox;
  const auto settings = sandbox.settings();
  const Asked asked = read_request(call, settings->config);
  const std::string issuer =
      settings->config.issuer.empty() ? std::string{call.base} : settings->config.issuer;
  const Context context{sandbox.store(), sandbox.random(), sandbox.clock().now(), settings->policy,
                        issuer};
  Entry entry = begin_entry(call, asked, context.now);

  const AuthorizeOutcome outcome = check_authorize(context, asked.params);
  if (const auto* const refused = std::get_if<AuthorizeRefused>(&outcome)) {
    return answer_refused(call, std::move(entry), refused->error);
  }
  if (const auto* const failed = std::get_if<AuthorizeRedirect>(&outcome)) {
    return answer_redirect(call, std::move(entry), *failed, asked.params.state);
  }
  const auto& request = std::get<AuthorizeRequest>(outcome);
  if (asked.deny) {
    return answer_redirect(call, std::move(entry), deny(context, request), request.state);
  }
  const Approved approved = approve(context, request, asked.user);
  redirect(entry, approved.location);
  entry.outcome = "ok";
  entry.tokens_issued.push_back(fingerprint(approved.code));
  record(call, std::move(entry));
  return reply(200, {{"redirect_to", approved.location},
                     {"code", approved.code},
                     {"state", or_null(request.state)}});
}

}  // namespace heygen::mock::control
