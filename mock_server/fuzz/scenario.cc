// Scenario files: taken, or refused with a reason; what was taken can be put in force.
#include "mock_server/faults/scenario.h"

#include <nlohmann/json.hpp>

#include "mock_server/core/redirect_uri.h"
#include "mock_server/faults/parse.h"
#include "mock_server/notation/json_object.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {

using namespace mock;

void run(std::string_view input) {
  try {
    const Scenario scenario = parse_scenario(parse_json(input));
    require(!scenario.summary.empty(), "a scenario says what it is for");
    Policy policy;
    for (const auto& [name, value] : scenario.policies) {
      require(!set_policy(policy, name, value), "its policies can be set");
    }
    for (const Client& client : scenario.clients) {
      require(!client.id.empty(), "a client has a name");
      for (const auto& uri : client.redirect_uris) {
        require(check_registrable(uri).empty(), "its redirect URIs may be registered");
      }
    }
    for (const FaultRule& rule : scenario.faults) {
      const auto written = render_fault(rule);
      require(render_fault(parse_fault(written)) == written, "its faults are written as read");
    }
  } catch (const BadInput& refused) {
    require(!std::string_view{refused.what()}.empty(), "a refusal says why");
  }
}

}  // namespace heygen::fuzz
