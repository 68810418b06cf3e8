#include "client_under_test/lib/callback.h"

#include "client_under_test/lib/text.h"
#include "client_under_test/lib/url.h"

namespace heygen::client {
namespace {

Error invalid(std::string message) {
  return Error{ErrorKind::invalid_callback, std::move(message)};
}

}  // namespace

bool is_at_redirect_uri(const Config& config, std::string_view url) {
  if (path_of(url) != path_of(config.redirect_uri)) return false;
  const bool is_whole = url.starts_with("http://") || url.starts_with("https://");
  return !is_whole || same_origin(config.redirect_uri, url);
}

bool issuer_matches(const Config& config, std::string_view iss) {
  if (config.issuer) return *config.issuer == iss;
  return same_origin(config.authorize_url, iss) || same_origin(config.token_url, iss);
}

std::optional<Error> judge_error_parameter(const CallbackParams& params) {
  if (!params.error) return std::nullopt;
  const std::string code = one_line(*params.error, 64);
  std::string message = "the authorization server answered \"" + code + "\"";
  if (params.error_description) {
    message.append(": ").append(one_line(*params.error_description));
  }
  const bool denied = *params.error == "access_denied";
  return Error{denied ? ErrorKind::access_denied : ErrorKind::invalid_callback, std::move(message),
               code};
}

std::optional<Error> judge_code_parameter(const CallbackParams& params) {
  if (params.code && !params.code->empty()) return std::nullopt;
  return invalid("the callback holds neither a code nor an error");
}

Result<ValidatedCallback> validate_callback(const CallbackRequest& request, const Config& config,
                                            PendingLogins& pending, const CallbackRules& rules,
                                            Instant now) {
  if (request.method != "GET") return invalid("a callback is a GET request");
  if (!rules.is_at_redirect_uri(config, request.url)) {
    return invalid("the callback's URL is not the redirect URI's");
  }
  const Result<CallbackParams> params = rules.read(request.url);
  if (!params) return params.error();

  // RFC 6749 §10.12, and §4.1.2.1 for errors: they carry the state as well.
  std::optional<PendingLogin> login = pending.take(request.session, *params, now);
  if (!login) {
    return Error{ErrorKind::state_mismatch,
                 "the callback's state belongs to no pending login of this session"};
  }
  if (params->iss && !rules.issuer_matches(config, *params->iss)) {
    return invalid("the callback comes from another issuer than the configured one");
  }
  if (std::optional<Error> error = rules.judge_error(*params)) return *std::move(error);
  if (std::optional<Error> error = rules.judge_code(*params)) return *std::move(error);
  return ValidatedCallback(params->code.value_or(""), *std::move(login));
}

}  // namespace heygen::client
