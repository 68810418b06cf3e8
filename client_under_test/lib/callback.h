// Judging an authorization response, before anything is done with its code.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "client_under_test/lib/config.h"
#include "client_under_test/lib/pending_logins.h"

namespace heygen::client {

struct CallbackRequest {
  std::string_view session;
  std::string_view method;  // of the browser's request
  std::string_view url;     // whole, or the request's target
};

// The URL, or the target of the request to our own listener, is that of the redirect URI: what
// comes anywhere else is no answer to a login of ours.
[[nodiscard]] bool is_at_redirect_uri(const Config& config, std::string_view url);
// RFC 9207 §2.4. With a configured issuer: equal to it, by simple string comparison. Without one:
// of the origin of the configured authorization or token endpoint.
[[nodiscard]] bool issuer_matches(const Config& config, std::string_view iss);
// RFC 6749 §4.1.2.1: an answer with an error is an error, whatever else is in it.
[[nodiscard]] std::optional<Error> judge_error_parameter(const CallbackParams& params);
// §4.1.2 and §3.1: there is one, and a parameter without a value counts as left out.
[[nodiscard]] std::optional<Error> judge_code_parameter(const CallbackParams& params);

struct CallbackRules {
  std::function<bool(const Config&, std::string_view url)> is_at_redirect_uri =
      &client::is_at_redirect_uri;
  std::function<Result<CallbackParams>(std::string_view url)> read = &read_callback;
  std::function<bool(const Config&, std::string_view iss)> issuer_matches = &client::issuer_matches;
  std::function<std::optional<Error>(const CallbackParams&)> judge_error = &judge_error_parameter;
  std::function<std::optional<Error>(const CallbackParams&)> judge_code = &judge_code_parameter;
};

// A code that may be exchanged: its callback belongs to a login of this session. Only
// validate_callback() makes one, it cannot be copied, and the code exchange takes nothing else.
class ValidatedCallback {
 public:
  ValidatedCallback(ValidatedCallback&&) = default;
  ValidatedCallback& operator=(ValidatedCallback&&) = default;
  ValidatedCallback(const ValidatedCallback&) = delete;
  ValidatedCallback& operator=(const ValidatedCallback&) = delete;
  ~ValidatedCallback() = default;

  [[nodiscard]] const std::string& code() const noexcept { return code_; }
  [[nodiscard]] const PendingLogin& login() const noexcept { return login_; }

 private:
  ValidatedCallback(std::string code, PendingLogin login)
      : code_(std::move(code)), login_(std::move(login)) {}
  friend Result<ValidatedCallback> validate_callback(const CallbackRequest&, const Config&,
                                                     PendingLogins&, const CallbackRules&,
                                                     Instant now);

  std::string code_;
  PendingLogin login_;
};

// In this order: method, path, duplicates, state, issuer, error, code. Until the state is found
// good no pending login is touched, so that a foreign callback cannot end one; from then on the
// login is spent, whatever comes out.
[[nodiscard]] Result<ValidatedCallback> validate_callback(const CallbackRequest& request,
                                                          const Config& config,
                                                          PendingLogins& pending,
                                                          const CallbackRules& rules, Instant now);

}  // namespace heygen::client
