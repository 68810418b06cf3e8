// What a request brings to open the API with.
#pragma once

#include "mock_server/core/bearer.h"
#include "mock_server/routes/surface.h"

namespace heygen::mock {

// Views into the call.
inline AccessCredentials access_credentials(const Call& call) {
  const wire::Headers& headers = call.request.headers;
  AccessCredentials out;
  out.authorization_count = headers.count("Authorization");
  if (out.authorization_count != 0) out.authorization = headers.get("Authorization");
  if (headers.has("X-API-KEY")) out.api_key = headers.get("X-API-KEY");
  out.token_in_query = call.query.find("access_token") != nullptr;
  out.token_in_body = call.form.find("access_token") != nullptr;
  return out;
}

}  // namespace heygen::mock
