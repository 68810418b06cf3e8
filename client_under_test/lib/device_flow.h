// Logging in on another device (RFC 8628).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "client_under_test/lib/clock.h"
#include "client_under_test/lib/token_response.h"

namespace heygen::client {

struct DeviceGrant {
  std::string device_code;  // a secret (§5.2): never shown
  std::string user_code;
  std::string verification_uri;
  std::optional<std::string> verification_uri_complete{};
  std::chrono::seconds interval;
  Instant expires_at;
};

// §3.5: what comes after a poll that brought no tokens.
[[nodiscard]] bool polling_goes_on(const Error& failure);
// slow_down adds 5 seconds, for all polls that follow; so does 429. No or a broken answer doubles.
[[nodiscard]] std::chrono::seconds next_interval(std::chrono::seconds interval,
                                                 const Error& failure);
// A person is sent to https, or to http on loopback: never to a script, a file, or another's name.
[[nodiscard]] bool is_safe_verification_uri(std::string_view uri);

struct DeviceRules {
  std::function<bool(std::string_view)> is_safe_uri = &is_safe_verification_uri;
  std::function<bool(const Error&)> goes_on = &polling_goes_on;
  std::function<std::chrono::seconds(std::chrono::seconds, const Error&)> next_interval =
      &client::next_interval;
};

// §3.2. unsafe_response when the user code is not plain text, or the URI is none to send a person
// to: not https, nor http on loopback. Without an interval it is 5 seconds, and never less than
// one.
[[nodiscard]] Result<DeviceGrant> judge_device_response(const HttpResponse& response, Instant now,
                                                        const TokenRules& rules,
                                                        const DeviceRules& device);

// Blocks until the tokens are there, the server says no, the code has expired or a stop is asked
// for. Waits before each poll, the first one too. A stop is a login_required error.
[[nodiscard]] Result<TokenAnswer> poll_for_tokens(const DeviceGrant& grant,
                                                  const std::function<Result<TokenAnswer>()>& poll,
                                                  Clock& clock, const std::stop_token& stop,
                                                  const DeviceRules& rules);

}  // namespace heygen::client
