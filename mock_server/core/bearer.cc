#include "mock_server/core/bearer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "mock_server/core/crypto.h"

namespace heygen::mock {
namespace {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// "10d 3h", "45s": the two largest units.
std::string in_words(std::chrono::seconds span) {
  constexpr std::pair<std::int64_t, char> kUnits[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}};
  std::int64_t rest = span.count();
  std::string words;
  for (const auto& [size, unit] : kUnits) {
    if (rest < size) {
      if (!words.empty()) return words;
      continue;
    }
    const bool second = !words.empty();
    words.append(second ? " " : "").append(std::to_string(rest / size)).append(1, unit);
    rest %= size;
    if (second || rest == 0) return words;
  }
  return words.append(words.empty() ? "" : " ").append(std::to_string(rest)).append("s");
}

bool is_api_key(std::span<const std::string> keys, std::string_view key) {
  bool found = false;  // every key is compared, so that the time taken does not tell which fits
  for (const std::string& known : keys) found |= constant_time_equal(known, key);
  return found;
}

OAuthError invalid(std::string why) { return make_error(ErrorId::bearer_invalid, std::move(why)); }

OAuthError explain_stranger(const Context& context, std::string_view token,
                            std::span<const std::string> api_keys) {
  if (is_api_key(api_keys, token)) {
    return invalid("this is an API key: send it as X-API-KEY, not as a bearer token");
  }
  if (context.store.find_code(token)) {
    return invalid("this is an authorization code: exchange it at the token endpoint first");
  }
  return invalid("no such access token: never issued here, or forgotten by a reset");
}

}  // namespace

std::optional<std::string_view> bearer_token(std::string_view field) {
  constexpr std::string_view kScheme = "bearer";
  if (field.size() < kScheme.size() ||
      !std::ranges::equal(field.substr(0, kScheme.size()), kScheme, {}, lower)) {
    return std::nullopt;
  }
  field.remove_prefix(kScheme.size());
  if (!field.empty() && field.front() != ' ') return std::nullopt;
  while (field.starts_with(' ')) field.remove_prefix(1);
  while (field.ends_with(' ')) field.remove_suffix(1);
  return field;
}

Result<Access> check_access(const Context& context, const AccessCredentials& credentials,
                            std::span<const std::string> api_keys) {
  // A singleton field (RFC 9110 §5.3): two of them are two methods' worth of doubt.
  if (credentials.authorization_count > 1) {
    return make_error(ErrorId::bearer_malformed, "the Authorization field was sent more than once");
  }
  std::optional<std::string_view> token;
  if (credentials.authorization) token = bearer_token(*credentials.authorization);
  if (token && token->empty()) token.reset();
  // RFC 6750 §2: one method in a request.
  if (token && (credentials.token_in_query || credentials.token_in_body)) {
    return make_error(ErrorId::bearer_methods_mixed,
                      credentials.token_in_query
                          ? "a token in the Authorization field and access_token in the URL"
                          : "a token in the Authorization field and access_token in the body");
  }
  if (!token) {
    if (credentials.api_key) {
      if (is_api_key(api_keys, *credentials.api_key)) {
        return Access{"", "", true, "", ""};
      }
      const bool is_token = context.store.find_token(*credentials.api_key, context.now).has_value();
      return make_error(ErrorId::bearer_missing,
                        is_token ? "the X-API-KEY field has a token: send it as Authorization: "
                                   "Bearer TOKEN"
                                 : "no such API key; \"api_keys\" in the configuration lists them");
    }
    // RFC 9700 §4.3.2: a token in a URL ends up in logs, histories and Referer fields.
    if (credentials.token_in_query || credentials.token_in_body) {
      return make_error(ErrorId::bearer_missing,
                        "access_token in the URL or the body is not taken; send Authorization: "
                        "Bearer TOKEN");
    }
    if (credentials.authorization) {
      return make_error(ErrorId::bearer_missing, "the Authorization field is not \"Bearer TOKEN\"");
    }
    return make_error(ErrorId::bearer_missing,
                      "no credentials: send Authorization: Bearer TOKEN, or X-API-KEY");
  }
  const auto found = context.store.find_token(*token, context.now);
  if (!found) return explain_stranger(context, *token, api_keys);
  // RFC 6749 §1.5: refresh tokens go to the authorization server alone.
  if (found->kind == TokenKind::refresh) {
    return invalid("this is a refresh token: it is for the token endpoint, never for the API");
  }
  switch (found->state) {
    case TokenState::active:
      return Access{found->user, found->scope, false, found->id, found->client_id};
    case TokenState::expired: {
      const auto ago =
          std::chrono::duration_cast<std::chrono::seconds>(context.now - found->expires_at);
      return invalid("the access token expired " + in_words(ago) +
                     " ago by the sandbox's clock: refresh it");
    }
    case TokenState::revoked:
    case TokenState::used:
      break;
  }
  return invalid("the access token was revoked " + std::string{explain(found->revoked_by)});
}

}  // namespace heygen::mock
