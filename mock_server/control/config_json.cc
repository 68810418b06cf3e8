#include "mock_server/control/config_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mock_server/control/client_json.h"
#include "mock_server/core/crypto.h"
#include "mock_server/faults/parse.h"
#include "mock_server/sandbox/registry.h"

namespace heygen::mock {
namespace {

// What stands in a header must be able to.
bool is_visible_ascii(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

// 32 hex digits, as the vendor's; from the e-mail, so that it is the same every time.
std::string id_from(std::string_view email) { return hex(sha256(email)).substr(0, 32); }

User read_user(const nlohmann::json& json, const std::string& path) {
  JsonObject object{json, path};
  User user;
  user.email = object.text("email").value_or("");
  if (user.email.empty()) object.refuse("email", "write the user's e-mail address");
  user.id = object.text("id").value_or(id_from(user.email));
  if (!is_visible_ascii(user.id)) object.refuse("id", "write visible ASCII, or leave it out");
  user.first_name = object.text("first_name").value_or("");
  user.last_name = object.text("last_name").value_or("");
  object.finish();
  return user;
}

std::optional<std::vector<User>> read_users(JsonObject& object) {
  if (!object.has("users")) return std::nullopt;
  std::vector<User> users;
  object.each("users", [&](const nlohmann::json& item, const std::string& path) {
    User user = read_user(item, path);
    for (const User& other : users) {
      if (other.email == user.email)
        throw BadInput{path + ".email", "each user has another e-mail"};
      if (other.id == user.id) throw BadInput{path + ".id", "each user has another id"};
    }
    users.push_back(std::move(user));
  });
  if (users.empty()) object.refuse("users", "name one at least: somebody has to log in");
  return users;
}

std::optional<std::vector<std::string>> read_api_keys(JsonObject& object) {
  auto keys = object.texts("api_keys");
  if (!keys) return keys;
  for (std::size_t i = 0; i < keys->size(); ++i) {
    if (!is_visible_ascii((*keys)[i])) {
      object.refuse("api_keys[" + std::to_string(i) + "]",
                    "write visible ASCII: it is sent in the header X-API-KEY");
    }
  }
  return keys;
}

std::optional<std::vector<FaultRule>> read_faults(JsonObject& object) {
  if (!object.has("faults")) return std::nullopt;
  std::vector<FaultRule> faults;
  object.each("faults", [&](const nlohmann::json& item, const std::string& path) {
    faults.push_back(parse_fault(item, path));
  });
  if (faults.size() > Faults::kMostRules) {
    object.refuse("faults", "write " + std::to_string(Faults::kMostRules) + " at the most");
  }
  return faults;
}

std::optional<std::uint64_t> read_seed(JsonObject& object) {
  const auto* const seed = object.member("seed");
  if (seed == nullptr) return std::nullopt;
  if (!seed->is_number_unsigned()) object.refuse("seed", "write a number from 0 to 2^64-1");
  return seed->get<std::uint64_t>();
}

NamedSandbox read_named_sandbox(const nlohmann::json& item, const std::string& path) {
  JsonObject object{item, path};
  NamedSandbox named;
  named.name = object.text("name").value_or("");
  if (!is_sandbox_name(named.name)) object.refuse("name", "a sandbox's name is [a-z0-9-]{1,64}");
  named.patch = read_sandbox_patch(object);
  object.finish();
  return named;
}

}  // namespace

ConfigPatch read_config_patch(JsonObject& object) {
  constexpr std::array kProfiles{Profile::heygen, Profile::strict, Profile::lenient};
  constexpr std::array kApproves{Approve::automatic, Approve::ask, Approve::deny};
  ConfigPatch patch;
  if (const auto i = object.choice("profile", {"heygen", "strict", "lenient"})) {
    patch.profile = kProfiles.at(*i);
  }
  if (const auto i = object.choice("approve", {"auto", "ask", "deny"})) {
    patch.approve = kApproves.at(*i);
  }
  patch.policies = read_policy_changes(object);
  patch.users = read_users(object);
  patch.api_keys = read_api_keys(object);
  return patch;
}

SandboxPatch read_sandbox_patch(JsonObject& object) {
  SandboxPatch patch;
  patch.config = read_config_patch(object);
  if (object.has("clients")) patch.clients = read_clients(object);
  patch.faults = read_faults(object);
  patch.seed = read_seed(object);
  return patch;
}

ConfigFile read_config_file(const nlohmann::json& json) {
  JsonObject object{json};
  ConfigFile file;
  (void)object.text("$schema");  // for editors
  SandboxPatch patch = read_sandbox_patch(object);
  file.config = apply(patch.config, std::move(file.config));
  file.clients = std::move(patch.clients);
  if (patch.faults) file.faults = std::move(*patch.faults);
  file.seed = patch.seed;
  object.each("sandboxes", [&](const nlohmann::json& item, const std::string& path) {
    file.sandboxes.push_back(read_named_sandbox(item, path));
    const std::string& name = file.sandboxes.back().name;
    const auto count = std::ranges::count(file.sandboxes, name, &NamedSandbox::name);
    if (count > 1) throw BadInput{path + ".name", "this sandbox stands here already"};
  });
  object.finish();
  return file;
}

SandboxConfig apply(const ConfigPatch& patch, SandboxConfig config) {
  if (patch.profile) config.profile = *patch.profile;
  if (patch.approve) config.approve = *patch.approve;
  config.overrides = apply(patch.policies, std::move(config.overrides));
  if (patch.users) config.users = *patch.users;
  if (patch.api_keys) config.api_keys = *patch.api_keys;
  return config;
}

SandboxBlueprint apply(const SandboxPatch& patch, SandboxBlueprint blueprint) {
  blueprint.config = apply(patch.config, std::move(blueprint.config));
  if (patch.clients) blueprint.clients = *patch.clients;
  if (patch.faults) blueprint.faults = *patch.faults;
  if (patch.seed) blueprint.seed = patch.seed;
  return blueprint;
}

nlohmann::ordered_json render_config(const SandboxConfig& config, bool reveal) {
  const Policy effective = config.policy();
  const Policy& profile = profile_policy(config.profile);
  auto policies = nlohmann::ordered_json::object();
  auto sources = nlohmann::ordered_json::object();
  for (const PolicyKey& key : policy_keys()) {
    const std::string name{key.name};
    const PolicyValue value = get_policy(effective, name);
    // One override may set another policy along (pkce does): then the value tells.
    const bool overridden =
        value != get_policy(profile, name) ||
        std::ranges::any_of(config.overrides, [&](const auto& o) { return o.first == name; });
    policies[name] = render(value);
    sources[name] = overridden ? "override" : "profile";
  }
  auto users = nlohmann::ordered_json::array();
  for (const User& user : config.users) {
    users.push_back({{"id", user.id},
                     {"email", user.email},
                     {"first_name", user.first_name},
                     {"last_name", user.last_name}});
  }
  auto keys = nlohmann::ordered_json::array();
  for (const std::string& key : config.api_keys) keys.push_back(reveal ? key : fingerprint(key));
  return {{"profile", to_string(config.profile)},
          {"approve", to_string(config.approve)},
          {"policies", std::move(policies)},
          {"policy_sources", std::move(sources)},
          {"users", std::move(users)},
          {"api_keys", std::move(keys)}};
}

}  // namespace heygen::mock
