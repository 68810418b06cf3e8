// From flags to commands: every value judged, each mistake with its mend. For this folder's .cc
// files. All throw BadInput, with the flag as its key.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mock_server/cli/flags.h"

namespace heygen::mock {

[[nodiscard]] ServeCommand read_serve(const Flags& flags);
[[nodiscard]] ReadyCommand read_ready(const Flags& flags);
[[nodiscard]] EnvCommand read_env(const Flags& flags);
[[nodiscard]] CaCommand read_ca(const Flags& flags);

// Whatever stands in the environment may be meant for a server that runs already: ports are free
// ones, and the CA is the run's own, unless `on_command_line` says otherwise.
[[nodiscard]] RunCommand read_run(Flags flags, std::vector<std::string> command,
                                  const std::function<bool(const char* flag)>& on_command_line);

}  // namespace heygen::mock
