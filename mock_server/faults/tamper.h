// Changes to the parameters of a redirect, byte for byte where nothing was asked for.
#pragma once

#include <string>
#include <string_view>

#include "mock_server/faults/rule.h"

namespace heygen::mock {

// Whether the Location is an authorization response: it has a code or an error
// (RFC 6749 §4.1.2, §4.1.2.1).
[[nodiscard]] bool is_authorization_response(std::string_view location);

// In this order: drop, set, flip, duplicate, fragment. A name is dropped, replaced or flipped
// wherever it stands; what is new goes to the end of the query. `fragment` moves the response's own
// parameters (RFC 6749 §4.1.2 and RFC 9207 name them, and those in `set`) and leaves the registered
// URI's query alone.
[[nodiscard]] std::string tamper(std::string_view location, const RedirectTampering& how);

}  // namespace heygen::mock
