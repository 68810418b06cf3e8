#include "client_under_test/lib/client.h"

#include "client_under_test/lib/url.h"

namespace heygen::client {

std::string_view name_of(LoginState state) noexcept {
  switch (state) {
    case LoginState::logged_in:
      return "logged_in";
    case LoginState::login_required:
      return "login_required";
    case LoginState::pending:
      return "pending";
  }
  return "login_required";
}

Client::User::User(std::string name, const Client& client)
    : session(std::move(name), client.config_, client.services_, client.seams_,
              client.stop_.get_token()) {}

Client::Client(Config config, Services services, Seams seams)
    : config_(std::move(config)),
      services_(std::move(services)),
      seams_(std::move(seams)),
      pending_(seams_.pending) {}

Client::~Client() {
  stop();
  for (const auto& [name, user] : users_) stop_polling(*user);
}

void Client::stop() { stop_.request_stop(); }

Result<Client::User*> Client::user(std::string_view session) {
  const std::lock_guard lock(mutex_);
  const auto found = users_.find(session);
  if (found != users_.end()) return found->second.get();
  if (users_.size() >= kMostSessions) {
    return Error{ErrorKind::bad_request, "too many sessions: use fewer names"};
  }
  std::string name(session);
  auto fresh = std::make_unique<User>(name, *this);
  return users_.emplace(std::move(name), std::move(fresh)).first->second.get();
}

Result<std::string> Client::begin_login(std::string_view session) {
  const Result<User*> known = user(session);
  if (!known) return known.error();
  std::string last_error;
  {
    const std::lock_guard lock(mutex_);
    last_error = last_authorize_error_;
  }
  const Instant now = services_.clock.now();
  PendingLogin login{std::string(session), "", seams_.login.make_verifier(services_.random),
                     config_.redirect_uri, now + kPendingLifetime};
  const Challenge challenge = seams_.login.make_challenge(login.verifier, last_error);
  login.state = seams_.login.make_state({services_.random, now, login.verifier});
  std::string url = seams_.login.build_authorize_url({config_, login.state, challenge});
  pending_.add(std::move(login), now);
  return url;
}

Result<void> Client::complete_login(std::string_view session, std::string_view method,
                                    std::string_view url) {
  const Result<User*> known = user(session);
  if (!known) return known.error();
  const std::uint64_t begun_in = (*known)->session.epoch();
  const Result<ValidatedCallback> callback = validate_callback(
      {session, method, url}, config_, pending_, seams_.callback, services_.clock.now());
  if (!callback) {
    if (!callback.error().oauth_error.empty()) {
      const std::lock_guard lock(mutex_);
      last_authorize_error_ = callback.error().oauth_error;
    }
    return callback.error();
  }
  // RFC 6749 §4.1.2: a code is sent once. When its answer is lost, the user logs in again.
  const PendingLogin& login = callback->login();
  Result<TokenAnswer> answer = (*known)->session.ask(seams_.endpoint.build_code_request(
      config_, {callback->code(), login.verifier, login.redirect_uri}));
  if (!answer) return answer.error();
  return (*known)->session.adopt(*std::move(answer), begun_in);
}

Result<HttpResponse> Client::call(std::string_view session, std::string_view method,
                                  std::string_view path, std::optional<std::string> body) {
  const Result<ApiCall> request = make_api_call(config_, method, path, std::move(body));
  if (!request) return request.error();
  const Result<User*> known = user(session);
  if (!known) return known.error();
  return (*known)->session.call(*request);
}

Result<int> Client::download(std::string_view session, std::string_view url) {
  const Result<Url> target = require_secure_url(url, "url");
  if (!target) return target.error();
  const Result<User*> known = user(session);
  if (!known) return known.error();
  ApiCall request;
  request.url = url.substr(0, url.find('#'));
  request.with_token = seams_.api.download_gets_token(config_.api_url, request.url);
  request.discard_body = true;
  request.timeout = config_.timeout;
  const Result<HttpResponse> response = (*known)->session.call(request);
  if (!response) return response.error();
  return response->status;
}

Result<TokenRecord> Client::refresh(std::string_view session) {
  const Result<User*> known = user(session);
  if (!known) return known.error();
  return (*known)->session.refresh();
}

Result<void> Client::logout(std::string_view session) {
  const Result<User*> known = user(session);
  if (!known) return known.error();
  pending_.cancel(session);
  stop_polling(**known);
  return (*known)->session.logout();
}

Result<LoginState> Client::state(std::string_view session) {
  const Result<User*> known = user(session);
  if (!known) return known.error();
  if ((*known)->session.current()) return LoginState::logged_in;
  const bool pending = (*known)->polls || pending_.any(session, services_.clock.now());
  return pending ? LoginState::pending : LoginState::login_required;
}

bool Client::awaits_callback(std::string_view session) {
  return pending_.any(session, services_.clock.now());
}

Result<std::optional<TokenRecord>> Client::record(std::string_view session) {
  const Result<User*> known = user(session);
  if (!known) return known.error();
  return (*known)->session.current();
}

}  // namespace heygen::client
