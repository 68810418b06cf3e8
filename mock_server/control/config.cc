#include <nlohmann/json.hpp>

#include "mock_server/control/config_json.h"
#include "mock_server/control/handlers.h"
#include "mock_server/control/reply.h"

namespace heygen::mock::control {

wire::Response get_config(const Call& call) {
  return reply(200, render_config(call.sandbox->settings()->config, call.query.flag("reveal")));
}

// All of it or, when one key is wrong, nothing.
wire::Response patch_config(const Call& call) {
  const bool reveal = call.query.flag("reveal");
  JsonObject body{call.body};
  const ConfigPatch patch = read_config_patch(body);
  if (body.has("clients")) body.refuse("clients", "register them with PUT /_mock/clients/ID");
  if (body.has("faults")) body.refuse("faults", "arm them with POST /_mock/faults");
  if (body.has("sandboxes")) body.refuse("sandboxes", "make them with PUT /_mock/sandboxes/NAME");
  if (body.has("seed")) body.refuse("seed", "it is given at the start: PUT /_mock/sandboxes/NAME");
  body.finish();
  const std::lock_guard lock{call.changing};
  SandboxConfig config = apply(patch, call.sandbox->settings()->config);
  auto shown = render_config(config, reveal);
  call.sandbox->configure(std::move(config));
  return reply(200, shown);
}

}  // namespace heygen::mock::control
