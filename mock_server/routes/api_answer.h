// An API's answer as an Answer: response, outcome and why.
#pragma once

#include <string>
#include <string_view>

#include "mock_server/routes/envelope.h"
#include "mock_server/routes/surface.h"

namespace heygen::mock {

// `why` goes to the journal; `message` to the client, "" is the error's own.
Answer api_failure(const Call& call, ApiError error, std::string why,
                   std::string_view message = {});

}  // namespace heygen::mock
