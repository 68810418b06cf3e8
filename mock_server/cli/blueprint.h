// What the default sandbox and every new one start with: the file given by --config, the scenarios,
// and the flags on top of both.
#pragma once

#include <string>

#include "mock_server/cli/options.h"
#include "mock_server/control/config_json.h"
#include "mock_server/sandbox/sandbox.h"

namespace heygen::mock {

// The text of a file of at most 8 MiB. Throws BadInput, naming `flag`.
std::string read_file(const std::string& file, const char* flag);

struct Start {
  SandboxBlueprint blueprint;
  ConfigFile file;  // what --config gave, its `sandboxes` among it
};

// Throws BadInput: its key names the flag, or the file and the key in it.
Start read_start(const ServeCommand& command);

}  // namespace heygen::mock
