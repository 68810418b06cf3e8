#include "mock_server/control/policy_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace heygen::mock {
namespace {

// What is neither text nor a number becomes text that no policy has, so that the refusal lists what
// it may be.
PolicyValue read_value(const nlohmann::json& value) {
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() <=
          static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return value.get<std::int64_t>();
  }
  return value.is_string() ? value.get<std::string>() : std::string{};
}

}  // namespace

PolicyChanges read_policy_changes(JsonObject& object) {
  PolicyChanges changes;
  const auto* const given = object.member("policies");
  if (given == nullptr) return changes;
  const JsonObject policies{*given, object.path_of("policies")};
  for (const auto& [name, value] : given->items()) {
    // A null is tried with the policy's own value: the name alone has to be right.
    Policy scratch;
    const bool known = std::ranges::any_of(policy_keys(), [&key = name](const PolicyKey& row) {
      return row.name == std::string_view{key};
    });
    const PolicyValue tried =
        value.is_null() && known ? get_policy(scratch, name) : read_value(value);
    if (const auto mend = set_policy(scratch, name, tried)) policies.refuse(name, *mend);
    changes.emplace_back(name, value.is_null() ? std::nullopt : std::optional{tried});
  }
  return changes;
}

PolicyOverrides read_policies(JsonObject& object) {
  PolicyOverrides out;
  for (auto& [name, value] : read_policy_changes(object)) {
    if (!value) object.refuse("policies." + name, "write a value, or leave the policy out");
    out.emplace_back(name, std::move(*value));
  }
  return out;
}

PolicyOverrides apply(const PolicyChanges& changes, PolicyOverrides overrides) {
  for (const auto& [name, value] : changes) {
    std::erase_if(overrides, [&key = name](const auto& entry) { return entry.first == key; });
    if (value) overrides.emplace_back(name, *value);
  }
  return overrides;
}

nlohmann::ordered_json render(const PolicyValue& value) {
  return std::visit([](const auto& v) { return nlohmann::ordered_json(v); }, value);
}

nlohmann::ordered_json render(const PolicyOverrides& overrides) {
  auto out = nlohmann::ordered_json::object();
  for (const auto& [name, value] : overrides) out[name] = render(value);
  return out;
}

}  // namespace heygen::mock
