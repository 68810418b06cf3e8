#include "conformance/subjects/app_subject.h"

#include <algorithm>
#include <array>
#include <future>
#include <utility>

#include "conformance/seen.h"
#include "conformance/subjects/app_login.h"
#include "conformance/url.h"
#include "mock_server/core/pkce.h"
#include "mock_server/wire/form.h"

namespace heygen::conformance {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kFirstError = 400;

std::string_view path_of(std::string_view url) {
  const std::string_view target = target_of(url);
  return target.substr(0, target.find('?'));
}

Landing landing_of(const Answered& page) {
  return {page.answer.status, page.answer.headers, page.answer.body, "", {}};
}

Landing landing_of(const Visit& visit) {
  Landing landing = landing_of(visit.first());
  for (std::size_t i = 1; i < visit.pages.size(); ++i) {
    landing.followed.push_back(landing_of(visit.pages[i]));
  }
  return landing;
}

template <typename T>
Pending<T> unsupported(std::string why) {
  return Pending<T>([why = std::move(why)]() -> Outcome<T> {
    return Failure{Failure::Origin::unsupported, "", why};
  });
}

Failure refused(std::string why) { return {Failure::Origin::refused, "", std::move(why)}; }

}  // namespace

AppSubject::AppSubject(std::shared_ptr<const App> app)
    : app_(std::move(app)),
      name_(origin_of(app_->options().callback_url)),
      capabilities_(app_->capabilities()),
      timeout_(app_->options().timeout) {}

template <typename T, typename Work>
Pending<T> AppSubject::later(Work work) {
  auto result = std::async(std::launch::async, [this, work = std::move(work)]() -> Outcome<T> {
                  Outcome<T> outcome = work();
                  if (!outcome) note(outcome.failure());
                  return outcome;
                }).share();
  return Pending<T>([result] { return result.get(); });
}

Pending<Done> AppSubject::configure(const Configuration& configuration) {
  {
    const std::lock_guard lock(mutex_);
    users_.clear();
    configuration_ = configuration;
  }
  return Pending<Done>([this] { return app_->await(stop_.get_token()); });
}

Pending<std::string> AppSubject::begin_login(std::string_view session) {
  if (app_->options().start_url.empty()) {
    return Pending<std::string>([url = attackers_url()] { return url; });
  }
  return later<std::string>([this, user = user_of(session)] {
    return find_authorize_url(user->browser, app_->options().start_url, app_->witness(),
                              std::chrono::steady_clock::now() + timeout_.load(),
                              stop_.get_token());
  });
}

std::string AppSubject::attackers_url() {
  const std::lock_guard lock(mutex_);
  const std::string seed = name_ + std::to_string(++attacks_);
  const std::vector<mock::wire::Form::Field> query{{"response_type", "code"},
                                                   {"client_id", configuration_.client_id},
                                                   {"redirect_uri", configuration_.redirect_uri},
                                                   {"state", mock::s256("state of " + seed)},
                                                   {"code_challenge", mock::s256(seed)},
                                                   {"code_challenge_method", "S256"}};
  return configuration_.authorize_url + "?" + mock::wire::form_encode(query);
}

Pending<Landing> AppSubject::callback(std::string_view session, std::string_view url) {
  return later<Landing>([this, user = user_of(session), url = std::string(url)] {
    return take_callback(*user, url);
  });
}

Pending<Landing> AppSubject::visit(std::string_view session, std::string_view method,
                                   std::string_view url) {
  FetchRequest request{std::string(method), std::string(url)};
  if (request.method == "POST") request.body = "";
  return later<Landing>([this, user = user_of(session), request]() -> Outcome<Landing> {
    const auto visit = go(*user, request);
    if (!visit) return visit.failure();
    return landing_of(*visit);
  });
}

Pending<LoginState> AppSubject::state(std::string_view session) {
  return later<LoginState>([this, user = user_of(session)] { return state_of(*user); });
}

Pending<ApiAnswer> AppSubject::call_api(std::string_view session, const ApiCall& /*call*/) {
  if (app_->options().call_url.empty()) return unsupported<ApiAnswer>("name --call-url");
  return later<ApiAnswer>([this, user = user_of(session)] { return call(*user); });
}

Pending<Done> AppSubject::refresh(std::string_view session) {
  if (app_->options().call_url.empty()) return unsupported<Done>("name --call-url");
  return later<Done>([this, user = user_of(session)] { return provoke_refresh(*user); });
}

Pending<Done> AppSubject::logout(std::string_view session) {
  if (app_->options().logout_url.empty()) return unsupported<Done>("name --logout-url");
  return later<Done>([this, user = user_of(session)] { return log_out(*user); });
}

Pending<int> AppSubject::download(std::string_view /*session*/, std::string_view /*url*/) {
  return unsupported<int>("an app is not asked to fetch a URL");
}
Pending<DeviceChallenge> AppSubject::begin_device_login(std::string_view /*session*/) {
  return unsupported<DeviceChallenge>("a web app is no device");
}
Pending<Done> AppSubject::set_time(mock::TimePoint /*now*/) {
  return unsupported<Done>("an app's clock cannot be set");
}

void AppSubject::kill() {
  stop_.request_stop();
  note({Failure::Origin::gone, "stopped", "it was stopped"});
}

Outcome<Done> AppSubject::restart(const std::vector<std::string>& /*environment*/) {
  return Failure{Failure::Origin::unsupported, "", "an app is not started by the suite"};
}

std::optional<Failure> AppSubject::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

std::size_t AppSubject::log_size() const { return app_->log().size(); }
std::string AppSubject::log_since(std::size_t size) const { return app_->log().since(size); }

void AppSubject::note(const Failure& failure) {
  const bool is_trouble =
      failure.origin != Failure::Origin::refused && failure.origin != Failure::Origin::unsupported;
  const std::lock_guard lock(mutex_);
  if (is_trouble && !trouble_) trouble_ = failure;
}

std::shared_ptr<AppSubject::User> AppSubject::user_of(std::string_view session) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<User>& user = users_[std::string(session)];
  if (!user) {
    user = std::make_shared<User>(BrowserOptions{
        app_->limits(), [app = app_](const std::string& url) { return app->may_follow(url); }});
  }
  return user;
}

Outcome<Visit> AppSubject::go(const User& user, FetchRequest request) const {
  return user.browser.visit(std::move(request), std::chrono::steady_clock::now() + timeout_.load(),
                            stop_.get_token());
}

Outcome<Landing> AppSubject::take_callback(User& user, const std::string& url) const {
  user.just_came_in = false;
  const auto before = app_->witness().mark();
  const auto visit = go(user, {"GET", url});
  if (!visit) return visit.failure();
  const int end = visit->last().answer.status;
  const auto exchange = app_->witness().exchanged(before);
  if (end < kFirstError && !sent_to_login(*visit) && exchange.done) {
    user.came_in = true;
    user.just_came_in = !exchange.spoiled;
  }
  Landing landing = landing_of(*visit);
  if (end >= kFirstError) {
    landing.note = "the browser was shown an error page, " + std::to_string(end);
  }
  return landing;
}

// Did the app ask the user to log in, in place of what was asked for?
bool AppSubject::sent_to_login(const Visit& visit) const {
  if (visit.left_to) return app_->witness().is_authorize(*visit.left_to);
  if (visit.pages.size() < 2) return false;
  const std::string_view end = path_of(visit.last().url);
  constexpr std::array<std::string_view, 5> kLogins{"login", "log-in", "signin", "sign-in",
                                                    "sign_in"};
  return std::ranges::any_of(
      kLogins, [end](std::string_view word) { return end.find(word) != std::string_view::npos; });
}

Outcome<LoginState> AppSubject::state_of(User& user) const {
  if (user.just_came_in) return LoginState::logged_in;
  if (app_->options().call_url.empty()) {
    return user.came_in ? LoginState::logged_in : LoginState::login_required;
  }
  const auto answer = call(user);
  if (!answer) return answer.failure();
  return is_good(answer->status) ? LoginState::logged_in : LoginState::login_required;
}

Outcome<ApiAnswer> AppSubject::call(User& user) const {
  user.just_came_in = false;
  const auto before = app_->witness().mark();
  const auto visit = go(user, {"GET", app_->options().call_url});
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

Outcome<Done> AppSubject::provoke_refresh(User& user) const {
  const auto before = app_->witness().mark();
  if (const auto first = call(user); !first) return first.failure();
  if (!app_->witness().expire(app_->witness().calls(before).last_bearer)) {
    return refused("it called the API with no live token");
  }
  const auto expired = app_->witness().mark();
  if (const auto second = call(user); !second) return second.failure();
  if (app_->witness().refreshed(expired)) return Done{};
  return refused("a call with a dead token brought no refresh");
}

// Some log out by GET alone, some by POST, some by a page with a button.
Outcome<Done> AppSubject::log_out(User& user) const {
  constexpr int kNotFound = 404;
  constexpr int kWrongMethod = 405;
  auto visit = go(user, {"GET", app_->options().logout_url});
  if (!visit) return visit.failure();
  const int status = visit->last().answer.status;
  if (status == kNotFound || status == kWrongMethod) {
    visit = go(user, {"POST", app_->options().logout_url, {}, ""});
  } else if (visit->last().is_html()) {
    const Answered page = visit->last();
    for (const PageForm& form : read_html(page.answer.body).forms) {
      const auto button = Browser::submission(page, form);
      if (!button || !says_logout(form.text + " " + form.action)) continue;
      visit = go(user, *button);
      break;
    }
  }
  user.came_in = false;
  user.just_came_in = false;
  if (!visit) return visit.failure();
  if (visit->last().answer.status < kFirstError) return Done{};
  return refused("the logout URL was answered with " + std::to_string(visit->last().answer.status));
}

}  // namespace heygen::conformance
