#include "mock_server/faults/parse.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "mock_server/faults/parse_action.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

constexpr std::int64_t kMostCount = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view kRefreshGrant = "refresh_token";

void check_grant_type(const JsonObject& on, const FaultScope& scope) {
  if (!scope.endpoint || !scope.grant_type) return;
  const bool refresh_grant = *scope.grant_type == kRefreshGrant;
  if (*scope.endpoint == Endpoint::token) {
    if (refresh_grant) {
      on.refuse("grant_type", "write the endpoint \"refresh\": it is this grant at either route");
    }
  } else if (*scope.endpoint == Endpoint::refresh) {
    if (!refresh_grant) {
      on.refuse("grant_type", "write the endpoint \"token\": \"refresh\" has no other grant");
    }
  } else {
    on.refuse("grant_type", "leave it out: only \"token\", \"refresh\" and \"any\" have one");
  }
}

FaultScope parse_scope(JsonObject on) {
  FaultScope scope;
  if (const auto name = on.text("endpoint"); name && *name != "any") {
    scope.endpoint = parse_endpoint(*name);
    if (!scope.endpoint || scope.endpoint == Endpoint::none ||
        scope.endpoint == Endpoint::webhook) {
      on.refuse("endpoint",
                "write one of \"token\", \"refresh\", \"authorize\", \"revoke\", \"device\", "
                "\"api\", \"metadata\", \"registration\", \"any\"");
    }
  }
  scope.grant_type = on.text("grant_type");
  scope.client_id = on.text("client_id");
  scope.path = on.text("path");
  if (scope.path) {
    if (scope.path->starts_with("/_mock")) on.refuse("path", "the control API has no faults");
    if (!scope.path->starts_with('/') && *scope.path != "*") {
      on.refuse("path", "write a path such as \"/v1/user/me\" or \"/v3/*\"");
    }
    if (scope.path->find_first_of("?#") != std::string::npos) {
      on.refuse("path", "write the path alone, without a query");
    }
  }
  check_grant_type(on, scope);
  on.finish();
  return scope;
}

FaultWhen parse_probability(JsonObject& when, double p) {
  if (!(p >= 0 && p <= 1)) when.refuse("probability", "write a number from 0 to 1");
  const auto seed = when.integer("seed", 0, kMostCount).value_or(0);
  return FaultProbability{p, static_cast<std::uint64_t>(seed)};
}

FaultWhen parse_when(JsonObject when, const std::string& path) {
  const auto count = [&](std::string_view key, std::int64_t least) {
    const auto n = when.integer(key, least, kMostCount);
    return n ? std::optional{static_cast<std::uint64_t>(*n)} : std::nullopt;
  };
  FaultWhen out;
  int given = 0;
  if (const auto n = count("nth", 1)) out = FaultNth{*n}, ++given;
  if (const auto n = count("first", 1)) out = FaultFirst{*n}, ++given;
  if (const auto n = count("every", 1)) out = FaultEvery{*n}, ++given;
  if (const auto n = count("after", 0)) out = FaultAfter{*n}, ++given;
  if (const auto p = when.number("probability")) out = parse_probability(when, *p), ++given;
  when.finish();
  if (given > 1) throw BadInput{path, "write one of nth, first, every, after, probability"};
  return out;
}

void check_redirect(const JsonObject& rule, const FaultRule& parsed) {
  if (!tampers(parsed.action.redirect) || !parsed.on.endpoint) return;
  if (*parsed.on.endpoint == Endpoint::authorize) return;
  rule.refuse("do.redirect",
              "it edits the authorization response: write the endpoint \"authorize\", or "
              "`location` to send a request elsewhere");
}

}  // namespace

FaultRule parse_fault(const nlohmann::json& json, const std::string& path) {
  JsonObject object{json, path};
  FaultRule rule;
  if (auto on = object.object("on")) rule.on = parse_scope(std::move(*on));
  if (auto when = object.object("when")) {
    rule.when = parse_when(std::move(*when), object.path_of("when"));
  }
  if (const auto times = object.integer("times", 1, kMostCount)) {
    rule.times = static_cast<std::uint64_t>(*times);
  }
  rule.expires_after = object.duration("expires_after");
  if (rule.expires_after && rule.expires_after->count() == 0) {
    object.refuse("expires_after", "write a duration longer than nothing");
  }
  auto action = object.object("do");
  if (!action) object.refuse("do", "say what is done, such as {\"status\":503}");
  rule.action = parse_action(std::move(*action), object.path_of("do"));
  object.finish();
  check_redirect(object, rule);
  return rule;
}

}  // namespace heygen::mock
