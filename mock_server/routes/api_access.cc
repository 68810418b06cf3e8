#include "mock_server/routes/api_access.h"

#include "mock_server/core/crypto.h"

namespace heygen::mock {

AccessCredentials access_credentials(const Call& call) {
  const wire::Headers& headers = call.request.headers;
  AccessCredentials out;
  out.authorization_count = headers.count("Authorization");
  if (out.authorization_count != 0) out.authorization = headers.get("Authorization");
  if (headers.has("X-API-KEY")) out.api_key = headers.get("X-API-KEY");
  out.token_in_query = call.query.find("access_token") != nullptr;
  out.token_in_body = call.form.find("access_token") != nullptr;
  return out;
}

std::optional<std::string> fingerprint_presented(const Call& call) {
  const auto token = bearer_token(call.request.headers.get("Authorization"));
  if (!token || token->empty()) return std::nullopt;
  return fingerprint(*token);
}

}  // namespace heygen::mock
