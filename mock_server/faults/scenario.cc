#include "mock_server/faults/scenario.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "mock_server/core/policy.h"
#include "mock_server/core/redirect_uri.h"
#include "mock_server/faults/faults.h"
#include "mock_server/faults/parse.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/notation/timestamp.h"

namespace heygen::mock {
namespace {

constexpr std::size_t kLongestSummary = 200;
constexpr std::streamsize kLargestFile = std::streamsize{1} << 20U;

std::optional<PolicyValue> policy_value(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  // What an int64 cannot hold is beyond every policy's bounds as well.
  if (value.is_number_integer()) return value.get<std::int64_t>();
  return std::nullopt;
}

PolicyOverrides read_policies(JsonObject& object) {
  PolicyOverrides out;
  const auto policies = object.object("policies");
  if (!policies) return out;
  for (const auto& [name, given] : object.member("policies")->items()) {
    auto value = policy_value(given);
    if (!value) policies->refuse(name, "write a text or a whole number");
    Policy scratch;
    if (const auto mend = set_policy(scratch, name, *value)) policies->refuse(name, *mend);
    out.emplace_back(name, std::move(*value));
  }
  return out;
}

Client read_client(const nlohmann::json& value, const std::string& path) {
  JsonObject object{value, path};
  Client client;
  client.id = object.text("id").value_or("");
  if (client.id.empty()) object.refuse("id", "write the client_id");
  client.redirect_uris = object.texts("redirect_uris").value_or(std::vector<std::string>{});
  for (std::size_t i = 0; i < client.redirect_uris.size(); ++i) {
    if (const auto mend = check_registrable(client.redirect_uris[i]); !mend.empty()) {
      object.refuse("redirect_uris[" + std::to_string(i) + "]", mend);
    }
  }
  client.secret = object.text("secret");
  if (client.secret && client.secret->empty()) {
    object.refuse("secret", "leave it out for a public client");
  }
  client.policies = read_policies(object);
  object.finish();
  return client;
}

ScenarioClock read_clock(JsonObject object, const std::string& path) {
  ScenarioClock clock;
  clock.advance = object.duration("advance", true);
  if (const auto text = object.text("set")) {
    clock.set = parse_timestamp(*text);
    if (!clock.set) object.refuse("set", std::string{kTimestampForm});
  }
  clock.freeze = object.flag("freeze");
  object.finish();
  const int given =
      int{clock.advance.has_value()} + int{clock.set.has_value()} + int{clock.freeze.has_value()};
  if (given != 1) throw BadInput{path, "write one of advance, set, freeze"};
  return clock;
}

std::string read_summary(JsonObject& object) {
  auto summary = object.text("summary").value_or("");
  if (summary.empty()) object.refuse("summary", "say in one line which bug it reproduces");
  if (summary.size() > kLongestSummary || summary.find('\n') != std::string::npos) {
    object.refuse("summary", "write one line of at most " + std::to_string(kLongestSummary) +
                                 " bytes; the rest goes into `description`");
  }
  return summary;
}

}  // namespace

Scenario parse_scenario(const nlohmann::json& json) {
  JsonObject object{json};
  Scenario scenario;
  (void)object.text("$schema");
  scenario.summary = read_summary(object);
  scenario.description = object.text("description").value_or("");
  object.each("clients", [&](const nlohmann::json& item, const std::string& path) {
    auto client = read_client(item, path);
    if (std::ranges::any_of(scenario.clients, [&](const auto& c) { return c.id == client.id; })) {
      throw BadInput{path + ".id", "this client stands here already"};
    }
    scenario.clients.push_back(std::move(client));
  });
  scenario.policies = read_policies(object);
  if (object.choice("approve", {"auto", "ask", "deny"})) scenario.approve = object.text("approve");
  if (auto clock = object.object("clock")) {
    scenario.clock = read_clock(std::move(*clock), object.path_of("clock"));
  }
  object.each("faults", [&](const nlohmann::json& item, const std::string& path) {
    scenario.faults.push_back(parse_fault(item, path));
  });
  object.finish();
  if (scenario.faults.size() > Faults::kMostRules) {
    object.refuse("faults", "write at most " + std::to_string(Faults::kMostRules));
  }
  if (scenario.clients.empty() && scenario.policies.empty() && !scenario.approve &&
      !scenario.clock && scenario.faults.empty()) {
    throw BadInput{"", "say what it changes: clients, policies, approve, clock or faults"};
  }
  return scenario;
}

std::optional<Scenario> find_scenario(std::string_view name) {
  const auto all = built_in_scenarios();
  const auto found = std::ranges::find(all, name, &EmbeddedScenario::name);
  if (found == all.end()) return std::nullopt;
  return parse_scenario(parse_json(found->text));
}

Scenario load_scenario_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary | std::ios::ate};
  if (!in || in.tellg() < 0) throw BadInput{path, "the file cannot be read"};
  if (in.tellg() > kLargestFile) throw BadInput{path, "a scenario has at most 1 MiB"};
  in.seekg(0);
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  try {
    return parse_scenario(parse_json(text));
  } catch (const BadInput& bad) {
    throw BadInput{bad.key().empty() ? path : path + ": " + bad.key(), bad.what()};
  }
}

}  // namespace heygen::mock
