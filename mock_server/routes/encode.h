// The one writer of the OAuth surface's answers: token JSON, errors, redirects, and the fields that
// keep them out of caches, frames and Referer fields. No route sets a status by hand.
#pragma once

#include <string>
#include <string_view>

#include "mock_server/core/error.h"
#include "mock_server/core/types.h"
#include "mock_server/notation/json_quote.h"
#include "mock_server/routes/surface.h"
#include "mock_server/wire/message.h"

namespace heygen::mock {

// application/json, never cached, never sniffed (RFC 6749 §5.1, §5.2).
wire::Response json_response(int status, std::string body);

// RFC 6749 §5.1, members in the guide's order.
Answer give_tokens(const TokenSet& tokens);

// RFC 6749 §5.2, with outcome and why. A 401 carries the challenge it needs: Basic where a client
// authenticates, Bearer (RFC 6750 §3) where a token does.
Answer refuse(OAuthError error, ErrorsPolicy errors);

// The browser is sent on. 302, or 303 after a POST, so that the form is not sent along (RFC 9700
// §4.12).
wire::Response redirect(int status, std::string location);

// What every answer to a browser carries (RFC 9700 §2.6, §4.2.4, §4.16).
void protect_page(wire::Headers& headers);

// The challenge of RFC 6750 §3; `error` may be "".
std::string bearer_challenge(std::string_view error);

}  // namespace heygen::mock
