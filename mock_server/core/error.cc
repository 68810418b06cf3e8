#include "mock_server/core/error.h"

#include <array>
#include <cstddef>
#include <utility>

namespace heygen::mock {
namespace {

// facts.md's table, measured on Authlib 1.2, in its own words where it has any.
constexpr std::array kTable = {
    ErrorRow{ErrorId::authorize_client_unknown, 400, "invalid_client", ""},
    ErrorRow{ErrorId::authorize_redirect_unregistered, 400, "invalid_request",
             "Redirect URI {} is not supported by client."},
    ErrorRow{ErrorId::authorize_redirect_missing, 400, "invalid_request",
             "Missing \"redirect_uri\" in request."},
    ErrorRow{ErrorId::authorize_response_type_unsupported, 400, "unsupported_response_type", ""},
    ErrorRow{ErrorId::authorize_response_type_missing, 400, "invalid_request",
             "Missing \"response_type\" in request."},
    ErrorRow{ErrorId::authorize_challenge_missing, 400, "invalid_request",
             "Missing \"code_challenge\""},
    ErrorRow{ErrorId::authorize_challenge_invalid, 400, "invalid_request",
             "Invalid \"code_challenge\""},
    ErrorRow{ErrorId::authorize_challenge_method_unsupported, 400, "invalid_request",
             "Unsupported \"code_challenge_method\""},
    ErrorRow{ErrorId::authorize_denied, 400, "access_denied",
             "The resource owner or authorization server denied the request"},
    ErrorRow{ErrorId::authorize_consent_gone, 400, "invalid_request",
             "This login was already answered or has expired."},

    ErrorRow{ErrorId::grant_type_missing, 400, "invalid_request",
             "Missing \"grant_type\" in request."},
    ErrorRow{ErrorId::grant_type_unsupported, 400, "unsupported_grant_type", ""},
    ErrorRow{ErrorId::content_type_not_form, 400, "invalid_request",
             "The body must be application/x-www-form-urlencoded."},
    ErrorRow{ErrorId::client_unknown, 400, "invalid_client", ""},
    ErrorRow{ErrorId::client_secret_wrong, 400, "invalid_client", ""},
    ErrorRow{ErrorId::client_basic_failed, 401, "invalid_client", ""},
    ErrorRow{ErrorId::client_methods_mixed, 400, "invalid_request",
             "More than one client authentication method in request."},
    ErrorRow{ErrorId::code_missing, 400, "invalid_request", "Missing \"code\" in request."},
    ErrorRow{ErrorId::code_invalid, 400, "invalid_grant", "Invalid \"code\" in request."},
    ErrorRow{ErrorId::redirect_uri_missing, 400, "invalid_request",
             "Missing \"redirect_uri\" in request."},
    ErrorRow{ErrorId::redirect_uri_mismatch, 400, "invalid_grant",
             "Invalid \"redirect_uri\" in request."},
    ErrorRow{ErrorId::verifier_missing, 400, "invalid_request", "Missing \"code_verifier\""},
    ErrorRow{ErrorId::verifier_malformed, 400, "invalid_request", "Invalid \"code_verifier\""},
    ErrorRow{ErrorId::verifier_wrong, 400, "invalid_grant", "Code challenge failed."},
    ErrorRow{ErrorId::refresh_token_missing, 400, "invalid_request",
             "Missing \"refresh_token\" in request."},
    ErrorRow{ErrorId::refresh_token_invalid, 400, "invalid_grant", ""},
    ErrorRow{ErrorId::scope_exceeds_grant, 400, "invalid_scope",
             "The requested scope is invalid, unknown, or malformed."},
    ErrorRow{ErrorId::token_missing, 400, "invalid_request", "Missing \"token\" in request."},

    ErrorRow{ErrorId::device_code_missing, 400, "invalid_request",
             "Missing \"device_code\" in request."},
    ErrorRow{ErrorId::device_code_invalid, 400, "invalid_grant",
             "Invalid \"device_code\" in request."},
    ErrorRow{ErrorId::device_pending, 400, "authorization_pending", ""},
    ErrorRow{ErrorId::device_slow_down, 400, "slow_down", ""},
    ErrorRow{ErrorId::device_denied, 400, "access_denied", ""},
    ErrorRow{ErrorId::device_expired, 400, "expired_token", ""},

    ErrorRow{ErrorId::page_forged, 403, "access_denied",
             "This decision was not made on a page that was opened in this browser."},
    ErrorRow{ErrorId::page_decision_missing, 400, "invalid_request",
             "Approve or deny: no decision was sent."},

    ErrorRow{ErrorId::registration_redirect_invalid, 400, "invalid_redirect_uri", "{}"},
    ErrorRow{ErrorId::registration_metadata_invalid, 400, "invalid_client_metadata", "{}"},

    ErrorRow{ErrorId::parameter_duplicated, 400, "invalid_request", "Multiple \"{}\" in request."},
    ErrorRow{ErrorId::parameters_malformed, 400, "invalid_request",
             "The parameters are not well-formed: {}."},
    ErrorRow{ErrorId::method_not_allowed, 405, "invalid_request", "Method not allowed."},
    ErrorRow{ErrorId::request_too_large, 413, "invalid_request", "The request is too large."},
    ErrorRow{ErrorId::unavailable, 503, "temporarily_unavailable", ""},
    ErrorRow{ErrorId::internal, 500, "server_error", ""},

    // RFC 6750 §3.1: a request without credentials gets a challenge without an error code.
    ErrorRow{ErrorId::bearer_missing, 401, "", ""},
    ErrorRow{ErrorId::bearer_malformed, 400, "invalid_request", ""},
    ErrorRow{ErrorId::bearer_methods_mixed, 400, "invalid_request", ""},
    ErrorRow{ErrorId::bearer_invalid, 401, "invalid_token", ""},
};

constexpr bool rows_stand_in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].id) != i) return false;
  }
  return true;
}
static_assert(rows_stand_in_order(), "the table is indexed by ErrorId");

}  // namespace

std::span<const ErrorRow> error_table() noexcept { return kTable; }

std::string describe(const OAuthError& error, ErrorsPolicy errors) {
  std::string text = error.description;
  if (errors == ErrorsPolicy::vendor) return text;
  for (char& c : text) {
    if (c == '"') c = '\'';
    if (c == '\\') c = '/';
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

OAuthError make_error(ErrorId id, std::string why, std::string_view detail) {
  const ErrorRow& row = kTable[static_cast<std::size_t>(id)];
  std::string description{row.description};
  if (const auto hole = description.find("{}"); hole != std::string::npos) {
    description.replace(hole, 2, detail);
  }
  return OAuthError{id, row.status, row.code, std::move(description), std::move(why)};
}

}  // namespace heygen::mock
