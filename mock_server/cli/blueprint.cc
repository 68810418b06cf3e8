#include "mock_server/cli/blueprint.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "mock_server/faults/scenario.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

constexpr std::streamsize kLargestFile = std::streamsize{8} * 1024 * 1024;

// A mistake in a file is said with the file's name.
template <typename Read>
auto in_file(const std::string& file, Read read) {
  try {
    return read();
  } catch (const BadInput& bad) {
    throw BadInput{file + (bad.key().empty() ? "" : ": " + bad.key()), bad.what()};
  }
}

Scenario find_or_load(const std::string& name) {
  if (auto found = find_scenario(name)) return std::move(*found);
  if (name.find('/') == std::string::npos && !name.ends_with(".json")) {
    throw BadInput{"--scenario", "there is no scenario '" + name + "': `scenarios` lists them"};
  }
  return load_scenario_file(name);
}

}  // namespace

std::string read_file(const std::string& file, const char* flag) {
  std::ifstream in{file, std::ios::binary | std::ios::ate};
  if (!in || in.tellg() < 0) throw BadInput{flag, "cannot read " + file};
  if (in.tellg() > kLargestFile) throw BadInput{flag, file + " is larger than 8 MiB"};
  in.seekg(0);
  return {std::istreambuf_iterator<char>{in}, {}};
}

Start read_start(const ServeCommand& command) {
  Start start;
  SandboxBlueprint& blueprint = start.blueprint;
  if (!command.config_file.empty()) {
    const std::string text = read_file(command.config_file, "--config");
    start.file = in_file(command.config_file, [&] { return read_config_file(parse_json(text)); });
    blueprint.config = start.file.config;
    if (start.file.clients) blueprint.clients = *start.file.clients;
    blueprint.faults = start.file.faults;
  }
  if (!command.clients.empty()) blueprint.clients = command.clients;
  if (command.profile) blueprint.config.profile = *command.profile;
  if (command.approve) blueprint.config.approve = *command.approve;
  for (const auto& scenario : command.scenarios) {
    blueprint.scenarios.push_back(find_or_load(scenario));
  }
  blueprint.seed = command.seed ? command.seed : start.file.seed;
  return start;
}

}  // namespace heygen::mock
