#include "client_under_test/lib/device_flow.h"

#include <algorithm>

#include "client_under_test/lib/text.h"
#include "client_under_test/lib/url.h"

namespace heygen::client {
namespace {

using std::chrono::seconds;

constexpr seconds kDefaultInterval{5};  // §3.2
constexpr seconds kShortestInterval{1};
constexpr seconds kLongestInterval{300};
constexpr seconds kSlowDown{5};  // §3.5
constexpr seconds kDefaultLife{600};
constexpr seconds kLongestLife{24 * 3600};

Error unsafe(std::string message) { return Error{ErrorKind::unsafe_response, std::move(message)}; }

seconds lifetime_of(const JsonObject& body) {
  const std::int64_t given = read_lifetime(body.find("expires_in")).value_or(0);
  return given <= 0 ? kDefaultLife : std::min(seconds{given}, kLongestLife);
}

seconds interval_of(const JsonObject& body) {
  const std::optional<std::int64_t> given = read_lifetime(body.find("interval"));
  return given ? std::clamp(seconds{*given}, kShortestInterval, kLongestInterval)
               : kDefaultInterval;
}

}  // namespace

Result<DeviceGrant> judge_device_response(const HttpResponse& response, Instant now,
                                          const TokenRules& rules, const DeviceRules& device) {
  if (std::optional<Error> error = judge_refusal(response, now, rules)) return *std::move(error);
  const std::optional<JsonObject> body = rules.parse_body(response.body);
  if (!body) {
    return Error{ErrorKind::token_error, "the device endpoint's answer is not a JSON object"};
  }
  const std::string device_code = body->string("device_code").value_or("");
  const std::string user_code = body->string("user_code").value_or("");
  const std::string uri = body->string("verification_uri").value_or("");
  if (device_code.empty() || user_code.empty() || uri.empty()) {
    return Error{ErrorKind::token_error,
                 "the device endpoint's answer lacks device_code, user_code or verification_uri"};
  }
  if (user_code.size() > 64 || !is_visible_ascii(user_code)) {
    return unsafe("the device endpoint's user code is not fit to be shown");
  }
  if (!device.is_safe_uri(uri)) {
    return unsafe("the device endpoint's verification_uri is not one to send a person to");
  }
  DeviceGrant grant{device_code,
                    user_code,
                    uri,
                    body->string("verification_uri_complete"),
                    interval_of(*body),
                    now + lifetime_of(*body)};
  if (grant.verification_uri_complete && !device.is_safe_uri(*grant.verification_uri_complete)) {
    grant.verification_uri_complete.reset();
  }
  return grant;
}

bool is_safe_verification_uri(std::string_view uri) {
  return require_secure_url(uri, "verification_uri").ok();
}

bool polling_goes_on(const Error& failure) {
  return failure.kind == ErrorKind::transport || failure.oauth_error == "authorization_pending" ||
         failure.oauth_error == "slow_down" || failure.status == 429 || failure.status >= 500;
}

seconds next_interval(seconds interval, const Error& failure) {
  if (failure.oauth_error == "authorization_pending") return interval;
  const bool slower = failure.oauth_error == "slow_down" || failure.status == 429;
  return slower ? interval + kSlowDown
                : std::max(interval, std::min(interval * 2, kLongestInterval));
}

Result<TokenAnswer> poll_for_tokens(const DeviceGrant& grant,
                                    const std::function<Result<TokenAnswer>()>& poll, Clock& clock,
                                    const std::stop_token& stop, const DeviceRules& rules) {
  seconds interval = grant.interval;
  Instant next = clock.now() + interval;
  while (next < grant.expires_at) {
    if (!clock.wait_until(next, stop)) {
      return Error{ErrorKind::login_required, "the device login was cancelled"};
    }
    // The clock may have passed the end while we waited: a dead code is not sent.
    if (clock.now() >= grant.expires_at) break;
    Result<TokenAnswer> answer = poll();
    if (answer || !rules.goes_on(answer.error())) return answer;
    interval = rules.next_interval(interval, answer.error());
    next = clock.now() + interval;
    if (answer.error().retry_at) next = std::max(next, *answer.error().retry_at);
  }
  return Error{ErrorKind::token_error, "the device code has expired; start the login again",
               "expired_token"};
}

}  // namespace heygen::client
