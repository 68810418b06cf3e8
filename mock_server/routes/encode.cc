#include "mock_server/routes/encode.h"

#include <array>
#include <chrono>
#include <utility>

#include "mock_server/core/crypto.h"

namespace heygen::mock {
namespace {

bool is_bearer_error(ErrorId id) noexcept {
  return id == ErrorId::bearer_missing || id == ErrorId::bearer_malformed ||
         id == ErrorId::bearer_methods_mixed || id == ErrorId::bearer_invalid;
}

}  // namespace

wire::Response json_response(int status, std::string body) {
  wire::Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("Pragma", "no-cache");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.body = std::move(body);
  return response;
}

Answer give_tokens(const TokenSet& tokens) {
  const auto lifetime =
      std::chrono::duration_cast<std::chrono::seconds>(tokens.access.expires_at - tokens.issued_at);
  std::string body;
  body.reserve(192);
  body.append(R"({"token_type":"Bearer","access_token":")").append(tokens.access.value);
  body.append(R"(","expires_in":)").append(std::to_string(lifetime.count()));
  if (tokens.refresh) {
    body.append(R"(,"refresh_token":")").append(tokens.refresh->value).append("\"");
  }
  body += '}';
  Answer answer;
  answer.response = json_response(200, std::move(body));
  answer.tokens_issued.push_back(fingerprint(tokens.access.value));
  if (tokens.refresh) answer.tokens_issued.push_back(fingerprint(tokens.refresh->value));
  return answer;
}

Answer refuse(OAuthError error, ErrorsPolicy errors) {
  const std::string code{error.code.empty() ? "unauthorized" : error.code};
  std::string body = R"({"error":)" + json_quote(code);
  if (!error.description.empty()) {
    body += R"(,"error_description":)" + json_quote(describe(error, errors));
  }
  Answer answer;
  answer.response = json_response(error.status, body + "}");
  if (is_bearer_error(error.id)) {
    answer.response.headers.add("WWW-Authenticate", bearer_challenge(error.code));
  } else if (error.status == 401) {
    answer.response.headers.add("WWW-Authenticate", "Basic realm=\"heygen-mock\"");
  }
  answer.outcome = code;
  answer.why = std::move(error.why);
  return answer;
}

void protect_page(wire::Headers& headers) {
  headers.set("Cache-Control", "no-store");
  headers.set("Pragma", "no-cache");
  headers.set("Referrer-Policy", "no-referrer");
  headers.set("X-Frame-Options", "DENY");
  headers.set("X-Content-Type-Options", "nosniff");
}

wire::Response redirect(int status, std::string location) {
  wire::Response response;
  response.status = status;
  response.headers.add("Location", std::move(location));
  protect_page(response.headers);
  return response;
}

std::string bearer_challenge(std::string_view error) {
  std::string challenge = "Bearer realm=\"heygen-mock\"";
  if (!error.empty()) challenge.append(", error=\"").append(error).append("\"");
  return challenge;
}

}  // namespace heygen::mock
