// Judging what a token endpoint answered (RFC 6749 §5). Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "client_under_test/lib/http.h"
#include "client_under_test/lib/json.h"
#include "client_under_test/lib/result.h"

namespace heygen::client {

struct TokenAnswer {
  std::string access_token;
  std::optional<std::string> refresh_token{};  // never empty
  std::optional<std::string> scope{};
  Instant received_at;
  std::optional<std::int64_t> lifetime{};  // expires_in in seconds, as received, saturated
  std::optional<Instant> expires_at{};     // unknown: the token is used until it is refused
};

// RFC 6749 §5.1 and §7.1: present, and Bearer in any case.
[[nodiscard]] bool is_bearer(std::optional<std::string_view> token_type);
// Appendix A.12: a string of visible ASCII, so that it is safe in a header. A null member is one
// that is missing.
[[nodiscard]] Result<std::string> read_access_token(const JsonValue* member);
// RFC 6749 §5.1 and §6: optional. What is no string with something in it, null among it, is read as
// left out.
[[nodiscard]] std::optional<std::string> read_refresh_token(const JsonValue* member);
// Seconds; a number, or a string that holds one. Anything else is unknown. A fraction is dropped,
// and what is beyond a century becomes one.
[[nodiscard]] std::optional<std::int64_t> read_lifetime(const JsonValue* member);
// A lifetime that is zero or negative says nothing of use, as if it were left out: a token that
// expires at once would have to be refreshed before each use.
[[nodiscard]] std::optional<Instant> expiry_of(Instant received_at,
                                               std::optional<std::int64_t> lifetime);
// What a person may see of a refusal: the status and the error code, if it is a registered one. The
// rest of the body may echo the request with its secrets.
[[nodiscard]] std::string describe_refusal(const HttpResponse& response,
                                           std::string_view oauth_error);
// The log's line about any answer of the endpoint.
[[nodiscard]] std::string describe_exchange(const HttpResponse& response);

struct TokenRules {
  std::function<std::optional<JsonObject>(std::string_view)> parse_body = &parse_json_object;
  std::function<bool(std::optional<std::string_view>)> accepts_token_type = &is_bearer;
  std::function<Result<std::string>(const JsonValue*)> read_access_token =
      &client::read_access_token;
  std::function<std::optional<std::string>(const JsonValue*)> read_refresh_token =
      &client::read_refresh_token;
  std::function<std::optional<std::int64_t>(const JsonValue*)> read_lifetime =
      &client::read_lifetime;
  std::function<std::optional<Instant>(Instant, std::optional<std::int64_t>)> expiry_of =
      &client::expiry_of;
  std::function<std::string(const HttpResponse&, std::string_view)> describe_refusal =
      &client::describe_refusal;
  std::function<std::string(const HttpResponse&)> describe_exchange = &client::describe_exchange;
};

// token_error or unsafe_response; `now` is the instant of receipt.
[[nodiscard]] Result<TokenAnswer> judge_token_response(const HttpResponse& response, Instant now,
                                                       const TokenRules& rules);

// The registered error code in an error answer, else empty.
[[nodiscard]] std::string oauth_error_of(const JsonObject& body);

// What refuses an answer before its body is looked at: another status than 200, or a web page. With
// the error code that the body names.
[[nodiscard]] std::optional<Error> judge_refusal(const HttpResponse& response, Instant now,
                                                 const TokenRules& rules);

}  // namespace heygen::client
