#include "mock_server/sandbox/kept.h"

#include <exception>
#include <nlohmann/json.hpp>

#include "mock_server/core/crypto.h"
#include "mock_server/faults/parse.h"

namespace heygen::mock::kept {
namespace {

using Json = nlohmann::json;

// MessagePack: a name may hold bytes that are no UTF-8.
std::string pack(const Json& json) {
  std::string out;
  Json::to_msgpack(json, out);
  return out;
}

template <typename Read>
auto unpack(std::string_view note, Read read) {
  try {
    return read(Json::from_msgpack(note));
  } catch (const std::exception&) {  // what it says may repeat the note
    throw StoreUnavailable("what the sandbox kept of itself is damaged, or another version's");
  }
}

Json json_of(const PolicyOverrides& overrides) {
  auto out = Json::array();
  for (const auto& [name, value] : overrides) {
    out.push_back({name, std::visit([](const auto& v) { return Json(v); }, value)});
  }
  return out;
}

PolicyOverrides overrides_of(const Json& json) {
  PolicyOverrides out;
  for (const Json& item : json) {
    const Json& value = item.at(1);
    out.emplace_back(item.at(0).get<std::string>(), value.is_string()
                                                        ? PolicyValue{value.get<std::string>()}
                                                        : PolicyValue{value.get<std::int64_t>()});
  }
  return out;
}

Json json_of(const SandboxConfig& config) {
  auto users = Json::array();
  for (const User& user : config.users) {
    users.push_back({user.id, user.email, user.first_name, user.last_name});
  }
  return {{"profile", to_string(config.profile)}, {"overrides", json_of(config.overrides)},
          {"approve", to_string(config.approve)}, {"users", std::move(users)},
          {"api_keys", config.api_keys},          {"issuer", config.issuer}};
}

Json json_of(const std::vector<Client>& clients) {
  auto out = Json::array();
  for (const Client& client : clients) {
    out.push_back({client.id, client.redirect_uris, client.secret ? Json(*client.secret) : Json(),
                   json_of(client.policies)});
  }
  return out;
}

Json json_of(const std::vector<FaultRule>& faults) {
  auto out = Json::array();
  for (const FaultRule& rule : faults) out.push_back(render_fault(rule));
  return out;
}

Json json_of(const Scenario& scenario) {
  Json out{{"clients", json_of(scenario.clients)},
           {"policies", json_of(scenario.policies)},
           {"approve", scenario.approve.value_or("")},
           {"faults", json_of(scenario.faults)}};
  if (const auto& clock = scenario.clock) {
    out["clock"] = {clock->advance ? Json(clock->advance->count()) : Json(),
                    clock->set ? Json(clock->set->time_since_epoch().count()) : Json(),
                    clock->freeze ? Json(*clock->freeze) : Json()};
  }
  return out;
}

}  // namespace

std::string write(const SandboxConfig& config) { return pack(json_of(config)); }

std::string write(const ClockState& clock) {
  return pack({{"offset", clock.offset.count()},
               {"frozen", clock.frozen},
               {"stands_at", clock.stands_at.time_since_epoch().count()}});
}

std::string write(const Origin& origin) {
  return pack(
      {{"seed", origin.seed ? Json(*origin.seed) : Json()}, {"faults", json_of(origin.faults)}});
}

SandboxConfig read_config(std::string_view note) {
  return unpack(note, [](const Json& json) {
    SandboxConfig config;
    config.profile = parse_profile(json.at("profile").get<std::string>()).value();
    config.overrides = overrides_of(json.at("overrides"));
    config.approve = parse_approve(json.at("approve").get<std::string>()).value();
    for (const Json& user : json.at("users")) {
      config.users.push_back({user.at(0), user.at(1), user.at(2), user.at(3)});
    }
    config.api_keys = json.at("api_keys").get<std::vector<std::string>>();
    config.issuer = json.at("issuer");
    return config;
  });
}

ClockState read_clock(std::string_view note) {
  return unpack(note, [](const Json& json) {
    const auto ms = [&](const char* key) {
      return std::chrono::milliseconds{json.at(key).get<std::int64_t>()};
    };
    return ClockState{ms("offset"), json.at("frozen").get<bool>(), TimePoint{ms("stands_at")}};
  });
}

Origin read_origin(std::string_view note) {
  return unpack(note, [](const Json& json) {
    Origin origin;
    if (!json.at("seed").is_null()) origin.seed = json.at("seed").get<std::uint64_t>();
    for (const Json& rule : json.at("faults")) origin.faults.push_back(parse_fault(rule));
    return origin;
  });
}

std::string digest_of(const SandboxBlueprint& blueprint) {
  auto scenarios = Json::array();
  for (const Scenario& scenario : blueprint.scenarios) scenarios.push_back(json_of(scenario));
  return hex(sha256(pack({{"config", json_of(blueprint.config)},
                          {"clients", json_of(blueprint.clients)},
                          {"faults", json_of(blueprint.faults)},
                          {"scenarios", std::move(scenarios)}})));
}

}  // namespace heygen::mock::kept
