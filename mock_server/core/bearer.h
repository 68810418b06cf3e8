// Is what a request brings good for the API? (RFC 6750, and the vendor's older API keys.)
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mock_server/core/context.h"
#include "mock_server/core/result.h"

namespace heygen::mock {

// What the request brought. Views into it.
struct AccessCredentials {
  std::optional<std::string_view> authorization;  // the field's value
  std::size_t authorization_count = 0;            // how often the field was sent
  std::optional<std::string_view> api_key;        // the X-API-KEY field
  bool token_in_query = false;                    // access_token in the URL
  bool token_in_body = false;                     // access_token in a form
};

// The token behind "Bearer" in an Authorization field, whose case does not matter (RFC 9110 §11.1).
// Nothing for other schemes; may be empty. A view into the field.
std::optional<std::string_view> bearer_token(std::string_view field);

// Who is let in.
struct Access {
  std::string user;  // of the token; "" for an API key
  std::string scope;
  bool by_api_key = false;
  std::string token_id;   // the access token's fingerprint; "" for an API key
  std::string client_id;  // whom the token was given to; "" for an API key
};

// `why` of an error says what became of the token: never issued, expired and since when, revoked
// and by what, a refresh token, ...
Result<Access> check_access(const Context& context, const AccessCredentials& credentials,
                            std::span<const std::string> api_keys);

}  // namespace heygen::mock
