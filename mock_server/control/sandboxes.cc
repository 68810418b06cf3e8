#include <nlohmann/json.hpp>

#include "mock_server/control/config_json.h"
#include "mock_server/control/handlers.h"
#include "mock_server/control/problem.h"
#include "mock_server/control/reply.h"

namespace heygen::mock::control {
namespace {

nlohmann::ordered_json render_sandbox(const Call& call, Sandbox& sandbox) {
  const auto settings = sandbox.settings();
  const TimePoint now = sandbox.clock().now();
  return {{"name", sandbox.name()},
          {"url", url_of(call, sandbox.name())},
          {"profile", to_string(settings->config.profile)},
          {"clock", render_clock(sandbox.clock())},
          {"clients", sandbox.store().clients().size()},
          {"tokens", sandbox.store().count_tokens(now).kept},
          {"faults", sandbox.faults().list(now).size()},
          {"last_seq", sandbox.journal().last_seq()}};
}

wire::Response no_such_sandbox() {
  return to_response({404, "no such sandbox: PUT /_mock/sandboxes/NAME makes one", "id"});
}

}  // namespace

std::string url_of(const Call& call, std::string_view name) {
  // `base` leads to the sandbox of this call, by path or by host: what led there is taken off.
  std::string root{call.base};
  const std::string by_path = "/s/" + std::string{call.sandbox_name};
  const std::string by_host = "://" + std::string{call.sandbox_name} + ".";
  const auto host = root.find(by_host);
  if (root.ends_with(by_path)) {
    root.resize(root.size() - by_path.size());
  } else if (call.sandbox_name != kDefaultSandbox && host != std::string::npos) {
    root.replace(host, by_host.size(), "://");
  }
  return name == kDefaultSandbox ? root : root + "/s/" + std::string{name};
}

wire::Response list_sandboxes(const Call& call) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& sandbox : call.registry.all()) list.push_back(render_sandbox(call, *sandbox));
  return reply(200, {{"sandboxes", std::move(list)}});
}

wire::Response get_sandbox(const Call& call) {
  const auto sandbox = call.registry.find(call.id);
  return sandbox ? reply(200, render_sandbox(call, *sandbox)) : no_such_sandbox();
}

// As PUT means: whatever was there gives way to what is described here. So a test that begins with
// it begins in a fresh world, however its predecessor ended.
wire::Response put_sandbox(const Call& call) {
  if (!is_sandbox_name(call.id)) {
    return to_response({400, "a sandbox's name is [a-z0-9-]{1,64}", "id"});
  }
  JsonObject body{call.body};
  const SandboxPatch patch = read_sandbox_patch(body);
  body.finish();
  const bool known = call.registry.find(call.id) != nullptr;
  const auto sandbox = call.registry.create(call.id, apply(patch, call.registry.blueprint()));
  if (!sandbox) {
    return to_response({409, "there are " + std::to_string(Registry::kMostSandboxes) +
                                 " sandboxes, and no more: DELETE /_mock/sandboxes/NAME"});
  }
  wire::Response response = reply(known ? 200 : 201, render_sandbox(call, *sandbox));
  response.headers.add("Location", url_of(call, call.id));
  return response;
}

wire::Response delete_sandbox(const Call& call) {
  return call.registry.remove(call.id) ? no_content() : no_such_sandbox();
}

wire::Response reset_sandbox(const Call& call) {
  call.sandbox->reset();
  return reply(200, render_sandbox(call, *call.sandbox));
}

}  // namespace heygen::mock::control
