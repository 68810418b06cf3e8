// The files of this folder, each a span of checks. catalogue.cc lists them.
#pragma once

#include <span>

#include "conformance/check.h"

namespace heygen::conformance {

std::span<const Check> authorize_request_checks();
std::span<const Check> authorize_secret_checks();
std::span<const Check> callback_origin_checks();
std::span<const Check> callback_error_checks();
std::span<const Check> callback_hostile_checks();
std::span<const Check> callback_page_checks();
std::span<const Check> callback_response_checks();
std::span<const Check> pkce_challenge_checks();
std::span<const Check> pkce_verifier_checks();
std::span<const Check> response_body_checks();
std::span<const Check> response_error_checks();
std::span<const Check> response_lifetime_checks();
std::span<const Check> response_refresh_token_checks();
std::span<const Check> response_token_checks();
std::span<const Check> state_binding_checks();
std::span<const Check> state_random_checks();
std::span<const Check> refresh_when_checks();
std::span<const Check> refresh_token_checks();
std::span<const Check> refresh_failure_checks();
std::span<const Check> refresh_flight_checks();
std::span<const Check> refresh_persist_checks();
std::span<const Check> bearer_checks();
std::span<const Check> bearer_redirect_checks();
std::span<const Check> secrecy_checks();
std::span<const Check> logout_checks();
std::span<const Check> device_request_checks();
std::span<const Check> device_poll_checks();
std::span<const Check> token_exchange_checks();
std::span<const Check> token_request_checks();
std::span<const Check> refresh_request_checks();
std::span<const Check> refresh_rotation_checks();
std::span<const Check> response_spelling_checks();
std::span<const Check> token_tls_checks();
std::span<const Check> tour_checks();
std::span<const Check> token_timeout_checks();
std::span<const Check> refresh_store_checks();
std::span<const Check> bearer_challenge_checks();
std::span<const Check> error_page_checks();
std::span<const Check> process_secret_checks();
std::span<const Check> logout_flight_checks();
std::span<const Check> device_trouble_checks();
std::span<const Check> callback_place_checks();
std::span<const Check> session_cookie_checks();

// Of a server.
std::span<const Check> server_authorize_checks();
std::span<const Check> server_redirect_uri_checks();
std::span<const Check> server_page_checks();
std::span<const Check> server_code_checks();
std::span<const Check> server_pkce_checks();
std::span<const Check> server_token_checks();
std::span<const Check> server_client_checks();
std::span<const Check> server_token_answer_checks();
std::span<const Check> server_refresh_checks();
std::span<const Check> server_refresh_bound_checks();
std::span<const Check> server_api_checks();
std::span<const Check> server_revoke_checks();
std::span<const Check> server_device_checks();
std::span<const Check> server_robust_checks();

}  // namespace heygen::conformance
