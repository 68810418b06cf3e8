#include "conformance/subjects/app_start.h"

#include <vector>

#include "conformance/subjects/app_login.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

constexpr std::chrono::milliseconds kMostWait{2000};  // for one place

std::vector<std::string> usual_places(const std::string& callback_url) {
  const std::string origin = origin_of(callback_url);
  std::vector<std::string> places{origin + "/"};
  // "/auth/heygen/callback" is often begun at "/auth/heygen", "/oauth/callback" at "/oauth/login".
  std::string path(target_of(callback_url));
  path = path.substr(0, path.find('?'));
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0;
       slash = path.rfind('/')) {
    path.resize(slash);
    places.push_back(origin + path);
    places.push_back(origin + path + "/login");
  }
  for (const char* usual :
       {"/login", "/auth/login", "/auth/heygen", "/login/heygen", "/connect", "/connect/heygen",
        "/signin", "/oauth/login", "/oauth/start", "/api/auth/signin"}) {
    places.push_back(origin + usual);
  }
  return places;
}

}  // namespace

std::optional<std::string> find_start_url(const App& app, const std::stop_token& stop) {
  for (const std::string& place : usual_places(app.options().callback_url)) {
    if (stop.stop_requested()) return std::nullopt;
    const auto browser = app.browser();
    const auto deadline = std::chrono::steady_clock::now() + kMostWait;
    if (find_authorize_url(*browser, {"GET", place}, app.witness(), deadline, stop)) return place;
  }
  return std::nullopt;
}

}  // namespace heygen::conformance
