// What the authorize endpoint and its consent page answer alike.
#pragma once

#include <string_view>

#include "mock_server/core/authorize.h"
#include "mock_server/routes/surface.h"

namespace heygen::mock {

// The browser is sent back to the client. `status` is 302, or 303 after a form.
Answer send_code(const Visit& visit, const AuthorizeRequest& request, std::string_view user,
                 int status);
Answer send_error(AuthorizeRedirect error, int status);

// The page with Approve and Deny.
Answer ask_for_consent(const Visit& visit, const AuthorizeRequest& request);

}  // namespace heygen::mock
