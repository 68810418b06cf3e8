// The vendor's API: whatever an access token or an API key opens.
#include "mock_server/core/bearer.h"
#include "mock_server/routes/encode.h"
#include "mock_server/routes/envelope.h"
#include "mock_server/routes/handlers.h"
#include "mock_server/routes/table.h"

namespace heygen::mock {
namespace {

AccessCredentials credentials(const Call& call) {
  const wire::Headers& headers = call.request.headers;
  AccessCredentials out;
  out.authorization_count = headers.count("Authorization");
  if (out.authorization_count != 0) out.authorization = headers.get("Authorization");
  if (headers.has("X-API-KEY")) out.api_key = headers.get("X-API-KEY");
  out.token_in_query = call.query.find("access_token") != nullptr;
  out.token_in_body = call.form.find("access_token") != nullptr;
  return out;
}

Answer answer_error(const Call& call, ApiError error, std::string why) {
  Answer answer;
  answer.response = api_error(call.request.path(), error);
  answer.outcome = to_string(error);
  answer.why = std::move(why);
  return answer;
}

Answer deny_access(const Call& call, OAuthError error) {
  Answer answer = answer_error(call, api_error_for(error.status), std::move(error.why));
  // The vendor sends none that anyone reported; RFC 6750 §3 demands it (facts.md).
  answer.response.headers.add("WWW-Authenticate", bearer_challenge(error.code));
  return answer;
}

}  // namespace

Answer handle_api(const Call& call, const Visit& visit, const Fixtures&) {
  auto access = check_access(visit.context, credentials(call), visit.config.api_keys);
  if (!access) return deny_access(call, std::move(access.error()));
  Answer answer;
  const std::string_view path = call.request.path();
  if (path == "/v1/some-endpoint" || path == "/v1/user/me") {
    answer.response =
        json_response(200, R"({"code":100,"data":{"username":"15ebafd83a8521f0b8d56a14c8a4bd72",)"
                           R"("email":"john.doe@gmail.com","first_name":"John",)"
                           R"("last_name":"Doe"},"msg":null,"message":null})");
  } else {
    const auto near = nearest_path(path);
    answer = answer_error(call, ApiError::not_found,
                          near.empty() ? "no such API path here; a file in --fixtures adds it"
                                       : "no such path; did you mean " + std::string{near} + "?");
  }
  if (!access->token_id.empty()) answer.tokens_used.push_back(access->token_id);
  return answer;
}

}  // namespace heygen::mock
