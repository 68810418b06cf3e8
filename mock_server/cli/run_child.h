// Another program, started beside this one.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>
#include <vector>

#include "mock_server/cli/env_variables.h"

namespace heygen::mock {

struct Child {
  pid_t pid = -1;
  int error = 0;  // errno, when it could not be started
};

// Found by PATH, with this process's environment and `variables` in it instead of others of their
// names; `signals` are those that it blocks. `command` is not empty.
[[nodiscard]] Child start_child(std::vector<std::string> command, const Variables& variables,
                                const sigset_t& signals);

}  // namespace heygen::mock
