#include <cstdio>

#include "mock_server/cli/commands.h"
#include "mock_server/cli/env_variables.h"
#include "mock_server/cli/ready_file.h"

namespace heygen::mock {

int print_environment(const EnvCommand& command) {
  const Served served =
      command.ready_file.empty() ? command.served : read_ready_file(command.ready_file);
  std::fputs(written_for(command.shell, variables_for(served)).c_str(), stdout);
  return 0;
}

}  // namespace heygen::mock
