// The careless server: an error that tells the client's secrets back.
#pragma once

#include <string>

#include "mock_server/wire/message.h"

namespace heygen::mock {

// Every parameter of the query and of the body, decoded and in order, a body that is no form as it
// is, and the header fields that carry credentials: "grant_type=refresh_token&refresh_token=…".
[[nodiscard]] std::string echo_of(const wire::Request& request);

}  // namespace heygen::mock
