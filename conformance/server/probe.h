// Is anybody there?
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "conformance/server/target.h"

namespace heygen::conformance {

// Why the server cannot be judged, in one line that names the flag to look at; "" when it answers.
std::string unreachable(const ServerTarget& target, std::chrono::milliseconds timeout,
                        std::stop_token stop = {});

}  // namespace heygen::conformance
