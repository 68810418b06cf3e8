// The operation that names the endpoints.

#include <cmath>

#include "client_under_test/adapter/operations.h"

namespace heygen::client {
namespace {

// The text that a member has, when it was given at all.
Result<void> take(const JsonObject& params, std::string_view name,
                  std::optional<std::string>& into) {
  const JsonValue* const given = params.find(name);
  if (given == nullptr || given->kind == JsonValue::Kind::null) return {};
  Result<std::string> text = text_param(params, name);
  if (!text) return text.error();
  into = *std::move(text);
  return {};
}

Result<void> take_timeout(const JsonObject& params, std::chrono::milliseconds& into) {
  constexpr double kLongest = 60'000;
  const JsonValue* const given = params.find("timeout_ms");
  if (given == nullptr || given->kind == JsonValue::Kind::null) return {};
  const std::optional<double> span = params.number("timeout_ms");
  if (!span || *span < 1 || *span > kLongest) {
    return bad_request("timeout_ms: must be a number from 1 to 60000");
  }
  into = std::chrono::milliseconds{std::llround(*span)};
  return {};
}

Result<void> take_optional(const JsonObject& params, Config& config) {
  if (Result<void> taken = take(params, "client_secret", config.client_secret); !taken) {
    return taken;
  }
  if (Result<void> taken = take(params, "issuer", config.issuer); !taken) return taken;
  std::optional<std::string> scope;
  if (Result<void> taken = take(params, "scope", scope); !taken) return taken;
  config.scope = std::move(scope).value_or("");
  std::optional<std::string> auth;
  if (Result<void> taken = take(params, "client_auth", auth); !taken) return taken;
  if (auth && *auth != "post" && *auth != "basic") {
    return bad_request("client_auth: must be \"post\" or \"basic\"");
  }
  config.client_auth = auth == "basic" ? ClientAuth::basic : ClientAuth::post;
  return take_timeout(params, config.timeout);
}

Result<Config> read_config(const JsonObject& params) {
  Config config;
  const std::array<std::pair<std::string_view, std::string*>, 8> required{
      {{"authorize_url", &config.authorize_url},
       {"token_url", &config.token_url},
       {"refresh_url", &config.refresh_url},
       {"revoke_url", &config.revoke_url},
       {"device_url", &config.device_url},
       {"api_url", &config.api_url},
       {"client_id", &config.client_id},
       {"redirect_uri", &config.redirect_uri}}};
  for (const auto& [name, into] : required) {
    Result<std::string> text = text_param(params, name);
    if (!text) return text.error();
    *into = *std::move(text);
  }
  if (Result<void> taken = take_optional(params, config); !taken) return taken.error();
  if (Result<void> good = check_config(config); !good) return good.error();
  return config;
}

}  // namespace

Result<std::string> Adapter::configure(const Request& request) {
  Result<Config> config = read_config(request.params);
  if (!config) return config.error();
  const Result<std::string> store_dir = text_param(request.params, "store_dir");
  if (!store_dir) return store_dir.error();
  if (store_dir->empty()) return bad_request("store_dir: must name a directory");
  auto fresh = std::make_shared<Configured>(*std::move(config), *store_dir, parts_);
  {
    const std::lock_guard lock(mutex_);
    configured_.swap(fresh);
  }
  // The old client's sessions end with it; its logins stay in its store.
  if (fresh) fresh->client.stop();
  return std::string("{}");
}

}  // namespace heygen::client
