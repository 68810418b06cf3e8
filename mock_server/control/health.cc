#include <nlohmann/json.hpp>

#include "mock_server/control/handlers.h"
#include "mock_server/control/reply.h"
#include "mock_server/control/table.h"

namespace heygen::mock::control {

wire::Response list_routes(const Call& call) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Route& route : routes()) {
    list.push_back({{"method", route.method},
                    {"url", std::string{call.base} + "/_mock/" + std::string{route.pattern}},
                    {"does", route.summary}});
  }
  return reply(200, {{"calls", std::move(list)}});
}

// Open to all: what stands here tells a stranger nothing but that a mock runs.
wire::Response get_health(const Call& call) {
  nlohmann::ordered_json body{{"status", "ok"}};
  if (!call.options.version.empty()) body["version"] = call.options.version;
  return reply(200, body);
}

}  // namespace heygen::mock::control
