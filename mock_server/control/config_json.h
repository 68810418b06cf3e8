// What a sandbox is told, as JSON: the one reader behind PATCH config, PUT sandboxes/NAME and the
// file of --config.
//
//   {"profile":"strict", "approve":"ask", "policies":{"rotation":"reuse"},
//    "users":[{"email":"jane@example.com","id"?,"first_name"?,"last_name"?}], "api_keys":["…"],
//    "clients":[{"id":"app","redirect_uris":["…"],"secret"?,"policies"?}], "faults":[…], "seed":7,
//    "sandboxes":[{"name":"t1", …any of the above…}]}
//
// Every key may be left out. PATCH config takes the first two lines, PUT sandboxes/NAME the first
// three, a file all of it. Every function throws BadInput with the key at fault.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mock_server/control/policy_json.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/sandbox/sandbox.h"

namespace heygen::mock {

// What is absent stays as it was.
struct ConfigPatch {
  std::optional<Profile> profile;
  std::optional<Approve> approve;
  PolicyChanges policies;
  std::optional<std::vector<User>> users;
  std::optional<std::vector<std::string>> api_keys;
};

struct SandboxPatch {
  ConfigPatch config;
  std::optional<std::vector<Client>> clients;  // in place of those that were there
  std::optional<std::vector<FaultRule>> faults;
  std::optional<std::uint64_t> seed;
};

struct NamedSandbox {
  std::string name;
  SandboxPatch patch;  // onto the blueprint that the file's other keys and the flags make
};

struct ConfigFile {
  SandboxConfig config = SandboxConfig::defaults();  // with what the file says on top
  std::optional<std::vector<Client>> clients;        // absent: the built-in ones
  std::vector<FaultRule> faults;
  std::optional<std::uint64_t> seed;
  std::vector<NamedSandbox> sandboxes;
};

// These leave finish() to the caller, who may know more keys.
ConfigPatch read_config_patch(JsonObject& object);
SandboxPatch read_sandbox_patch(JsonObject& object);

ConfigFile read_config_file(const nlohmann::json& json);

SandboxConfig apply(const ConfigPatch& patch, SandboxConfig config);
SandboxBlueprint apply(const SandboxPatch& patch, SandboxBlueprint blueprint);

// Effective policies, each with where it comes from: "profile" or "override". API keys are shown as
// fingerprints unless `reveal`.
nlohmann::ordered_json render_config(const SandboxConfig& config, bool reveal);

}  // namespace heygen::mock
