// Driving the subject.

#include <algorithm>
#include <utility>

#include "conformance/trial.h"
#include "mock_server/core/crypto.h"
#include "mock_server/core/device.h"

namespace heygen::conformance {
namespace {

constexpr std::string_view kBrowser = "heygen-conformance (the suite's browser)";

}  // namespace

std::string Trial::session_name(std::string_view session) const {
  // One process serves many checks: a session of one must not be known from another.
  return name_ + "/" + std::string(session);
}

Configuration Trial::configuration() const {
  const std::string base = base_url();
  Configuration all;
  all.authorize_url = base + "/oauth/authorize";
  if (!setup_.authorize_query.empty()) all.authorize_url += "?" + setup_.authorize_query;
  all.token_url = setup_.token_url.value_or(base + "/v1/oauth/token");
  all.refresh_url = base + "/v1/oauth/refresh_token";
  all.revoke_url = base + "/v1/oauth/revoke";
  all.device_url = base + "/v1/oauth/device_authorization";
  all.api_url = base;
  all.client_id = setup_.client_id;
  all.client_secret = setup_.client_secret;
  all.redirect_uri = setup_.redirect_uri;
  all.scope = setup_.scope;
  if (has(Capability::issuer)) all.issuer = setup_.issuer;
  if (has(Capability::timeout)) all.timeout = setup_.timeout;
  all.store_dir = store_dir_.string();
  return all;
}

void Trial::configure_subject(Subject& subject) {
  std::filesystem::create_directories(store_dir_);
  const Outcome<Done> configured = subject.configure(configuration()).wait();
  if (configured) return;
  record_failure(configured.failure());
  give_up("configure was refused: " + configured.failure().message);
}

Outcome<Done> Trial::configure_with(const std::function<void(Configuration&)>& change) {
  if (stage_.world) {
    throw CheckEnded{not_applicable("the subject is configured already: it has its addresses")};
  }
  require_configured();
  Configuration changed = configuration();
  change(changed);
  record_start("configure", {});
  return note(subject_.configure(changed).wait());
}

void Trial::require_configured() {
  check_still_wanted();
  if (configured_) return;
  const bool in_control = std::exchange(in_control_, true);
  configure_subject(subject_);
  in_control_ = in_control;
  configured_ = true;
}

Outcome<std::string> Trial::ask_begin(std::string_view session) {
  require_configured();
  record_start("begin_login", {{"session", std::string(session)}});
  auto url = note(subject_.begin_login(session_name(session)).wait());
  if (!url && url.failure().kind != kLoggedIn) {
    give_up("begin_login failed: " + url.failure().message);
  }
  return url;
}

Begun Trial::begun_at(std::string_view session, const std::string& url) {
  Begun begun{std::string(session), url};
  secrets_.add(SecretKind::state, begun.param("state"));
  return begun;
}

Begun Trial::begin(std::string_view session) {
  const auto url = ask_begin(session);
  if (!url) throw CheckEnded{not_applicable(url.failure().message)};
  return begun_at(session, *url);
}

std::optional<Begun> Trial::begin_again(std::string_view session) {
  const auto url = ask_begin(session);
  if (!url) return std::nullopt;
  return begun_at(session, *url);
}

std::optional<Begun> Trial::begin_with(const Additions& additions, std::string_view session) {
  require_configured();
  auto url = subject_.begin_login_with(session_name(session), additions).wait();
  if (!url && url.failure().origin == Failure::Origin::unsupported) return std::nullopt;
  record_start("begin_login", {{"with", additions.query}});
  if (const auto noted = note(std::move(url))) return begun_at(session, *noted);
  return std::nullopt;
}

mock::wire::Response Trial::browse(std::string_view url) {
  const std::string base = base_url();
  const std::string origin = origin_of(url);
  // A subject that was pointed at the mock by hand may use any of its names.
  if (origin != origin_of(base) && !stage_.world) {
    give_up("the authorize URL leads to " + origin + ", not to " + origin_of(base));
  }
  mock::wire::Request request;
  request.method = "GET";
  request.target = target_of(url);
  request.headers = {{"Host", origin.substr(origin.find("://") + 3)},
                     {"User-Agent", std::string(kBrowser)}};
  request.peer = {"127.0.0.1", 0, true};
  return stage_.server.answer(request);
}

CallbackUrl Trial::authorize(const Begun& begun) {
  const mock::wire::Response answer = browse(begun.authorize_url);
  absorb();
  const std::string_view location = answer.headers.get("Location");
  if (location.empty()) {
    std::string why = "the authorize request was refused with " + std::to_string(answer.status);
    if (!all_seen_.empty()) why += ": " + all_seen_.back().entry().why;
    give_up(std::move(why));
  }
  return CallbackUrl(location);
}

Outcome<Landing> Trial::callback(const CallbackUrl& url, std::string_view session) {
  return callback_raw(url.str(), session);
}

Outcome<Landing> Trial::callback_raw(std::string_view url, std::string_view session) {
  require_configured();
  std::vector<std::pair<std::string, std::string>> params;
  for (const auto& [name, value] : query_of(url).fields) {
    params.emplace_back(name, is_secret_param(name) ? mock::fingerprint(value) : value);
  }
  record_start("callback", std::move(params));
  auto landed = note(subject_.callback(session_name(session), url).wait());
  if (landed) messages_ += landed->shown() + "\n" + landed->note + "\n";
  return landed;
}

Outcome<Landing> Trial::visit(std::string_view method, std::string_view url,
                              std::string_view session) {
  require_configured();
  record_start("visit", {{"method", std::string(method)}});
  auto landed = note(subject_.visit(session_name(session), method, url).wait());
  if (landed) messages_ += landed->shown() + "\n";
  return landed;
}

std::optional<Landing> Trial::visit_with(std::string_view url, const HeaderFields& headers,
                                         std::string_view session) {
  require_configured();
  auto landed = subject_.visit_with(session_name(session), url, headers).wait();
  if (!landed && landed.failure().origin == Failure::Origin::unsupported) return std::nullopt;
  record_start("visit", {{"method", "GET"}});
  if (auto noted = note(std::move(landed))) return std::move(noted).value();
  return std::nullopt;
}

std::vector<Landing> Trial::shown(std::string_view session) const {
  return subject_.shown(session_name(session));
}

void Trial::copy_cookies(std::string_view session, std::string_view copy) {
  require_configured();
  record_start("copy_cookies", {{"session", std::string(session)}, {"copy", std::string(copy)}});
  const auto copied = note(subject_.copy_cookies(session_name(session), session_name(copy)).wait());
  if (!copied) give_up("the session's cookies were not copied: " + copied.failure().message);
}

std::vector<Outcome<Landing>> Trial::callbacks(const std::vector<CallbackUrl>& urls,
                                               std::string_view session) {
  require_configured();
  std::vector<Pending<Landing>> pending;
  for (const CallbackUrl& url : urls) {
    record_start("callback", {{"session", std::string(session)}});
    pending.push_back(subject_.callback(session_name(session), url.str()));
  }
  std::vector<Outcome<Landing>> landed;
  for (Pending<Landing>& one : pending) landed.push_back(note(one.wait()));
  return landed;
}

Login Trial::try_login(std::string_view session) {
  Begun begun = begin(session);
  CallbackUrl url = authorize(begun);
  const Mark before = mark();
  auto landed = callback(url, session);
  auto requests = code_requests(before);
  const LoginState now = state(session);
  return {std::move(begun), std::move(url), std::move(landed), std::move(requests), now};
}

// The journal knows best why a login did not succeed.
std::string Trial::explain_failed_login(const Login& login, Mark since) {
  std::string why;
  for (const Seen& request : code_requests(since)) {
    if (request.entry().outcome != "ok") why = request.entry().why;
  }
  if (!why.empty()) return "the token request was refused: " + why;
  if (!login.landed) return login.landed.failure().message;
  if (login.token_requests.empty()) return "no token request was made";
  std::string state = "afterwards its state is " + std::string(to_string(login.state));
  return login.landed->note.empty() ? state : state + ": " + login.landed->note;
}

Login Trial::login(std::string_view session) {
  if (!has(Capability::begin)) throw CheckEnded{nothing_to_compare_with()};
  const Mark before = mark();
  const bool was = std::exchange(in_control_, !provoked_);
  Login login = try_login(session);
  in_control_ = was;
  if (!login.done())
    give_up("a good login did not succeed: " + explain_failed_login(login, before));
  return login;
}

void Trial::control() {
  uncontrolled_ = uncontrolled_ || !has(Capability::begin);
  if (!uncontrolled_) login("control-" + std::to_string(++controls_));
}

Outcome<ApiAnswer> Trial::call_api(std::string_view session, const ApiCall& call) {
  auto pending = start_call(session, call);
  return settle(pending);
}

Pending<ApiAnswer> Trial::start_call(std::string_view session, const ApiCall& call) {
  require_configured();
  record_start("call_api", {{"method", call.method}, {"path", call.path}});
  return subject_.call_api(session_name(session), call);
}

std::vector<Outcome<ApiAnswer>> Trial::call_api_at_once(std::size_t n, std::string_view session,
                                                        const ApiCall& call) {
  std::vector<Pending<ApiAnswer>> pending;
  for (std::size_t i = 0; i < n; ++i) pending.push_back(start_call(session, call));
  std::vector<Outcome<ApiAnswer>> answers;
  for (Pending<ApiAnswer>& one : pending) answers.push_back(settle(one));
  return answers;
}

LoginState Trial::state(std::string_view session) {
  require_configured();
  const auto state = subject_.state(session_name(session)).wait();
  if (!state) {
    record_failure(state.failure());
    give_up("the operation state failed: " + state.failure().message);
  }
  return *state;
}

Outcome<Done> Trial::refresh(std::string_view session) {
  require_configured();
  record_start("refresh", {});
  return note(subject_.refresh(session_name(session)).wait());
}

Outcome<Done> Trial::logout(std::string_view session) {
  require_configured();
  record_start("logout", {});
  return note(subject_.logout(session_name(session)).wait());
}

Outcome<int> Trial::download(std::string_view url, std::string_view session) {
  require_configured();
  record_start("download", {});
  return note(subject_.download(session_name(session), url).wait());
}

Outcome<DeviceChallenge> Trial::begin_device_login(std::string_view session) {
  require_configured();
  record_start("begin_device_login", {});
  return note(subject_.begin_device_login(session_name(session)).wait());
}

void Trial::decide_device(std::string_view user_code, bool approved) {
  const auto settings = sandbox_->settings();
  std::optional<std::string_view> user;
  if (approved) user = settings->config.users.front().id;
  const auto decision = sandbox_->store().decide_device(mock::canonical_user_code(user_code), user,
                                                        sandbox_->clock().now());
  if (decision != mock::DeviceDecision::taken) {
    give_up("no device waits for the user code that was shown");
  }
}

void Trial::kill() {
  if (!check_.own_process) throw std::logic_error("Check::own_process is not set");
  record_start("(killed)", {});
  killed_ = true;
  subject_.kill();
}

void Trial::restart(const std::vector<std::string>& environment) {
  if (!check_.own_process) throw std::logic_error("Check::own_process is not set");
  record_start("(started again)", {});
  killed_ = true;
  const Outcome<Done> started = subject_.restart(environment);
  killed_ = false;
  if (!started) give_up("the subject did not start again: " + started.failure().message);
  configured_ = false;
  require_configured();
  if (clock_moved_ && !subject_.set_time(sandbox_->clock().now()).wait()) {
    give_up("the subject's clock could not be set");
  }
}

Subject& Trial::second_process() {
  if (second_) return *second_;
  require_configured();
  auto started = stage_.factory.start();
  if (!started) give_up("no second process: " + started.failure().message);
  second_ = std::move(started).value();
  configure_subject(*second_);
  return *second_;
}

}  // namespace heygen::conformance
