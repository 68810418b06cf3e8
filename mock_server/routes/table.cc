#include "mock_server/routes/table.h"

#include <algorithm>
#include <array>

#include "mock_server/routes/handlers.h"
#include "mock_server/wire/message.h"

namespace heygen::mock {
namespace {

constexpr std::string_view kWebAppHost = "app.heygen.com";

constexpr std::array kRoutes{
    // First, since they are what is asked for most.
    Route{"POST", "/v1/oauth/token", "token", Endpoint::token, handle_token, {}},
    Route{"POST", "/v1/oauth/refresh_token", "refresh_token", Endpoint::token, handle_token, {}},
    Route{"GET", "/oauth/authorize", "authorize", Endpoint::authorize, handle_authorize, {}},
    Route{
        "GET", "/v1/oauth/authorize", "authorize_api2", Endpoint::authorize, handle_authorize, {}},
    Route{"POST", "/oauth/consent", "consent", Endpoint::authorize, handle_consent, {}},
    Route{"POST", "/v1/oauth/revoke", "revoke", Endpoint::revoke, handle_revoke, {}},
    Route{"POST",
          "/v1/oauth/device_authorization",
          "device_authorization",
          Endpoint::device,
          handle_device_authorization,
          {}},
    Route{"GET", "/device", "device_page", Endpoint::device, handle_device_page, {}},
    Route{"POST", "/device", "device_decision", Endpoint::device, handle_device_decision, {}},
    Route{"GET",
          "/.well-known/oauth-authorization-server",
          "metadata",
          Endpoint::metadata,
          handle_metadata,
          {}},
    Route{
        "POST", "/v1/oauth/register", "register", Endpoint::registration, handle_registration, {}},
    Route{"GET", "/v1/oauth/userinfo", "userinfo", Endpoint::api, handle_userinfo, {}},
    Route{"POST", "/v1/oauth/userinfo", "userinfo_post", Endpoint::api, handle_userinfo, {}},
    Route{"GET", "/oauth/token", "web_app", Endpoint::none, handle_web_app, kWebAppHost},
    Route{"POST", "/oauth/token", "web_app_post", Endpoint::none, handle_web_app, kWebAppHost},
};

// Whatever is left under these is the API's.
constexpr Route kApi{"*", "", "api", Endpoint::api, handle_api, {}};

bool is_api_path(std::string_view path) noexcept {
  return path.starts_with("/v1/") || path.starts_with("/v2/") || path.starts_with("/v3/");
}

bool is_host(std::string_view field, std::string_view wanted) noexcept {
  return wanted.empty() || wire::iequals(field.substr(0, field.find(':')), wanted);
}

}  // namespace

std::span<const Route> routes() noexcept { return kRoutes; }

RouteMatch find_route(std::string_view method, std::string_view path,
                      std::string_view host) noexcept {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  RouteMatch match;
  for (const Route& route : kRoutes) {
    if (route.path != path || !is_host(host, route.host)) continue;
    if (route.method == wanted) return {&route, nullptr};
    match.sibling = &route;
  }
  if (match.sibling == nullptr && is_api_path(path)) match.route = &kApi;
  return match;
}

std::string allowed_methods(std::string_view path) {
  std::string allowed;
  for (const Route& route : kRoutes) {
    if (route.path != path) continue;
    allowed.append(route.method == "GET" ? "GET, HEAD" : route.method).append(", ");
  }
  return allowed + "OPTIONS";
}

std::string_view nearest_path(std::string_view path) noexcept {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const auto last = path.substr(std::min(path.rfind('/'), path.size()));
  if (last.size() < 2) return {};
  const auto near = std::ranges::find_if(kRoutes, [&](const Route& route) {
    return route.host.empty() && (route.path == path || route.path.ends_with(last));
  });
  return near == kRoutes.end() ? std::string_view{} : near->path;
}

}  // namespace heygen::mock
