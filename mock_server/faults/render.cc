// The way back of parse.h.
#include <nlohmann/json.hpp>

#include "mock_server/faults/parse.h"
#include "mock_server/faults/parse_action.h"
#include "mock_server/notation/duration.h"
#include "mock_server/notation/timestamp.h"

namespace heygen::mock {
namespace {

using nlohmann::json;

struct RenderWhen {
  json operator()(const FaultAlways&) const { return json::object(); }
  json operator()(const FaultNth& when) const { return {{"nth", when.n}}; }
  json operator()(const FaultFirst& when) const { return {{"first", when.n}}; }
  json operator()(const FaultEvery& when) const { return {{"every", when.n}}; }
  json operator()(const FaultAfter& when) const { return {{"after", when.n}}; }
  json operator()(const FaultProbability& when) const {
    return {{"probability", when.p}, {"seed", when.seed}};
  }
};

json render_scope(const FaultScope& scope) {
  json out = json::object();
  out["endpoint"] = scope.endpoint ? to_string(*scope.endpoint) : "any";
  if (scope.grant_type) out["grant_type"] = *scope.grant_type;
  if (scope.client_id) out["client_id"] = *scope.client_id;
  if (scope.path) out["path"] = *scope.path;
  return out;
}

std::string_view name_of(FaultConnection connection) {
  switch (connection) {
    case FaultConnection::reset:
      return "reset";
    case FaultConnection::close:
      return "close";
    case FaultConnection::empty:
      return "empty";
    case FaultConnection::truncate:
      return "truncate";
  }
  return "";
}

std::string_view name_of(FaultBody body) {
  switch (body) {
    case FaultBody::json:
      return "json";
    case FaultBody::html:
      return "html";
    case FaultBody::empty_object:
      return "empty-object";
  }
  return "";
}

json render_texts(const std::vector<std::pair<std::string, std::string>>& members) {
  json out = json::object();
  for (const auto& [name, value] : members) out[name] = value;
  return out;
}

// Seconds as a duration; a date as it is.
std::string render_retry_after(const std::string& value) {
  if (value.empty() || value.size() > 10 ||
      value.find_first_not_of("0123456789") != std::string::npos) {
    return value;
  }
  return format_duration(std::chrono::seconds{std::stoll(value)});
}

// What `patch` would bring back as the same text stands there, all else in `patch_text`.
void render_patch(const JsonPatch& patch, json& out) {
  for (const auto& [name, text] : patch) {
    if (!text) {
      out["patch"][name] = nullptr;
      continue;
    }
    auto value = json::parse(*text, nullptr, false);
    const bool same = !value.is_discarded() && !value.is_null() && value.dump() == *text;
    if (same) {
      out["patch"][name] = std::move(value);
    } else {
      out["patch_text"][name] = *text;
    }
  }
}

json render_redirect(const RedirectTampering& redirect) {
  json out = json::object();
  if (!redirect.drop.empty()) out["drop"] = redirect.drop;
  if (!redirect.set.empty()) out["set"] = render_texts(redirect.set);
  if (!redirect.flip.empty()) out["flip"] = redirect.flip;
  if (!redirect.duplicate.empty()) out["duplicate"] = redirect.duplicate;
  if (redirect.fragment) out["fragment"] = true;
  return out;
}

}  // namespace

json render_action(const FaultAction& action) {
  json out = json::object();
  out["stage"] = action.stage == FaultStage::before ? "before" : "after_commit";
  if (action.delay.count() != 0) out["delay"] = format_duration(action.delay);
  if (action.jitter.count() != 0) out["jitter"] = format_duration(action.jitter);
  if (action.status) out["status"] = *action.status;
  if (action.oauth_error) out["oauth_error"] = *action.oauth_error;
  if (action.description) out["description"] = *action.description;
  if (!action.headers.empty()) out["headers"] = render_texts(action.headers);
  if (action.body) out["body"] = *action.body;
  if (action.content_type) out["content_type"] = *action.content_type;
  if (action.retry_after) out["retry_after"] = render_retry_after(*action.retry_after);
  if (action.dribble) {
    out["dribble"] = {{"bytes", action.dribble->bytes},
                      {"every", format_duration(action.dribble->every)}};
  }
  if (action.connection) out["connection"] = name_of(*action.connection);
  if (action.malformed) out["malformed"] = name_of(*action.malformed);
  if (action.location) out["location"] = *action.location;
  render_patch(action.patch, out);
  if (action.echo_secrets) out["echo_secrets"] = true;
  if (action.endless_bytes != 0) out["endless"] = action.endless_bytes;
  if (tampers(action.redirect)) out["redirect"] = render_redirect(action.redirect);
  if (action.barrier) {
    out["barrier"] = {{"parties", action.barrier->parties},
                      {"timeout", format_duration(action.barrier->timeout)}};
  }
  return out;
}

json render_fault(const FaultRule& rule) {
  json out = json::object();
  out["on"] = render_scope(rule.on);
  out["when"] = std::visit(RenderWhen{}, rule.when);
  if (rule.times) out["times"] = *rule.times;
  if (rule.expires_after) out["expires_after"] = format_duration(*rule.expires_after);
  out["do"] = render_action(rule.action);
  return out;
}

json render_fault_state(const FaultState& state) {
  json out = render_fault(*state.rule);
  out["id"] = state.id;
  out["matched"] = state.matched;
  out["fired"] = state.fired;
  out["remaining"] = state.remaining ? json(*state.remaining) : json(nullptr);
  out["expires_at"] = state.expires_at ? json(format_timestamp(*state.expires_at)) : json(nullptr);
  out["expired"] = state.expired;
  return out;
}

}  // namespace heygen::mock
