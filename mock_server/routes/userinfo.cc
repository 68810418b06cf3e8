// GET /v1/oauth/userinfo (OpenID Connect Core §5.3, as far as the vendor has it).
#include "mock_server/routes/api_access.h"
#include "mock_server/routes/encode.h"
#include "mock_server/routes/handlers.h"

namespace heygen::mock {
namespace {

bool has_scope(std::string_view granted, std::string_view wanted) {
  while (!granted.empty()) {
    const auto word = granted.substr(0, granted.find(' '));
    if (word == wanted) return true;
    granted.remove_prefix(std::min(granted.size(), word.size() + 1));
  }
  return false;
}

}  // namespace

Answer handle_userinfo(const Call& call, const Visit& visit, const Fixtures&) {
  AccessCredentials credentials = access_credentials(call);
  credentials.api_key.reset();  // a key stands for an account, not for a login
  auto access = check_access(visit.context, credentials, visit.config.api_keys);
  if (!access) {
    Answer refused = refuse(std::move(access.error()), visit.context.policy.errors);
    if (auto tried = fingerprint_presented(call)) refused.tokens_used.push_back(std::move(*tried));
    return refused;
  }
  const User* const known = visit.config.find_user(access->user);
  const User& user = known != nullptr ? *known : visit.config.users.front();
  std::string body = R"({"sub":)" + json_quote(user.id);
  if (has_scope(access->scope, "email")) {
    body += R"(,"email":)" + json_quote(user.email) + R"(,"email_verified":true)";
  }
  if (has_scope(access->scope, "profile")) {
    body += R"(,"name":)" + json_quote(user.first_name + " " + user.last_name) +
            R"(,"given_name":)" + json_quote(user.first_name) + R"(,"family_name":)" +
            json_quote(user.last_name);
  }
  Answer answer;
  answer.response = json_response(200, body + "}");
  answer.tokens_used.push_back(access->token_id);
  return answer;
}

}  // namespace heygen::mock
