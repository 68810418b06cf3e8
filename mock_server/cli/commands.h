// What each command of the program does. Each returns the program's exit status.
#pragma once

#include "mock_server/cli/options.h"

namespace heygen::mock {

// Serves until SIGTERM or SIGINT. SIGHUP reads --config again. Call it before any thread is
// started: it blocks these signals for all of them.
int serve(const ServeCommand& command);

int probe_ready(const ReadyCommand& command);
int print_environment(const EnvCommand& command);
int print_ca(const CaCommand& command);
// Serves while another program runs; that program's exit status, as a shell would have it. Signals
// are passed on. Like serve(), before any thread is started.
int run_command(const RunCommand& command);
int run_scenarios(const ScenariosCommand& command);
int validate_file(const ValidateCommand& command);

}  // namespace heygen::mock
