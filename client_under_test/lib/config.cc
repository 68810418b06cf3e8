#include "client_under_test/lib/config.h"

#include <algorithm>
#include <array>
#include <utility>

#include "client_under_test/lib/text.h"
#include "client_under_test/lib/url.h"

namespace heygen::client {
namespace {

Error refuse(std::string message) { return Error{ErrorKind::bad_request, std::move(message)}; }

Result<void> check_endpoint(const std::string& text, std::string_view name) {
  const Result<Url> url = require_secure_url(text, name);
  if (!url) return url.error();
  // RFC 6749 §3.1 and §3.2: an endpoint has no fragment.
  if (url->has_fragment) return refuse(std::string(name) + ": must not have a fragment (#)");
  return {};
}

}  // namespace

void use_base_url(Config& config, std::string_view base) {
  while (base.ends_with('/')) base.remove_suffix(1);
  const std::string origin(base);
  config.authorize_url = origin + "/oauth/authorize";
  config.token_url = origin + "/v1/oauth/token";
  config.refresh_url = origin + "/v1/oauth/refresh_token";
  config.revoke_url = origin + "/v1/oauth/revoke";
  config.device_url = origin + "/v1/oauth/device_authorization";
  config.api_url = origin;
}

Result<void> check_config(const Config& config) {
  const std::array<std::pair<const std::string*, std::string_view>, 6> endpoints{
      {{&config.authorize_url, "authorize_url"},
       {&config.token_url, "token_url"},
       {&config.refresh_url, "refresh_url"},
       {&config.revoke_url, "revoke_url"},
       {&config.device_url, "device_url"},
       {&config.api_url, "api_url"}}};
  for (const auto& [text, name] : endpoints) {
    if (const Result<void> good = check_endpoint(*text, name); !good) return good;
  }
  if (config.api_url.find('?') != std::string::npos) {
    return refuse("api_url: must not have a query; paths are appended to it");
  }
  if (config.client_id.empty()) return refuse("client_id: must not be empty");
  const std::string& redirect = config.redirect_uri;
  if (redirect.empty() || !is_visible_ascii(redirect) || redirect.find(':') == std::string::npos) {
    return refuse("redirect_uri: must be an absolute URI");
  }
  // RFC 6749 §3.1.2
  if (redirect.find('#') != std::string::npos) {
    return refuse("redirect_uri: must not have a fragment (#)");
  }
  return {};
}

}  // namespace heygen::client
