// Idempotency-Key on the v3 API's POSTs: whoever repeats a request gets the first answer again, and
// nothing happens a second time (heygen_api.md §2).
#pragma once

#include <functional>

#include "mock_server/routes/surface.h"

namespace heygen::mock {

// The answer of `decide`, or, for a key that was seen in the last 24 hours of the sandbox's clock,
// what it was answered before. 409 while the first is under way. The vendor does not say what a key
// that comes with another request gets: 422 here, as the IETF's draft on the field has it.
Answer answer_once(const Call& call, const Visit& visit, const User& account,
                   const std::function<Answer()>& decide);

}  // namespace heygen::mock
