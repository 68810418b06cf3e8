#include "mock_server/control/export.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "mock_server/control/export_fault.h"
#include "mock_server/control/policy_json.h"
#include "mock_server/faults/match.h"
#include "mock_server/faults/parse.h"
#include "mock_server/faults/scenario.h"
#include "mock_server/journal/plain_text.h"
#include "mock_server/journal/render.h"
#include "mock_server/notation/json_object.h"
#include "mock_server/notation/timestamp.h"

namespace heygen::mock::control {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLongestSummary = 200;

FaultQuery query_of(const Entry& entry) {
  return {entry.endpoint, entry.grant_type, entry.client_id, entry.request.path()};
}

// Which of the requests in the rule's scope the entry was, counted from 1.
std::size_t ordinal(const ExportSource& source, const FaultScope& scope) {
  return static_cast<std::size_t>(std::ranges::count_if(source.kept, [&](const auto& kept) {
    return kept->seq <= source.entry.seq && in_scope(scope, query_of(*kept));
  }));
}

std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  if (text.size() <= kLongestSummary) return text;
  return std::string{cut_utf8(text, kLongestSummary - 3)} + "...";
}

std::string summary_of(const Entry& entry, const Redactor& redactor) {
  std::string text{to_string(entry.endpoint)};
  text += " is answered " + std::to_string(entry.response.status) + " " + entry.outcome;
  if (!entry.why.empty()) text += ": " + redactor.text(entry.why);
  return one_line(to_utf8(text));
}

// A scenario is laid over whatever profile a sandbox has; what it is written for is the default.
Json policies_of(const SandboxConfig& config) {
  const Policy effective = config.policy();
  const Policy& usual = profile_policy(Profile::heygen);
  Json out = Json::object();
  for (const PolicyKey& key : policy_keys()) {
    // To set `pkce` sets this one along: it has to be said what it was.
    const bool along = key.name == "pkce_confidential" && out.contains("pkce");
    const PolicyValue value = get_policy(effective, key.name);
    if (along || value != get_policy(usual, key.name)) out[std::string{key.name}] = render(value);
  }
  return out;
}

bool is_built_in(const std::string& id) {
  const auto all = built_in_clients();
  return std::ranges::find(all, id, &Client::id) != all.end();
}

Json client_of(const Client& client) {
  Json out{{"id", client.id}, {"redirect_uris", client.redirect_uris}};
  if (!client.policies.empty()) out["policies"] = render(client.policies);
  return out;
}

std::string description_of(const ExportSource& source, bool secret_client) {
  std::string text = "Exported from exchange " + std::to_string(source.entry.seq) + ", at " +
                     format_timestamp(source.entry.time) +
                     " by the sandbox's clock. The fault gives the same answer to the same request "
                     "in a fresh sandbox; requests are counted from the moment it is armed.";
  if (secret_client) {
    text += " The client has a secret, which is not in this file: register it first.";
  }
  return text;
}

const FaultRule* rule_of(const ExportSource& source) {
  if (source.entry.fault_id.empty()) return nullptr;
  const auto found = std::ranges::find(source.faults, source.entry.fault_id, &FaultState::id);
  return found == source.faults.end() ? nullptr : found->rule.get();
}

// May throw BadInput, where the answer is one that no fault can give.
nlohmann::json fault_of(const ExportSource& source, const Redactor& redactor) {
  const FaultRule* const rule = rule_of(source);
  if (rule == nullptr) {
    auto fault = fault_that_answers(source.entry, redactor);
    fault["when"] = {{"nth", ordinal(source, parse_fault(fault).on)}};
    return fault;
  }
  auto fault = render_fault(*rule);
  fault.erase("expires_after");
  if (rule->action.barrier) return fault;  // it needs its other parties
  fault["when"] = {{"nth", std::max<std::size_t>(1, ordinal(source, rule->on))}};
  fault.erase("times");
  return fault;
}

Json scenario_of(const ExportSource& source, const Redactor& redactor) {
  Json out{{"summary", summary_of(source.entry, redactor)}};
  const bool own = source.client && !is_built_in(source.client->id);
  out["description"] = description_of(source, own && !source.client->is_public());
  if (own && source.client->is_public()) out["clients"] = {client_of(*source.client)};
  if (Json policies = policies_of(source.config); !policies.empty()) {
    out["policies"] = std::move(policies);
  }
  if (source.config.approve != Approve::automatic) {
    out["approve"] = to_string(source.config.approve);
  }
  out["faults"] = Json::array({Json(fault_of(source, redactor))});
  return out;
}

}  // namespace

std::string export_scenario(const ExportSource& source, const Redactor& redactor,
                            nlohmann::ordered_json& scenario) {
  const Entry& entry = source.entry;
  if (entry.outcome == "ok") return "this exchange went well: there is nothing to show again";
  if (!entry.fault_id.empty() && entry.response.status < 300 && rule_of(source) == nullptr) {
    return "the fault that spoiled this answer is no longer armed, and what is left of the answer "
           "may hold tokens: arm it again";
  }
  try {
    auto out = scenario_of(source, redactor_for(entry, redactor));
    (void)parse_scenario(nlohmann::json(out));
    scenario = std::move(out);
    return {};
  } catch (const BadInput& bad) {
    return "no scenario can say this: " + bad.key() + ": " + bad.what();
  }
}

}  // namespace heygen::mock::control
