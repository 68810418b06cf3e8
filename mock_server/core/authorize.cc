#include "mock_server/core/authorize.h"

#include <algorithm>

#include "mock_server/core/client_auth.h"
#include "mock_server/core/redirect_uri.h"
#include "mock_server/core/uri.h"

namespace heygen::mock {
namespace {

AuthorizeRedirect redirect_error(const Context& context, const AuthorizeRequest& request,
                                 OAuthError error) {
  std::string to = append_query(request.redirect_to, {{"error", error.code}});
  if (!error.description.empty()) {
    to = append_query(to, {{"error_description", describe(error, request.policy.errors)}});
  }
  if (request.state) to = append_query(to, {{"state", *request.state}});
  if (request.policy.issuer == IssuerPolicy::send) {
    to = append_query(to, {{"iss", context.issuer}});
  }
  return {std::move(to), std::move(error)};
}

// RFC 7636 §4.3, §4.4.1. The error, or nothing.
std::optional<OAuthError> read_challenge(const AuthorizeParams& params, const Client& client,
                                         AuthorizeRequest& request) {
  const PkcePolicy pkce =
      client.is_public() ? request.policy.pkce : request.policy.pkce_confidential;
  if (!params.code_challenge) {
    if (params.code_challenge_method) {
      return make_error(ErrorId::authorize_challenge_missing,
                        "code_challenge_method was sent without a code_challenge");
    }
    if (pkce != PkcePolicy::required) return std::nullopt;
    return make_error(
        ErrorId::authorize_challenge_missing,
        "PKCE is required and no code_challenge was sent (the guide's older edition prints an "
        "authorize URL without one); send code_challenge and code_challenge_method=S256");
  }
  const std::string method = params.code_challenge_method.value_or("plain");
  if (method == "S256") {
    request.code.challenge.method = ChallengeMethod::s256;
  } else if (method == "plain" && request.policy.plain == PlainPolicy::allowed) {
    request.code.challenge.method = ChallengeMethod::plain;
  } else {
    return make_error(ErrorId::authorize_challenge_method_unsupported,
                      params.code_challenge_method
                          ? "code_challenge_method must be S256, in capitals"
                          : "code_challenge_method was left out, which means plain (RFC 7636 "
                            "§4.3); send S256");
  }
  if (request.policy.challenge == ChallengePolicy::well_formed &&
      !is_well_formed_challenge(*params.code_challenge, request.code.challenge.method)) {
    return make_error(ErrorId::authorize_challenge_invalid,
                      diagnose_challenge(*params.code_challenge));
  }
  request.code.challenge.value = *params.code_challenge;
  return std::nullopt;
}

}  // namespace

AuthorizeOutcome check_authorize(const Context& context, const AuthorizeParams& params) {
  const bool by_rfc = context.policy.errors == ErrorsPolicy::rfc;
  const auto duplicated = [&] {
    return make_error(ErrorId::parameter_duplicated,
                      *params.duplicated + " was sent more than once (RFC 6749 §3.1)",
                      *params.duplicated);
  };
  // RFC 6749 §4.1.2.1: no redirect while it is not sure who asks, and where to.
  if (params.duplicated == "client_id" || params.duplicated == "redirect_uri") {
    return AuthorizeRefused{duplicated()};
  }
  const bool type_is_code = params.response_type == "code";
  if (!type_is_code && !by_rfc) {
    return AuthorizeRefused{
        make_error(ErrorId::authorize_response_type_unsupported, "response_type must be code")};
  }
  const auto client = find_client(context, params.client_id.value_or(""));
  if (!client) {
    return AuthorizeRefused{
        make_error(ErrorId::authorize_client_unknown,
                   params.client_id
                       ? explain_unknown_client(*params.client_id, params.redirect_uri.value_or(""))
                       : "client_id is missing")};
  }

  AuthorizeRequest request;
  request.policy = policy_for(context, *client);
  request.state = params.state;
  request.code.client_id = client->id;
  request.code.scope = params.scope.value_or("");
  if (params.redirect_uri) {
    const bool known = std::ranges::any_of(client->redirect_uris, [&](const std::string& uri) {
      return redirect_uri_matches(uri, *params.redirect_uri, request.policy.redirect,
                                  client->is_public());
    });
    if (!known) {
      return AuthorizeRefused{make_error(
          ErrorId::authorize_redirect_unregistered,
          explain_mismatch(client->redirect_uris, *params.redirect_uri), *params.redirect_uri)};
    }
    request.redirect_to = *params.redirect_uri;
    request.code.redirect_uri = *params.redirect_uri;
  } else {
    if (by_rfc || client->redirect_uris.size() != 1 ||
        client->redirect_uris.front().ends_with(kAnyPath)) {
      return AuthorizeRefused{make_error(ErrorId::authorize_redirect_missing,
                                         "no redirect_uri, and no single registered one to use")};
    }
    request.redirect_to = client->redirect_uris.front();
  }

  if (params.duplicated) return redirect_error(context, request, duplicated());
  if (!type_is_code) {
    return redirect_error(
        context, request,
        make_error(params.response_type ? ErrorId::authorize_response_type_unsupported
                                        : ErrorId::authorize_response_type_missing,
                   "response_type must be code"));
  }
  if (auto error = read_challenge(params, *client, request)) {
    return redirect_error(context, request, std::move(*error));
  }
  return request;
}

Approved approve(const Context& context, const AuthorizeRequest& request, std::string_view user) {
  Code code = request.code;
  code.value = new_code(context.random);
  code.user = user;
  code.issued_at = context.now;
  code.expires_at = saturating_add(context.now, request.policy.code_ttl);
  Approved approved{append_query(request.redirect_to, {{"code", code.value}}), code.value};
  if (request.state) {
    approved.location = append_query(approved.location, {{"state", *request.state}});
  }
  if (request.policy.issuer == IssuerPolicy::send) {
    approved.location = append_query(approved.location, {{"iss", context.issuer}});
  }
  context.store.put_code(std::move(code));
  return approved;
}

AuthorizeRedirect deny(const Context& context, const AuthorizeRequest& request) {
  return redirect_error(context, request,
                        make_error(ErrorId::authorize_denied, "the user denied the request"));
}

}  // namespace heygen::mock
