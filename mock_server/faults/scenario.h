// A scenario: one file that puts a sandbox into the state in which a bug shows.
//
//   {"summary":"one line: the bug it reproduces", "description"?:"how to see it, what a sound
//   client
//    does", "clients"?:[{"id","redirect_uris","secret"?,"policies"?}], "policies"?:{…},
//    "approve"?:"auto|ask|deny", "clock"?:{"advance":"10d"}|{"set":"…"}|{"freeze":true},
//    "faults"?:[…]}
//
// Those of fixtures/scenarios/ are compiled in, so that a program needs no files to run. "$schema"
// is taken and ignored: it is for editors.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/core/clock.h"
#include "mock_server/core/types.h"
#include "mock_server/faults/rule.h"

namespace heygen::mock {

// What POST clock takes, but for the reset: one of these.
struct ScenarioClock {
  std::optional<std::chrono::milliseconds> advance;  // negative: back
  std::optional<TimePoint> set;
  std::optional<bool> freeze;
};

struct Scenario {
  std::string summary;
  std::string description;
  std::vector<Client> clients;         // beside those that are registered
  PolicyOverrides policies;            // on top of those in force
  std::optional<std::string> approve;  // "auto", "ask" or "deny"
  std::optional<ScenarioClock> clock;
  std::vector<FaultRule> faults;
};

// Throws BadInput with the key at fault.
Scenario parse_scenario(const nlohmann::json& json);

struct EmbeddedScenario {
  std::string_view name;  // the file's, without ".json"
  std::string_view summary;
  std::string_view text;  // the file, byte for byte
};
// By name. Thread-safe, like the two below.
std::span<const EmbeddedScenario> built_in_scenarios() noexcept;

// A built-in one, parsed; nothing when there is none of that name.
std::optional<Scenario> find_scenario(std::string_view name);

// Throws BadInput; its key begins with the path.
Scenario load_scenario_file(const std::string& path);

}  // namespace heygen::mock
