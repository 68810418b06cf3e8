#include "client_under_test/lib/token_response.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "client_under_test/lib/retry_after.h"
#include "client_under_test/lib/text.h"

namespace heygen::client {
namespace {

// A century: beyond any use, and far from the end of every integer that follows.
constexpr std::int64_t kLongestLifetime = std::int64_t{100} * 365 * 24 * 3600;

// The codes of RFC 6749 §5.2 and §4.1.2.1, RFC 7009 §2.2.1 and RFC 8628 §3.5. An unregistered code
// is free text of the server and could hold anything.
constexpr std::array<std::string_view, 15> kRegisteredErrors{"invalid_request",
                                                             "invalid_client",
                                                             "invalid_grant",
                                                             "unauthorized_client",
                                                             "invalid_scope",
                                                             "access_denied",
                                                             "unsupported_grant_type",
                                                             "unsupported_token_type",
                                                             "server_error",
                                                             "slow_down",
                                                             "temporarily_unavailable",
                                                             "authorization_pending",
                                                             "expired_token",
                                                             "invalid_target",
                                                             "invalid_token"};

bool is_html(const HttpResponse& response) {
  const std::string type = to_lower(find_header(response.headers, "Content-Type").value_or(""));
  return type.starts_with("text/html") || type.starts_with("application/xhtml");
}

Error refusal(const HttpResponse& response, Instant now, const TokenRules& rules,
              std::string oauth_error) {
  Error error;
  error.kind = ErrorKind::token_error;
  error.message = rules.describe_refusal(response, oauth_error);
  error.oauth_error = std::move(oauth_error);
  error.status = response.status;
  if (const auto wait = find_header(response.headers, "Retry-After")) {
    error.retry_at = parse_retry_after(*wait, now);
  }
  return error;
}

Error malformed(const HttpResponse& response, std::string message) {
  return Error{ErrorKind::token_error, std::move(message), "", response.status};
}

}  // namespace

bool is_bearer(std::optional<std::string_view> token_type) {
  return token_type && equal_ignoring_case(*token_type, "bearer");
}

Result<std::string> read_access_token(const JsonValue* member) {
  const auto refuse = [](ErrorKind kind, std::string message) {
    return Error{kind, std::move(message)};
  };
  if (member == nullptr || member->kind != JsonValue::Kind::string || member->text.empty()) {
    return refuse(ErrorKind::token_error, "the token endpoint answered without an access token");
  }
  if (!is_visible_ascii(member->text)) {
    return refuse(ErrorKind::unsafe_response,
                  "the access token holds characters that RFC 6749 forbids");
  }
  return member->text;
}

std::optional<std::string> read_refresh_token(const JsonValue* member) {
  if (member == nullptr || member->kind != JsonValue::Kind::string || member->text.empty()) {
    return std::nullopt;
  }
  return member->text;
}

std::optional<std::int64_t> read_lifetime(const JsonValue* member) {
  if (member == nullptr) return std::nullopt;
  double seconds = member->number;
  if (member->kind == JsonValue::Kind::string) {
    const std::string_view text = trim(member->text);
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  } else if (member->kind != JsonValue::Kind::number) {
    return std::nullopt;
  }
  if (std::isnan(seconds)) return std::nullopt;
  constexpr auto kBound = static_cast<double>(kLongestLifetime);
  return static_cast<std::int64_t>(std::clamp(seconds, -kBound, kBound));
}

std::optional<Instant> expiry_of(Instant received_at, std::optional<std::int64_t> lifetime) {
  if (!lifetime || *lifetime <= 0) return std::nullopt;
  return received_at + std::chrono::seconds{*lifetime};
}

std::string oauth_error_of(const JsonObject& body) {
  const std::string code = body.string("error").value_or("");
  return std::ranges::find(kRegisteredErrors, code) == kRegisteredErrors.end() ? "" : code;
}

std::string describe_refusal(const HttpResponse& response, std::string_view oauth_error) {
  std::string text = "the authorization server refused with status ";
  text.append(std::to_string(response.status));
  if (!oauth_error.empty()) text.append(" and error ").append(oauth_error);
  return text;
}

std::string describe_exchange(const HttpResponse& response) {
  return "token endpoint answered " + std::to_string(response.status);
}

std::optional<Error> judge_refusal(const HttpResponse& response, Instant now,
                                   const TokenRules& rules) {
  if (response.status != 200) {
    const std::optional<JsonObject> body = rules.parse_body(response.body);
    return refusal(response, now, rules, body ? oauth_error_of(*body) : "");
  }
  // The vendor's app host answers unknown paths with its single-page app and 200.
  if (is_html(response)) {
    return malformed(response,
                     "the endpoint answered with a web page: the configured URL is not an OAuth "
                     "endpoint");
  }
  return std::nullopt;
}

Result<TokenAnswer> judge_token_response(const HttpResponse& response, Instant now,
                                         const TokenRules& rules) {
  if (std::optional<Error> error = judge_refusal(response, now, rules)) return *std::move(error);
  const std::optional<JsonObject> body = rules.parse_body(response.body);
  if (!body) return malformed(response, "the token endpoint's answer is not a JSON object");
  // Some servers report errors with 200: an answer that names one holds no token.
  const JsonValue* const error = body->find("error");
  if (error != nullptr && error->kind != JsonValue::Kind::null) {
    return refusal(response, now, rules, oauth_error_of(*body));
  }

  TokenAnswer answer;
  Result<std::string> access_token = rules.read_access_token(body->find("access_token"));
  if (!access_token) return access_token.error();
  answer.access_token = *std::move(access_token);
  if (!rules.accepts_token_type(body->string("token_type"))) {
    return Error{ErrorKind::unsafe_response,
                 "the token endpoint's answer has no token_type \"Bearer\": the token is not used"};
  }
  answer.refresh_token = rules.read_refresh_token(body->find("refresh_token"));
  answer.scope = body->string("scope");
  answer.received_at = now;
  answer.lifetime = rules.read_lifetime(body->find("expires_in"));
  answer.expires_at = rules.expiry_of(now, answer.lifetime);
  return answer;
}

}  // namespace heygen::client
