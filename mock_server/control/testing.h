// A server's worth of sandboxes and the control API in front of them, for tests: calls are values,
// time is set by hand.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "mock_server/control/control.h"
#include "mock_server/core/clock.h"
#include "mock_server/sandbox/registry.h"

namespace heygen::mock::control {

class ManualClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return time; }
  TimePoint time{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + std::chrono::hours{4}};
};

struct TestBed {
  explicit TestBed(ControlOptions options = {}, SandboxBlueprint blueprint = seeded());

  // `target` begins below /_mock: "/clock?x=1". A body is sent as application/json.
  wire::Response call(std::string_view method, std::string_view target, std::string body = "");
  // The same in sandbox `name`, as /s/NAME/_mock/… .
  wire::Response call_in(std::string_view name, std::string_view method, std::string_view target,
                         std::string body = "");
  // A request as it stands.
  wire::Response send(const wire::Request& request, std::string_view name = kDefaultSandbox);

  Sandbox& box(std::string_view name = kDefaultSandbox) { return *registry.find(name); }

  static SandboxBlueprint seeded();

  ManualClock wall;
  Registry registry;
  Control control;
};

// What curl on this machine would send.
wire::Request request_of(std::string_view method, std::string_view target, std::string body = "");

// Fails the test, and is null, when the body is no JSON.
nlohmann::json json_of(const wire::Response& response);
// "400 policies.pkce: unknown policy …", so that a test reads a refusal at a glance.
std::string problem_of(const wire::Response& response);

}  // namespace heygen::mock::control
