// Whom the client talks to, and as whom.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "client_under_test/lib/result.h"

namespace heygen::client {

// RFC 6749 §2.3.1. Without a secret the client is public and this is not looked at.
enum class ClientAuth { post, basic };

struct Config {
  std::string authorize_url = "https://app.heygen.com/oauth/authorize";
  std::string token_url = "https://api2.heygen.com/v1/oauth/token";
  std::string refresh_url = "https://api2.heygen.com/v1/oauth/refresh_token";
  std::string revoke_url = "https://api2.heygen.com/v1/oauth/revoke";
  std::string device_url = "https://api2.heygen.com/v1/oauth/device_authorization";
  std::string api_url = "https://api.heygen.com";
  std::string client_id{};
  std::optional<std::string> client_secret{};
  ClientAuth client_auth = ClientAuth::post;
  std::string redirect_uri{};
  std::string scope{};                  // space-delimited, empty: ask for none
  std::optional<std::string> issuer{};  // RFC 9207; see issuer_matches()
  // How long an exchange with a server may take, from the first byte sent to the last one received.
  std::chrono::milliseconds timeout = std::chrono::seconds{30};
};

// All six endpoints under one origin, as a mock serves them: "http://127.0.0.1:8765" or
// "http://127.0.0.1:8765/s/NAME".
void use_base_url(Config& config, std::string_view base);

// bad_request with the offending setting: every endpoint https or loopback, no fragment, a client
// identifier, an absolute redirect URI.
[[nodiscard]] Result<void> check_config(const Config& config);

}  // namespace heygen::client
