// POST /v1/oauth/revoke (RFC 7009).
#include <array>
#include <string>

#include "mock_server/core/crypto.h"
#include "mock_server/core/token.h"
#include "mock_server/routes/encode.h"
#include "mock_server/routes/handlers.h"
#include "mock_server/routes/params.h"

namespace heygen::mock {
namespace {

constexpr std::array<std::string_view, 4> kRevokeOnce{"token", "token_type_hint", "client_id",
                                                      "client_secret"};

std::string_view explain(Revocation what) noexcept {
  switch (what) {
    case Revocation::revoked:
      return "revoked";
    case Revocation::unknown:
      return "no such token, which is no error (RFC 7009 §2.2)";
    case Revocation::of_another_client:
      return "the token was issued to another client: it stays good (RFC 7009 §2.1)";
    case Revocation::needs_authentication:
      break;
  }
  return "the token's client has a secret and must authenticate (RFC 7009 §2.1)";
}

}  // namespace

Answer handle_revoke(const Call& call, const Visit& visit, const Fixtures&) {
  const ErrorsPolicy errors = visit.context.policy.errors;
  if (auto error = check_body(call, kRevokeOnce)) return refuse(std::move(*error), errors);
  const auto token = param(call.form, "token");
  if (!token) {
    return refuse(make_error(ErrorId::token_missing, is_form(call.request)
                                                         ? "token is missing"
                                                         : "the body must be "
                                                           "application/x-www-form-urlencoded"),
                  errors);
  }
  std::shared_ptr<const Client> client;
  const ClientCredentials credentials = credentials_of(call);
  if (credentials.id || credentials.basic_tried) {
    auto found = authenticate(visit.context, credentials);
    if (!found) return refuse(std::move(found.error()), errors);
    client = *found;
  }
  // token_type_hint may be wrong or unknown: the search goes over all tokens anyway (§2.1).
  const Revocation what = revoke(visit.context, client.get(), *token);
  if (what == Revocation::needs_authentication) {
    return refuse(make_error(ErrorId::client_unknown, std::string{explain(what)}), errors);
  }
  Answer answer;
  answer.response = json_response(200, "{}");
  answer.why = explain(what);
  answer.tokens_used.push_back(fingerprint(*token));
  return answer;
}

}  // namespace heygen::mock
