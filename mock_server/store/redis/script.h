// The scripts that Redis runs: each verb of a store is one, and so nothing comes in between. For
// this folder.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/store/redis/pool.h"

namespace heygen::mock::redis {

// Runs scripts/NAME.lua with what stands before all of them. Redis keeps a script until it is
// started anew; then it is sent again. The first of what comes back is what happened. Throws
// StoreUnavailable when Redis cannot or does not want to.
Reply run_script(Pool& pool, std::string_view name, std::string_view key,
                 std::span<const std::string> arguments);

}  // namespace heygen::mock::redis
