#include <algorithm>
#include <nlohmann/json.hpp>

#include "mock_server/control/handlers.h"
#include "mock_server/control/problem.h"
#include "mock_server/control/reply.h"
#include "mock_server/core/context.h"
#include "mock_server/core/crypto.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/notation/timestamp.h"

namespace heygen::mock::control {
namespace {

nlohmann::ordered_json render_token(const TokenView& token, bool reveal) {
  nlohmann::ordered_json out{{"id", token.id},
                             {"kind", to_string(token.kind)},
                             {"client_id", token.client_id},
                             {"user", token.user},
                             {"scope", token.scope},
                             {"status", to_string(token.state)},
                             {"issued_at", format_timestamp(token.issued_at)},
                             {"expires_at", nullptr},  // never
                             {"parent", nullptr},      // given by hand
                             {"grant", token.grant}};
  if (token.expires_at != kNever) out["expires_at"] = format_timestamp(token.expires_at);
  if (!token.parent.empty()) out["parent"] = token.parent;
  if (reveal) out["value"] = token.value;
  return out;
}

// One of `choices`, if the parameter is there.
std::optional<std::string> choice(const Query& query, std::string_view name,
                                  std::initializer_list<std::string_view> choices) {
  auto value = query.text(name);
  if (!value || std::ranges::find(choices, *value) != choices.end()) return value;
  std::string mend = "write one of";
  for (const auto choice : choices) mend.append(" ").append(choice);
  throw BadInput{std::string{name}, mend};
}

std::chrono::seconds lifetime(JsonObject& body, std::string_view key, std::string_view policy_name,
                              std::chrono::seconds otherwise) {
  const auto given = body.integer(key);
  if (!given) return otherwise;
  Policy scratch;
  if (const auto mend = set_policy(scratch, policy_name, *given)) {
    body.refuse(key, "write a number of seconds: " + *mend);
  }
  return std::chrono::seconds{*given};
}

const User& find_user(const SandboxConfig& config, JsonObject& body) {
  const auto wanted = body.text("user");
  if (!wanted) return config.users.front();
  if (const User* const user = config.find_user(*wanted)) return *user;
  body.refuse("user", "no such user; GET /_mock/config lists them, by id and e-mail");
}

// What of the list a call is about.
struct Filter {
  explicit Filter(const Query& query)
      : client_id(query.text("client_id")),
        user(query.text("user")),
        kind(choice(query, "kind", {"access", "refresh"})),
        status(choice(query, "status", {"active", "expired", "revoked", "used"})) {}

  [[nodiscard]] bool takes(const TokenView& token) const {
    return (!client_id || *client_id == token.client_id) && (!user || *user == token.user) &&
           (!kind || *kind == to_string(token.kind)) &&
           (!status || *status == to_string(token.state));
  }

  std::optional<std::string> client_id;
  std::optional<std::string> user;  // id
  std::optional<std::string> kind;
  std::optional<std::string> status;
};

wire::Response after_change(const Call& call, bool found) {
  if (!found) {
    return to_response({404, "no such token; GET /_mock/tokens lists them by id", "id"});
  }
  const auto now = call.sandbox->clock().now();
  const auto token = call.sandbox->store().find_token_by_id(call.id, now);
  return token ? reply(200, render_token(*token, false)) : no_content();  // forgotten just now
}

}  // namespace

wire::Response list_tokens(const Call& call) {
  const bool reveal = call.query.flag("reveal");
  const Filter filter{call.query};
  auto list = nlohmann::ordered_json::array();
  for (const TokenView& token : call.sandbox->store().tokens(call.sandbox->clock().now())) {
    if (filter.takes(token)) list.push_back(render_token(token, reveal));
  }
  return reply(200, {{"tokens", std::move(list)}});
}

// The answer is the token endpoint's (RFC 6749 §5.1), and the ids, so that one can go on with
// tokens/ID/expire.
wire::Response mint_tokens(const Call& call) {
  Sandbox& sandbox = *call.sandbox;
  const auto settings = sandbox.settings();
  const Context context{
      sandbox.store(), sandbox.random(), sandbox.clock().now(), settings->policy, {}};
  JsonObject body{call.body};
  const auto client_id = body.text("client_id");
  if (!client_id) body.refuse("client_id", "write whose tokens they are to be");
  const auto client = find_client(context, *client_id);
  if (!client) body.refuse("client_id", "no such client; PUT /_mock/clients/ID registers one");
  const User& user = find_user(settings->config, body);
  const auto scope = body.text("scope").value_or("");
  Policy policy = policy_for(context, *client);
  policy.access_ttl = lifetime(body, "access_ttl_s", "access_ttl_s", policy.access_ttl);
  policy.refresh_ttl = lifetime(body, "refresh_ttl_s", "refresh_ttl_s", policy.refresh_ttl);
  body.finish();

  const TokenSet tokens = new_tokens(context, policy);
  const GrantId grant = sandbox.store().put_grant(client->id, user.id, scope, tokens);
  const auto expires_in =
      std::chrono::duration_cast<std::chrono::seconds>(tokens.access.expires_at - tokens.issued_at);
  return reply(200, {{"token_type", "Bearer"},
                     {"access_token", tokens.access.value},
                     {"expires_in", expires_in.count()},
                     {"refresh_token", tokens.refresh->value},
                     {"access_token_id", fingerprint(tokens.access.value)},
                     {"refresh_token_id", fingerprint(tokens.refresh->value)},
                     {"grant", grant}});
}

wire::Response expire_token(const Call& call) {
  Sandbox& sandbox = *call.sandbox;
  return after_change(call, sandbox.store().expire_by_id(call.id, sandbox.clock().now()));
}

wire::Response revoke_token(const Call& call) {
  return after_change(call, call.sandbox->store().revoke_by_id(call.id));
}

// Narrowed to ?kind=access it is what a test of refreshing wants: the refresh tokens live on.
wire::Response expire_all_tokens(const Call& call) {
  Store& store = call.sandbox->store();
  const TimePoint now = call.sandbox->clock().now();
  const Filter filter{call.query};
  if (!filter.client_id && !filter.user && !filter.kind) {
    return reply(200, {{"expired", store.expire_all(now)}});
  }
  std::size_t expired = 0;
  for (const TokenView& token : store.tokens(now)) {
    const bool ends = token.state == TokenState::active && filter.takes(token);
    if (ends && store.expire_by_id(token.id, now)) ++expired;
  }
  return reply(200, {{"expired", expired}});
}

}  // namespace heygen::mock::control
