#include "client_under_test/lib/token_request.h"

#include <algorithm>

#include "client_under_test/lib/crypto.h"
#include "client_under_test/lib/form.h"

namespace heygen::client {
namespace {

// A logout does not wait for the server longer than this.
constexpr std::chrono::milliseconds kLogoutTimeout{5000};

// Secrets go into the body, never into the URL (RFC 6749 §2.3.1).
HttpRequest post_form(const Config& config, const std::string& endpoint, Fields fields) {
  HttpRequest request;
  request.method = "POST";
  request.url = endpoint;
  request.timeout = config.timeout;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  const bool basic = config.client_secret && config.client_auth == ClientAuth::basic;
  if (basic) {
    // RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
    request.headers.emplace_back("Authorization",
                                 "Basic " + base64(percent_encode(config.client_id) + ":" +
                                                   percent_encode(*config.client_secret)));
  } else {
    fields.emplace_back("client_id", config.client_id);
    if (config.client_secret) fields.emplace_back("client_secret", *config.client_secret);
  }
  request.body = form_encode(fields);
  return request;
}

}  // namespace

HttpRequest build_code_request(const Config& config, const CodeGrant& grant) {
  return post_form(config, config.token_url,
                   {{"grant_type", "authorization_code"},
                    {"code", std::string(grant.code)},
                    {"redirect_uri", std::string(grant.redirect_uri)},
                    {"code_verifier", std::string(grant.verifier)}});
}

HttpRequest build_refresh_request(const Config& config, std::string_view refresh_token) {
  return post_form(
      config, config.refresh_url,
      {{"grant_type", "refresh_token"}, {"refresh_token", std::string(refresh_token)}});
}

HttpRequest build_revoke_request(const Config& config, std::string_view refresh_token) {
  HttpRequest request =
      post_form(config, config.revoke_url,
                {{"token", std::string(refresh_token)}, {"token_type_hint", "refresh_token"}});
  request.timeout = std::min(request.timeout, kLogoutTimeout);
  return request;
}

HttpRequest build_device_request(const Config& config) {
  Fields fields;
  if (!config.scope.empty()) fields.emplace_back("scope", config.scope);
  return post_form(config, config.device_url, std::move(fields));
}

HttpRequest build_device_poll(const Config& config, std::string_view device_code) {
  return post_form(config, config.token_url,
                   {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                    {"device_code", std::string(device_code)}});
}

}  // namespace heygen::client
