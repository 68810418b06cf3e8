#include "conformance/subjects/app.h"

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "conformance/browser/plain_browser.h"
#include "conformance/subjects/app_subject.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

constexpr std::chrono::milliseconds kLook{50};  // between two looks for an app that is away

bool is_loopback(std::string_view origin) {
  std::string_view host = origin.substr(std::min(origin.find("://") + 3, origin.size()));
  if (!host.starts_with('[')) host = host.substr(0, host.rfind(':'));
  return host.starts_with("127.") || host == "localhost" || host.starts_with("[::1]") ||
         host.ends_with(".localhost");
}

}  // namespace

App::App(AppOptions options, mock::Server& server)
    : server_(server),
      options_(std::move(options)),
      witness_(server, options_.sandbox),
      log_(options_.log_file) {}

std::shared_ptr<const App> App::with(AppOptions options) const {
  return std::make_shared<const App>(std::move(options), server_);
}

FetchLimits App::limits() const {
  FetchLimits limits;
  limits.ca_file = options_.ca_file;
  return limits;
}

Capabilities App::capabilities() const {
  Capabilities can{Capability::callback, Capability::page, Capability::messages,
                   Capability::two_sessions, Capability::concurrency};
  if (!options_.start_url.empty()) {
    can.add(Capability::begin);
    can.add(Capability::state);
  }
  if (!options_.call_url.empty()) {
    can.add(Capability::call_api);
    if (options_.refreshes) can.add(Capability::refresh);
    can.add(Capability::cookies);
    if (!options_.logout_url.empty()) can.add(Capability::logout);
  }
  if (!options_.log_file.empty()) can.add(Capability::logs);
  return can;
}

Outcome<Done> App::await(const std::stop_token& stop) const {
  using std::chrono::steady_clock;
  const auto until = steady_clock::now() + (given_up_ ? kLook : options_.patience);
  while (true) {
    auto there = reachable(options_.callback_url, limits(), until, stop);
    if (there) {
      given_up_ = false;
      return there;
    }
    const std::string& kind = there.failure().kind;
    const bool may_come = kind == "unreachable" || kind == "closed";
    if (!may_come || stop.stop_requested() || steady_clock::now() + kLook >= until) {
      given_up_ = true;
      return there;
    }
    std::this_thread::sleep_for(kLook);
  }
}

std::unique_ptr<Browser> App::browser() const {
  BrowserOptions all{limits(), [this](const std::string& url) { return may_follow(url); }};
  if (!options_.chromium) return std::make_unique<PlainBrowser>(std::move(all));
  // A page's script may speak with the vendor itself.
  all.may_load = [this](const std::string& url) { return witness_.is_mock(url); };
  return options_.chromium->open(std::move(all));
}

bool App::may_follow(const std::string& url) const {
  if (witness_.is_mock(url)) return false;
  const std::string origin = origin_of(url);
  const std::array own{&options_.callback_url, &options_.start_url, &options_.call_url,
                       &options_.logout_url};
  return is_loopback(origin) ||
         std::ranges::any_of(own, [&](const auto* one) { return origin_of(*one) == origin; });
}

Outcome<std::unique_ptr<Subject>> AppFactory::start() {
  return std::unique_ptr<Subject>(std::make_unique<AppSubject>(app_));
}

}  // namespace heygen::conformance
