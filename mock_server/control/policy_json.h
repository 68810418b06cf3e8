// Policies by name, as JSON: {"pkce":"if-sent","access_ttl_s":60}.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mock_server/core/types.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {

// The policies to set, in order; nothing where null was written: the profile's value is back.
using PolicyChanges = std::vector<std::pair<std::string, std::optional<PolicyValue>>>;

// The object's member "policies". Every name and value is checked: throws BadInput at the key.
PolicyChanges read_policy_changes(JsonObject& object);
// The same where there is nothing that null could remove.
PolicyOverrides read_policies(JsonObject& object);

// A policy that is set again goes to the end: it is the latest word.
PolicyOverrides apply(const PolicyChanges& changes, PolicyOverrides overrides);

nlohmann::ordered_json render(const PolicyValue& value);
nlohmann::ordered_json render(const PolicyOverrides& overrides);

}  // namespace heygen::mock
