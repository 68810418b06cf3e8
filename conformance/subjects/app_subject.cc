#include "conformance/subjects/app_subject.h"

#include <future>
#include <utility>

#include "conformance/url.h"
#include "mock_server/core/pkce.h"
#include "mock_server/wire/form.h"

namespace heygen::conformance {
namespace {

template <typename T>
Pending<T> unsupported(std::string why) {
  return Pending<T>([why = std::move(why)]() -> Outcome<T> {
    return Failure{Failure::Origin::unsupported, "", why};
  });
}

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
  return later<std::string>([user = user_of(session)] { return user->begin_login(); });
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
  return later<Landing>(
      [user = user_of(session), url = std::string(url)] { return user->take_callback(url); });
}

Pending<Landing> AppSubject::visit(std::string_view session, std::string_view method,
                                   std::string_view url) {
  FetchRequest request{std::string(method), std::string(url)};
  if (request.method == "POST") request.body = "";
  return later<Landing>([user = user_of(session), request] { return user->visit(request); });
}

Pending<Landing> AppSubject::visit_with(std::string_view session, std::string_view url,
                                        const HeaderFields& headers) {
  if (app_->options().chromium) return unsupported<Landing>("the browser sends no headers of ours");
  FetchRequest request{"GET", std::string(url), headers};
  return later<Landing>([user = user_of(session), request] { return user->visit(request); });
}

Pending<std::string> AppSubject::begin_login_with(std::string_view session,
                                                  const Additions& additions) {
  if (app_->options().start_url.empty()) return unsupported<std::string>("name --start-url");
  return later<std::string>(
      [user = user_of(session), additions] { return user->begin_login_with(additions); });
}

std::vector<Landing> AppSubject::shown(std::string_view session) const {
  const std::lock_guard lock(mutex_);
  const auto user = users_.find(session);
  return user == users_.end() ? std::vector<Landing>() : user->second->shown();
}

Pending<Done> AppSubject::copy_cookies(std::string_view session, std::string_view copy) {
  return later<Done>([this, user = user_of(session), copy = std::string(copy)]() -> Outcome<Done> {
    auto twin = user->with_same_cookies();
    if (!twin) return twin.failure();
    const std::lock_guard lock(mutex_);
    users_[copy] = std::move(twin).value();
    return Done{};
  });
}

Pending<LoginState> AppSubject::state(std::string_view session) {
  return later<LoginState>([user = user_of(session)] { return user->state(); });
}

Pending<ApiAnswer> AppSubject::call_api(std::string_view session, const ApiCall& /*call*/) {
  if (app_->options().call_url.empty()) return unsupported<ApiAnswer>("name --call-url");
  return later<ApiAnswer>([user = user_of(session)] { return user->call(); });
}

Pending<Done> AppSubject::refresh(std::string_view session) {
  if (app_->options().call_url.empty()) return unsupported<Done>("name --call-url");
  return later<Done>([user = user_of(session)] { return user->provoke_refresh(); });
}

Pending<Done> AppSubject::logout(std::string_view session) {
  if (app_->options().logout_url.empty()) return unsupported<Done>("name --logout-url");
  return later<Done>([user = user_of(session)] { return user->log_out(); });
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

std::shared_ptr<AppUser> AppSubject::user_of(std::string_view session) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<AppUser>& user = users_[std::string(session)];
  if (!user) user = std::make_shared<AppUser>(app_, timeout_, stop_.get_token());
  return user;
}

}  // namespace heygen::conformance
