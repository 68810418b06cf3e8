#include "conformance/subjects/app_user.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "conformance/seen.h"
#include "conformance/subjects/app_login.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kFirstError = 400;

std::string_view path_of(std::string_view url) {
  const std::string_view target = target_of(url);
  return target.substr(0, target.find_first_of("?#"));
}

Landing landing_of(const Answered& page) {
  Landing landing;
  landing.status = page.answer.status;
  landing.headers = page.answer.headers;
  landing.body = page.answer.body;
  return landing;
}

Landing landing_of(const Visit& visit) {
  Landing landing = landing_of(visit.first());
  for (std::size_t i = 1; i < visit.pages.size(); ++i) {
    landing.followed.push_back(landing_of(visit.pages[i]));
  }
  for (const Answered& one : visit.loaded) landing.followed.push_back(landing_of(one));
  landing.kept = visit.kept;
  return landing;
}

Failure refused(std::string why) { return {Failure::Origin::refused, "", std::move(why)}; }

}  // namespace

AppUser::AppUser(std::shared_ptr<const App> app,
                 const std::atomic<std::chrono::milliseconds>& timeout, std::stop_token stop)
    : app_(std::move(app)), timeout_(timeout), stop_(std::move(stop)), browser_(app_->browser()) {}

AppUser::AppUser(const AppUser& other, std::unique_ptr<Browser> browser)
    : app_(other.app_),
      timeout_(other.timeout_),
      stop_(other.stop_),
      browser_(std::move(browser)) {}

Browser::Deadline AppUser::deadline() const {
  return std::chrono::steady_clock::now() + timeout_.load();
}

Outcome<Visit> AppUser::go(FetchRequest request) {
  auto visit = browser_->visit(std::move(request), deadline(), stop_);
  if (visit) remember(*visit);
  return visit;
}

void AppUser::remember(const Visit& visit) {
  constexpr std::size_t kMost = 64;
  const std::lock_guard lock(mutex_);
  shown_.push_back(landing_of(visit));
  if (shown_.size() > kMost) shown_.pop_front();
}

std::vector<Landing> AppUser::shown() const {
  const std::lock_guard lock(mutex_);
  return {shown_.begin(), shown_.end()};
}

Outcome<std::string> AppUser::find_login(FetchRequest start) {
  return find_authorize_url(*browser_, std::move(start), app_->witness(), deadline(), stop_,
                            [this](const Visit& visit) { remember(visit); });
}

Outcome<std::string> AppUser::begin_login() {
  auto url = find_login({"GET", app_->options().start_url});
  if (url || url.failure().kind != "no-login" || !came_in_) return url;
  const auto now = state();
  if (!now || *now != LoginState::logged_in) return url;
  return Failure{Failure::Origin::refused, std::string(kLoggedIn),
                 "a user who is logged in is not led to another login"};
}

Outcome<std::string> AppUser::begin_login_with(const Additions& additions) {
  if (!additions.headers.empty() && browser_->runs_scripts()) {
    return Failure{Failure::Origin::unsupported, "", "the browser sends no headers of ours"};
  }
  std::string url = app_->options().start_url;
  if (!additions.query.empty()) {
    const std::size_t fragment = std::min(url.find('#'), url.size());
    const bool has_query = url.find('?') < fragment;
    url.insert(fragment, (has_query ? "&" : "?") + additions.query);
  }
  return find_login({"GET", std::move(url), additions.headers});
}

Outcome<Landing> AppUser::visit(FetchRequest request) {
  const auto visit = go(std::move(request));
  if (!visit) return visit.failure();
  return landing_of(*visit);
}

Outcome<std::shared_ptr<AppUser>> AppUser::with_same_cookies() {
  auto browser = browser_->with_same_cookies(stop_);
  if (!browser) return browser.failure();
  // The constructor is not for make_shared.
  return std::shared_ptr<AppUser>(new AppUser(*this, std::move(browser).value()));
}

Outcome<Landing> AppUser::take_callback(const std::string& url) {
  just_came_in_ = false;
  const auto before = app_->witness().mark();
  const auto visit = go({"GET", url});
  if (!visit) return visit.failure();
  const int end = visit->last().answer.status;
  const auto exchange = app_->witness().exchanged(before);
  if (end < kFirstError && !sent_to_login(*visit) && exchange.done) {
    came_in_ = true;
    just_came_in_ = !exchange.spoiled;
  }
  Landing landing = landing_of(*visit);
  if (end >= kFirstError) {
    landing.note = "the browser was shown an error page, " + std::to_string(end);
  }
  return landing;
}

// Did the app ask the user to log in, in place of what was asked for?
bool AppUser::sent_to_login(const Visit& visit) const {
  if (visit.left_to) return app_->witness().is_authorize(*visit.left_to);
  const std::string_view end = path_of(visit.last().url);
  if (end == path_of(visit.first().url)) return false;
  constexpr std::array<std::string_view, 5> kLogins{"login", "log-in", "signin", "sign-in",
                                                    "sign_in"};
  return std::ranges::any_of(
      kLogins, [end](std::string_view word) { return end.find(word) != std::string_view::npos; });
}

Outcome<LoginState> AppUser::state() {
  if (just_came_in_) return LoginState::logged_in;
  if (app_->options().call_url.empty()) {
    return came_in_ ? LoginState::logged_in : LoginState::login_required;
  }
  const auto answer = call();
  if (!answer) return answer.failure();
  return is_good(answer->status) ? LoginState::logged_in : LoginState::login_required;
}

Outcome<ApiAnswer> AppUser::call() {
  just_came_in_ = false;
  const auto before = app_->witness().mark();
  const auto visit = go({"GET", app_->options().call_url});
  if (!visit) return visit.failure();
  const auto calls = app_->witness().calls(before);
  ApiAnswer answer{visit->last().answer.status, visit->last().answer.body};
  if (sent_to_login(*visit) || (is_good(answer.status) && calls.made == 0)) {
    answer.status = kUnauthorized;
  } else if (is_good(answer.status) && calls.answered == 0) {
    answer.status = calls.last_status;
  }
  return answer;
}

Outcome<Done> AppUser::provoke_refresh() {
  const auto before = app_->witness().mark();
  if (const auto first = call(); !first) return first.failure();
  if (!app_->witness().expire(app_->witness().calls(before).last_bearer)) {
    return refused("it called the API with no live token");
  }
  const auto expired = app_->witness().mark();
  if (const auto second = call(); !second) return second.failure();
  if (app_->witness().refreshed(expired)) return Done{};
  return refused("a call with a dead token brought no refresh");
}

// Some log out by GET alone, some by POST, some by a page with a button.
Outcome<Done> AppUser::log_out() {
  constexpr int kNotFound = 404;
  constexpr int kWrongMethod = 405;
  auto visit = go({"GET", app_->options().logout_url});
  if (!visit) return visit.failure();
  const int status = visit->last().answer.status;
  if (status == kNotFound || status == kWrongMethod) {
    visit = go({"POST", app_->options().logout_url, {}, ""});
  } else if (visit->last().is_html()) {
    std::set<std::string> pressed;
    const auto is_button = [](const Pressable& thing) {
      return thing.form && says_logout(thing.text + " " + thing.address);
    };
    auto answered = browser_->press(*visit, is_button, pressed, deadline(), stop_);
    if (!answered) {
      visit = answered.failure();
    } else if (*answered) {
      visit = *std::move(answered).value();
      remember(*visit);
    }
  }
  came_in_ = false;
  just_came_in_ = false;
  if (!visit) return visit.failure();
  if (visit->last().answer.status < kFirstError) return Done{};
  return refused("the logout URL was answered with " + std::to_string(visit->last().answer.status));
}

}  // namespace heygen::conformance
