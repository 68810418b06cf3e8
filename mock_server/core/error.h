// Every OAuth error this server can answer, as one table. A rule picks a row; one writer
// (routes/encode) turns it into a status, a body or a redirect. No route writes a status by hand.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "mock_server/core/policy.h"

namespace heygen::mock {

// One row of the table, named for what went wrong.
enum class ErrorId : std::uint8_t {
  // the authorize endpoint
  authorize_client_unknown,
  authorize_redirect_unregistered,
  authorize_redirect_missing,
  authorize_response_type_unsupported,
  authorize_response_type_missing,
  authorize_challenge_missing,
  authorize_challenge_invalid,
  authorize_challenge_method_unsupported,
  authorize_denied,
  authorize_consent_gone,
  // the token endpoint
  grant_type_missing,
  grant_type_unsupported,
  content_type_not_form,
  client_unknown,
  client_secret_wrong,
  client_basic_failed,
  client_methods_mixed,
  code_missing,
  code_invalid,
  redirect_uri_missing,
  redirect_uri_mismatch,
  verifier_missing,
  verifier_malformed,
  verifier_wrong,
  refresh_token_missing,
  refresh_token_invalid,
  scope_exceeds_grant,
  token_missing,
  // devices, RFC 8628 §3.5
  device_code_missing,
  device_code_invalid,
  device_pending,
  device_slow_down,
  device_denied,
  device_expired,
  // the pages
  page_forged,
  page_decision_missing,
  // registration, RFC 7591 §3.2.2
  registration_redirect_invalid,
  registration_metadata_invalid,
  // anywhere
  parameter_duplicated,
  parameters_malformed,
  method_not_allowed,
  request_too_large,
  unavailable,
  internal,
  // the API, RFC 6750
  bearer_missing,
  bearer_malformed,
  bearer_methods_mixed,
  bearer_invalid,
};

// What a row says on the wire.
struct ErrorRow {
  ErrorId id;
  int status;                    // HTTP status where the answer is not a redirect
  std::string_view code;         // RFC 6749 §4.1.2.1, §5.2; RFC 6750 §3.1
  std::string_view description;  // may hold one {} for the detail; "" is left out of the answer
};

// An error as a value. `description` is for the client; `why` is for the person who tests it: it
// goes to the journal and the log, and never to the client.
struct OAuthError {
  ErrorId id;
  int status = 400;
  std::string_view code;
  std::string description;
  std::string why;
};

std::span<const ErrorRow> error_table() noexcept;

// The description as the client gets it. RFC 6749 §5.2 keeps it to printable ASCII without '"' and
// backslash; the vendor's library does not (facts.md), so it is only done where the RFCs rule.
std::string describe(const OAuthError& error, ErrorsPolicy errors);

// `detail` replaces the {} of the row's description.
OAuthError make_error(ErrorId id, std::string why = {}, std::string_view detail = {});

}  // namespace heygen::mock
