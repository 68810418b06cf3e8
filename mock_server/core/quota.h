// How many API calls an account may make (heygen_api.md §3; the limit is a policy).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "mock_server/core/bearer.h"

namespace heygen::mock {

// Counts one call of the account. Nothing when it is granted, else how long to wait: whole seconds,
// one at the least, for Retry-After (RFC 9110 §10.2.3). The limit is the sandbox's, or that of the
// client which the token was given to.
std::optional<std::chrono::seconds> over_rate(const Context& context, const Access& access,
                                              std::string_view account);

}  // namespace heygen::mock
