// The vocabulary that checks of a server end with. Each function looks at an answer and says what
// came of it; `after` names what was sent, and reads after "for": "a code that was used before".
#pragma once

#include <initializer_list>
#include <string_view>

#include "conformance/server/trial.h"

namespace heygen::conformance {

using Errors = std::initializer_list<std::string_view>;

// The token endpoint refuses with one of these errors: 400, or 401 where it is about the client.
Verdict expect_token_error(const Reply& reply, Errors errors, std::string_view after);
// No token is given, and the answer is a 4xx.
Verdict expect_no_token(const Reply& reply, std::string_view after);
Verdict expect_tokens(const Reply& reply, std::string_view after);

// The browser is sent back to the client with one of these errors and the state, and no code.
Verdict expect_error_redirect(const Reply& reply, const Asked& asked, Errors errors,
                              std::string_view after);
// The error is told, on a page or to the client; in any case without a code.
Verdict expect_authorize_error(const Reply& reply, const Asked& asked, Errors errors,
                               std::string_view after);
// The browser stays: a page with a 4xx, and nothing that leads away; no script to that host either,
// where one is named.
Verdict expect_error_page(const Reply& reply, std::string_view after, std::string_view host = "");
// The browser is sent back to the client with a code and the state.
Verdict expect_code(const Reply& reply, const Asked& asked, std::string_view after);

// The API takes the token; or refuses with 401 and, where one is named, that error (RFC 6750 §3.1).
Verdict expect_api_takes(const Reply& reply, std::string_view after);
Verdict expect_api_refuses(const Reply& reply, std::string_view error, std::string_view after);
// It challenges to Bearer with that error, or to nothing at all.
bool challenges_with(const Reply& reply, std::string_view error);

}  // namespace heygen::conformance
