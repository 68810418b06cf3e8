// An entry as the control API, its events and the page show it: JSON in the contract's shape,
// redacted, in valid UTF-8 whatever the request held.
//
//   {"seq", "time" (the sandbox's), "wall", "endpoint", "method", "path", "client_id",
//   "grant_type",
//    "request": {"headers", "query", "form", "params" (both), "body"?, "malformed"?},
//    "response": {"status", "headers", "body", "delivery"?},
//    "outcome", "why", "fault_id", "tokens": {"used", "issued"}}
//
// client_id, grant_type and fault_id are null where there is none. A header or parameter that
// came more than once has an array for its value. "body" of a request stands for what is not a
// form; "malformed" says what is wrong with query or form; "delivery" how the answer was spoiled
// on its way.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "mock_server/journal/entry.h"
#include "mock_server/journal/redact.h"

namespace heygen::mock {

nlohmann::ordered_json render_entry(const Entry& entry, const Redactor& redactor);

// A copy that knows the secrets that this exchange carries in telling places, and so finds them in
// all others.
Redactor redactor_for(const Entry& entry, const Redactor& redactor);

}  // namespace heygen::mock
