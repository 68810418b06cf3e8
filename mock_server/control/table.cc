#include "mock_server/control/table.h"

#include <algorithm>
#include <array>

#include "mock_server/control/handlers.h"

namespace heygen::mock::control {
namespace {

constexpr std::string_view kId = "{id}";

constexpr std::array kRoutes{
    Route{"GET", "", "", Body::none, About::server, "what this API can do", list_routes},
    Route{"GET", "health", "", Body::none, About::server, "liveness; open to all", get_health},
    Route{"GET", "metrics", "", Body::none, About::server, "counters and gauges for Prometheus",
          get_metrics},
    Route{"GET", "openapi.json", "", Body::none, About::server,
          "all of this, and the vendor's surface", get_openapi},
    Route{"GET", "schemas/{id}", "", Body::none, About::server, "a JSON Schema: scenario.json",
          get_schema},
    Route{"GET", "ui", "", Body::none, About::server, "the dashboard", redirect_to_ui},
    Route{"GET", "ui/", "", Body::none, About::server, "the dashboard", get_ui},
    Route{"GET", "ui/{id}", "", Body::none, About::server, "a file of it", get_ui_file},
    Route{"GET", "sandboxes", "", Body::none, About::server, "the worlds", list_sandboxes},
    Route{"GET", "sandboxes/{id}", "", Body::none, About::server, "one world", get_sandbox},
    Route{"PUT", "sandboxes/{id}", "", Body::json, About::server,
          "a fresh world of that name; with what it is to be made of", put_sandbox},
    Route{"DELETE", "sandboxes/{id}", "", Body::none, About::server,
          "end a world; the default one is made anew", delete_sandbox},
    Route{"POST", "reset", "", Body::none, About::sandbox,
          "drop codes, tokens, faults and journal; put the clock back", reset_sandbox},
    Route{"GET", "config", "reveal", Body::none, About::sandbox,
          "profile, approval, effective policies, users, API keys", get_config},
    Route{"PATCH", "config", "reveal", Body::json, About::sandbox, "change some of it",
          patch_config},
    Route{"GET", "clients", "", Body::none, About::sandbox, "the registered clients", list_clients},
    Route{"GET", "clients/{id}", "", Body::none, About::sandbox, "one client", get_client},
    Route{"PUT", "clients/{id}", "", Body::json, About::sandbox, "register or replace a client",
          put_client},
    Route{"DELETE", "clients/{id}", "", Body::none, About::sandbox, "forget a client",
          delete_client},
    Route{"GET", "clock", "", Body::none, About::sandbox, "the time", get_clock},
    Route{"POST", "clock", "", Body::json, About::sandbox, "advance, set, freeze or reset the time",
          move_clock},
    Route{"GET", "tokens", "reveal client_id user kind status", Body::none, About::sandbox,
          "the tokens with their lineage", list_tokens},
    Route{"POST", "tokens", "", Body::json, About::sandbox,
          "give a client a pair of tokens, without a browser", mint_tokens},
    Route{"POST", "tokens/expire-all", "client_id user kind", Body::none, About::sandbox,
          "end every live token, whatever expires_in said", expire_all_tokens},
    Route{"POST", "tokens/{id}/expire", "", Body::none, About::sandbox, "end one token",
          expire_token},
    Route{"POST", "tokens/{id}/revoke", "", Body::none, About::sandbox, "revoke one token",
          revoke_token},
    Route{"POST", "authorize", "", Body::json, About::sandbox,
          "a login with the user's decision, without a browser", authorize},
    Route{"GET", "faults", "", Body::none, About::sandbox, "the armed faults", list_faults},
    Route{"POST", "faults", "", Body::json, About::sandbox, "arm a fault, or an array of them",
          add_faults},
    Route{"DELETE", "faults", "", Body::none, About::sandbox, "disarm all faults", delete_faults},
    Route{"GET", "faults/{id}", "", Body::none, About::sandbox, "one fault", get_fault},
    Route{"DELETE", "faults/{id}", "", Body::none, About::sandbox, "disarm one fault",
          delete_fault},
    Route{"GET", "scenarios", "", Body::none, About::server, "the bugs that can be had by name",
          list_scenarios},
    Route{"POST", "scenarios", "", Body::json, About::sandbox,
          "put your own in force: a scenario file's JSON", play_own_scenario},
    Route{"GET", "scenarios/{id}", "", Body::none, About::server, "one of them, as its file",
          get_scenario},
    Route{"POST", "scenarios/{id}", "", Body::none, About::sandbox, "put one in force",
          play_scenario},
    Route{"GET", "journal", "after limit endpoint client_id outcome grant_type path", Body::none,
          About::sandbox, "what was asked and answered", list_journal},
    Route{"DELETE", "journal", "", Body::none, About::sandbox, "forget it", clear_journal},
    Route{"GET", "journal/{id}", "", Body::none, About::sandbox, "one exchange, by its seq",
          get_entry},
    Route{"GET", "journal/{id}/curl", "", Body::none, About::sandbox,
          "its request as a curl command", get_entry_as_curl},
    Route{"GET", "journal/{id}/scenario", "", Body::none, About::sandbox,
          "a scenario file that gives the same answer again", export_entry},
    Route{"POST", "verify", "", Body::json, About::sandbox,
          "was it asked as expected? 200, or 422 with the nearest misses", verify_journal},
    Route{"GET", "events", "after", Body::none, About::sandbox,
          "the journal live, as server-sent events", follow_journal},
};

// Both without a leading '/'. On a match, what stands at {id}.
std::optional<std::string_view> match_pattern(std::string_view pattern, std::string_view path) {
  const auto at = pattern.find(kId);
  if (at == std::string_view::npos) {
    return pattern == path ? std::optional<std::string_view>{""} : std::nullopt;
  }
  const auto tail = pattern.substr(at + kId.size());
  if (path.size() <= at + tail.size() || !path.starts_with(pattern.substr(0, at)) ||
      !path.ends_with(tail)) {
    return std::nullopt;
  }
  const auto id = path.substr(at, path.size() - at - tail.size());
  return id.find('/') == std::string_view::npos ? std::optional{id} : std::nullopt;
}

void append(std::string& list, std::string_view item) {
  list.append(list.empty() ? "" : ", ").append(item);
}

std::string_view first_word(std::string_view path) { return path.substr(0, path.find('/')); }

std::string patterns_where(const auto& wanted) {
  std::string list;
  std::string_view last;
  for (const Route& route : kRoutes) {
    if (route.pattern.empty() || route.pattern == last || !wanted(route)) continue;
    append(list, route.pattern);
    last = route.pattern;
  }
  return list;
}

}  // namespace

std::span<const Route> routes() noexcept { return kRoutes; }

Match match(std::string_view method, std::string_view path) {
  Match found;
  for (const Route& route : kRoutes) {
    const auto id = match_pattern(route.pattern, path);
    if (!id) continue;
    append(found.allowed, route.method);
    if (route.method == "GET") append(found.allowed, "HEAD");
    if (route.method != (method == "HEAD" ? "GET" : method)) continue;
    found.route = &route;
    found.id = *id;
  }
  return found;
}

std::string nearest_patterns(std::string_view path) {
  const auto word = first_word(path);
  auto near = patterns_where([&](const Route& route) { return first_word(route.pattern) == word; });
  return near.empty() ? patterns_where([](const Route&) { return true; }) : near;
}

}  // namespace heygen::mock::control
