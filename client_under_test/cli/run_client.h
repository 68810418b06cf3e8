// The whole program, for main() and for programs that replace a seam of it.
#pragma once

#include "client_under_test/cli/options.h"
#include "client_under_test/lib/seams.h"

namespace heygen::client {

// Returns the exit code: 0 done, 1 failed, 2 wrong usage, 4 a login is required. Speaks on the
// process's standard streams.
[[nodiscard]] int run_client(int argc, const char* const* argv, Seams seams = {});

}  // namespace heygen::client
