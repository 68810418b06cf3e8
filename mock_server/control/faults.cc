#include "mock_server/faults/faults.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mock_server/control/handlers.h"
#include "mock_server/control/problem.h"
#include "mock_server/control/reply.h"
#include "mock_server/faults/parse.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock::control {
namespace {

wire::Response no_such_fault() {
  return to_response({404, "no such fault; GET /_mock/faults lists them", "id"});
}

std::vector<FaultState> list(const Call& call) {
  return call.sandbox->faults().list(call.sandbox->clock().now());
}

using Json = nlohmann::ordered_json;

Json shown(const FaultState& state) {
  Json out{{"id", state.id}};
  out.update(Json(render_fault_state(state)));
  return out;
}

// Arms all of them or, when that were too many, none: then nothing comes back.
std::optional<std::vector<FaultState>> arm(Sandbox& sandbox, std::vector<FaultRule> rules) {
  Faults& faults = sandbox.faults();
  const TimePoint now = sandbox.clock().now();
  const auto ids = faults.add(std::move(rules), now);
  if (!ids) return std::nullopt;
  auto states = faults.list(now);
  std::erase_if(states, [&](const FaultState& state) {
    return std::ranges::find(*ids, state.id) == ids->end();
  });
  return states;
}

}  // namespace

Json render_faults(const std::vector<FaultState>& states) {
  auto out = Json::array();
  for (const FaultState& state : states) out.push_back(shown(state));
  return out;
}

wire::Response too_many_faults() {
  return to_response({409, "at most " + std::to_string(Faults::kMostRules) +
                               " faults are armed at a time; nothing was changed: DELETE "
                               "/_mock/faults first"});
}

wire::Response list_faults(const Call& call) {
  return reply(200, {{"faults", render_faults(list(call))}});
}

wire::Response get_fault(const Call& call) {
  for (const FaultState& state : list(call)) {
    if (state.id == call.id) return reply(200, shown(state));
  }
  return no_such_fault();
}

// One rule, or several in an array: then all are armed, or none.
wire::Response add_faults(const Call& call) {
  std::vector<FaultRule> rules;
  if (call.body.is_array()) {
    if (call.body.empty()) throw BadInput{"", "write a fault, or an array of some"};
    for (std::size_t i = 0; i < call.body.size(); ++i) {
      rules.push_back(parse_fault(call.body[i], "[" + std::to_string(i) + "]"));
    }
  } else {
    rules.push_back(parse_fault(call.body));
  }
  const std::lock_guard lock{call.changing};
  const auto states = arm(*call.sandbox, std::move(rules));
  if (!states) return too_many_faults();
  std::string location = std::string{call.base} + "/_mock/faults";
  if (call.body.is_array()) {
    wire::Response response = reply(201, {{"faults", render_faults(*states)}});
    response.headers.add("Location", std::move(location));
    return response;
  }
  // Somebody else may have cleared them at this moment: then it has no state any more.
  if (states->empty()) return no_content();
  wire::Response response = reply(201, shown(states->front()));
  response.headers.add("Location", location + "/" + states->front().id);
  return response;
}

wire::Response delete_faults(const Call& call) {
  call.sandbox->faults().clear();
  return no_content();
}

wire::Response delete_fault(const Call& call) {
  return call.sandbox->faults().remove(call.id) ? no_content() : no_such_fault();
}

}  // namespace heygen::mock::control
