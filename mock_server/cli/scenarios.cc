#include <cstdio>
#include <string>

#include "mock_server/cli/commands.h"
#include "mock_server/faults/scenario.h"

namespace heygen::mock {

int run_scenarios(const ScenariosCommand& command) {
  if (command.show.empty()) {
    for (const auto& scenario : built_in_scenarios()) {
      std::printf("%-36s %s\n", std::string{scenario.name}.c_str(),
                  std::string{scenario.summary}.c_str());
    }
    return 0;
  }
  for (const auto& scenario : built_in_scenarios()) {
    if (scenario.name != command.show) continue;
    std::fwrite(scenario.text.data(), 1, scenario.text.size(), stdout);
    return 0;
  }
  std::fprintf(stderr, "heygen-mock-server: there is no scenario '%s'; `scenarios` lists them\n",
               command.show.c_str());
  return 2;
}

}  // namespace heygen::mock
