// The error that a rule answers with when it names an OAuth error or lets the secrets be echoed.
#pragma once

#include "mock_server/faults/faults.h"
#include "mock_server/wire/message.h"

namespace heygen::mock {

// At the authorize endpoint a redirect to the client where there is one to redirect to and the
// rule's status does not forbid it, else the endpoint's natural error. `present` is the answer that
// it replaces.
[[nodiscard]] wire::Response refusal(const Firing& firing, const wire::Request& request,
                                     const wire::Response& present);

}  // namespace heygen::mock
