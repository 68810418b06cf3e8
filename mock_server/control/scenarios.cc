#include <algorithm>
#include <nlohmann/json.hpp>

#include "mock_server/control/handlers.h"
#include "mock_server/control/problem.h"
#include "mock_server/control/reply.h"
#include "mock_server/faults/scenario.h"

namespace heygen::mock::control {
namespace {

wire::Response no_such_scenario() {
  return to_response({404, "no such scenario; GET /_mock/scenarios lists them", "id"});
}

// Would the clock take it?
bool fits(const ScenarioClock& change, TimePoint now) {
  return !change.advance ||
         (*change.advance <= kLatest - now && *change.advance >= kEarliest - now);
}

// All of it or nothing. A reset takes back its faults and its clock; clients and policies stay, as
// everything that was configured does.
wire::Response play(const Call& call, const Scenario& scenario) {
  Sandbox& sandbox = *call.sandbox;
  const std::lock_guard lock{call.changing};
  const TimePoint now = sandbox.clock().now();
  const auto before = sandbox.faults().list(now);
  if (before.size() + scenario.faults.size() > Faults::kMostRules) return too_many_faults();
  if (scenario.clock && !fits(*scenario.clock, now)) {
    return to_response({409,
                        "its clock would leave the years 1 to 9999: POST /_mock/clock with "
                        "{\"reset\":true} first",
                        "clock.advance"});
  }
  sandbox.play(scenario);
  auto added = sandbox.faults().list(sandbox.clock().now());
  std::erase_if(added, [&](const FaultState& state) {
    return std::ranges::find(before, state.id, &FaultState::id) != before.end();
  });
  return reply(200, {{"summary", scenario.summary},
                     {"description", scenario.description},
                     {"faults", render_faults(added)}});
}

}  // namespace

wire::Response list_scenarios(const Call&) {
  auto list = nlohmann::ordered_json::array();
  for (const EmbeddedScenario& scenario : built_in_scenarios()) {
    list.push_back({{"name", scenario.name}, {"summary", scenario.summary}});
  }
  return reply(200, {{"scenarios", std::move(list)}});
}

// The file as it is, to read or to make another of.
wire::Response get_scenario(const Call& call) {
  for (const EmbeddedScenario& scenario : built_in_scenarios()) {
    if (scenario.name == call.id) {
      return reply(200, nlohmann::ordered_json::parse(scenario.text));
    }
  }
  return no_such_scenario();
}

wire::Response play_scenario(const Call& call) {
  const auto scenario = find_scenario(call.id);
  return scenario ? play(call, *scenario) : no_such_scenario();
}

wire::Response play_own_scenario(const Call& call) { return play(call, parse_scenario(call.body)); }

}  // namespace heygen::mock::control
