#include <cstdio>
#include <nlohmann/json.hpp>

#include "mock_server/cli/blueprint.h"
#include "mock_server/cli/commands.h"
#include "mock_server/faults/scenario.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {

int validate_file(const ValidateCommand& command) {
  const nlohmann::json value = parse_json(read_file(command.file, "validate"));
  // A scenario is known by its summary, which no configuration has.
  const bool scenario = value.is_object() && value.contains("summary");
  try {
    if (scenario) {
      (void)parse_scenario(value);
    } else {
      (void)read_config_file(value);
    }
  } catch (const BadInput& bad) {
    std::fprintf(stderr, "%s: %s%s%s\n", command.file.c_str(), bad.key().c_str(),
                 bad.key().empty() ? "" : ": ", bad.what());
    return 1;
  }
  std::printf("%s: a sound %s\n", command.file.c_str(), scenario ? "scenario" : "configuration");
  return 0;
}

}  // namespace heygen::mock
