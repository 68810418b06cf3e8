// Who asks at the token endpoint (RFC 6749 §2.3, §3.2.1).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mock_server/core/context.h"
#include "mock_server/core/result.h"

namespace heygen::mock {

// How a client says who it is. Views into the request. A parameter that was sent empty counts as
// left out (RFC 6749 §3.2).
struct ClientCredentials {
  std::optional<std::string_view> id;      // client_id in the body
  std::optional<std::string_view> secret;  // client_secret in the body
  bool basic_tried = false;                // an Authorization header of the scheme Basic was sent
  std::optional<std::pair<std::string_view, std::string_view>> basic;  // and could be read
  std::string_view redirect_uri = {};  // in the body; for the explanation alone
};

Result<std::shared_ptr<const Client>> authenticate(const Context& context,
                                                   const ClientCredentials& credentials);

// What to tell the person whose client is not registered: the flag that would register it, quoted
// for a shell.
std::string explain_unknown_client(std::string_view id, std::string_view redirect_uri);

}  // namespace heygen::mock
