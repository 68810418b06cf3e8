// The requests to the authorization server's own endpoints. Building only: pure, and told apart
// from judging the answers (token_response.h).
#pragma once

#include <string>
#include <string_view>

#include "client_under_test/lib/config.h"
#include "client_under_test/lib/http.h"

namespace heygen::client {

struct CodeGrant {
  std::string_view code;
  std::string_view verifier;
  std::string_view redirect_uri;  // byte for byte that of the authorization request
};

// RFC 6749 §4.1.3 with RFC 7636 §4.5.
[[nodiscard]] HttpRequest build_code_request(const Config& config, const CodeGrant& grant);
// RFC 6749 §6.
[[nodiscard]] HttpRequest build_refresh_request(const Config& config,
                                                std::string_view refresh_token);
// RFC 7009 §2.1. The user waits for a logout: 5 seconds and no more.
[[nodiscard]] HttpRequest build_revoke_request(const Config& config,
                                               std::string_view refresh_token);
// RFC 8628 §3.1.
[[nodiscard]] HttpRequest build_device_request(const Config& config);
// RFC 8628 §3.4.
[[nodiscard]] HttpRequest build_device_poll(const Config& config, std::string_view device_code);

}  // namespace heygen::client
