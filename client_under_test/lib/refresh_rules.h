// When to refresh, when to stop, and what a failed refresh means. Pure.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client_under_test/lib/refresh_gate.h"
#include "client_under_test/lib/token_record.h"

namespace heygen::client {

[[nodiscard]] bool is_expired(const TokenRecord& record, Instant now);

// A token near its end is refreshed before it is used: within the last minute, or the last tenth of
// a short life. At most once a call, however soon the new one ends.
[[nodiscard]] bool refresh_before_call(const TokenRecord& record, Instant now, int refreshes);
// RFC 6750 §3.1: 401 says that the token is no good; one refresh and one retry, never a loop. 403,
// 429 and 5xx say something else.
[[nodiscard]] bool refresh_after_answer(int status, int retries);

// After a refresh before a call that failed for a while: a token that is good for some time yet
// gets its chance.
[[nodiscard]] bool old_token_will_do(const TokenRecord& record, Instant now);

enum class RefreshFailure {
  terminal,  // the refresh token is dead: drop the login
  transient  // nothing is known about it: keep it and try again later
};
// RFC 6749 §5.2: only the server's own refusal ends a login. No answer, a busy server or an answer
// that is no token says nothing about the refresh token.
[[nodiscard]] RefreshFailure classify_refresh_failure(const Error& error);

// RFC 6749 §6: a new refresh token replaces the old one, and without a new one the old one stays.
[[nodiscard]] std::optional<std::string> merge_refresh_token(std::optional<std::string> old,
                                                             std::optional<std::string> received);

struct RefreshRules {
  std::function<bool(const TokenRecord&, Instant now, int refreshes)> before_call =
      &refresh_before_call;
  std::function<bool(int status, int retries)> after_answer = &refresh_after_answer;
  std::function<bool(const TokenRecord&, Instant now)> old_will_do = &old_token_will_do;
  std::function<RefreshFailure(const Error&)> classify = &classify_refresh_failure;
  std::function<std::optional<std::string>(std::optional<std::string> old,
                                           std::optional<std::string> received)>
      merge = &merge_refresh_token;
  std::function<std::unique_ptr<RefreshGate>()> make_gate = &make_single_flight_gate;
  // A rotated token is stored before it is used: at once, and nothing is left to do after the call.
  std::function<void(std::function<void()> save)> persist = [](const auto& save) { save(); };
  std::function<void()> after_call = [] {};
};

}  // namespace heygen::client
