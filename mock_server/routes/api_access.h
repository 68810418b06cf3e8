// What a request brings to open the API with.
#pragma once

#include <optional>
#include <string>

#include "mock_server/core/bearer.h"
#include "mock_server/routes/surface.h"

namespace heygen::mock {

// Views into the call.
AccessCredentials access_credentials(const Call& call);
// Of the Bearer token that it brings, good or not; nothing without one.
std::optional<std::string> fingerprint_presented(const Call& call);

}  // namespace heygen::mock
