// POST /v1/oauth/token and /v1/oauth/refresh_token (RFC 6749 §3.2).
#include "mock_server/core/token.h"

#include <array>

#include "mock_server/core/crypto.h"
#include "mock_server/core/device.h"
#include "mock_server/routes/encode.h"
#include "mock_server/routes/handlers.h"
#include "mock_server/routes/params.h"
#include "mock_server/routes/table.h"

namespace heygen::mock {
namespace {

constexpr std::array<std::string_view, 9> kTokenOnce{
    "grant_type",    "code",          "redirect_uri", "client_id",  "client_secret",
    "code_verifier", "refresh_token", "scope",        "device_code"};

constexpr std::string_view kDeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

constexpr std::string_view kRefreshRoute = "/v1/oauth/refresh_token";

OAuthError not_a_form(const Call& call, bool by_rfc) {
  const auto type = call.request.headers.get("Content-Type");
  std::string why{"the body must be application/x-www-form-urlencoded"};
  why.append(type.empty() ? ", and no Content-Type was sent" : ", not ").append(type);
  return make_error(by_rfc ? ErrorId::content_type_not_form : ErrorId::grant_type_unsupported,
                    std::move(why));
}

OAuthError no_grant_type(const Call& call, bool by_rfc) {
  const bool in_url = call.query.find("grant_type") != nullptr;
  return make_error(by_rfc ? ErrorId::grant_type_missing : ErrorId::grant_type_unsupported,
                    in_url ? "grant_type is in the URL; parameters belong in the body (RFC 6749 "
                             "§3.2)"
                           : "grant_type is missing");
}

Answer finish(Result<TokenSet> tokens, std::optional<std::string_view> spent, ErrorsPolicy errors) {
  Answer answer = tokens ? give_tokens(*tokens) : refuse(std::move(tokens.error()), errors);
  if (spent) answer.tokens_used.push_back(fingerprint(*spent));
  return answer;
}

}  // namespace

Answer handle_token(const Call& call, const Visit& visit, const Fixtures&) {
  const Context& context = visit.context;
  const ErrorsPolicy errors = context.policy.errors;
  const bool by_rfc = errors == ErrorsPolicy::rfc;
  if (!is_form(call.request)) return refuse(not_a_form(call, by_rfc), errors);
  if (auto error = check_body(call, kTokenOnce)) return refuse(std::move(*error), errors);
  if (call.grant_type.empty()) return refuse(no_grant_type(call, by_rfc), errors);

  const bool refreshes = call.grant_type == "refresh_token";
  const bool polls = call.grant_type == kDeviceGrant;
  if (!refreshes && call.route->path == kRefreshRoute) {
    return refuse(make_error(ErrorId::grant_type_unsupported,
                             "this route takes grant_type=refresh_token alone; other grants go to "
                             "/v1/oauth/token"),
                  errors);
  }
  if (!refreshes && !polls && call.grant_type != "authorization_code") {
    return refuse(make_error(ErrorId::grant_type_unsupported,
                             "grant_type is authorization_code, refresh_token or " +
                                 std::string{kDeviceGrant} + ", not " + call.grant_type),
                  errors);
  }
  auto client = authenticate(context, credentials_of(call));
  if (!client) return refuse(std::move(client.error()), errors);
  if (refreshes) {
    const auto token = param(call.form, "refresh_token");
    return finish(refresh(context, **client, {token, param(call.form, "scope")}), token, errors);
  }
  if (polls) {
    const auto device_code = param(call.form, "device_code");
    return finish(poll_device(context, **client, device_code), device_code, errors);
  }
  const auto code = param(call.form, "code");
  return finish(redeem(context, **client,
                       {code, param(call.form, "redirect_uri"), param(call.form, "code_verifier")}),
                code, errors);
}

}  // namespace heygen::mock
