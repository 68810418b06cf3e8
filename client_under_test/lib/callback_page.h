// What the browser is shown for a request at the redirect URI: the end of a login, as a page.
#pragma once

#include <optional>
#include <string_view>

#include "client_under_test/lib/client.h"
#include "client_under_test/lib/loopback_listener.h"

namespace heygen::client {

struct CallbackPage {
  PageResponse response;
  // How the login ended. Nothing: the request was not this login's answer and changed nothing; the
  // user's own may yet come.
  std::optional<Result<void>> ended;
};

// The target may be a whole URL.
[[nodiscard]] CallbackPage answer_callback(Client& client, std::string_view session,
                                           const PageRequest& request);
// Any other page of this client.
[[nodiscard]] PageResponse page_response(const Client& client, int status, const Page& content);

}  // namespace heygen::client
