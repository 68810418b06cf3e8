// Client: the device flow.
#include "client_under_test/lib/client.h"

namespace heygen::client {

Result<DeviceGrant> Client::request_device_grant() {
  HttpRequest request = seams_.endpoint.build_device_request(config_);
  request.cancel = stop_.get_token();
  const Result<HttpResponse> response =
      send_to_endpoint(services_.transport, std::move(request), seams_.endpoint);
  if (!response) return response.error();
  return judge_device_response(*response, services_.clock.now(), seams_.token, seams_.device);
}

Result<void> Client::finish_device_login(std::string_view session, const DeviceGrant& grant,
                                         const std::stop_token& stop) {
  const Result<User*> known = user(session);
  if (!known) return known.error();
  Session& login = (*known)->session;
  const std::uint64_t begun_in = login.epoch();
  const auto poll = [&] {
    HttpRequest request = seams_.endpoint.build_device_poll(config_, grant.device_code);
    request.cancel = stop;
    return login.ask(std::move(request));
  };
  Result<TokenAnswer> answer = poll_for_tokens(grant, poll, services_.clock, stop, seams_.device);
  if (!answer) return answer.error();
  if (stop.stop_requested()) {
    return Error{ErrorKind::login_required, "the device login was cancelled"};
  }
  return login.adopt(*std::move(answer), begun_in);
}

// Nobody waits for this thread's outcome: it ends in the log, an exception too.
void Client::poll_in_background(User& owner, const std::string& name, const DeviceGrant& grant,
                                const std::stop_token& stop) {
  std::string outcome;
  try {
    const Result<void> done = finish_device_login(name, grant, stop);
    if (!done) outcome = done.error().message;
  } catch (const std::exception&) {
    outcome = "the device login failed by a defect of this program";
  }
  if (!outcome.empty() && services_.log) services_.log(LogLevel::warning, outcome);
  owner.polls = false;
}

Result<DeviceGrant> Client::begin_device_login(std::string_view session) {
  const Result<User*> known = user(session);
  if (!known) return known.error();
  User& owner = **known;
  stop_polling(owner);
  const Result<DeviceGrant> grant = request_device_grant();
  if (!grant) return grant.error();
  const std::lock_guard lock(owner.mutex);
  stop_polling_locked(owner);
  owner.cancel = std::stop_source();
  owner.polls = true;
  owner.polling = std::jthread(
      [this, &owner, own = owner.cancel, name = std::string(session), grant = *grant]() mutable {
        const std::stop_callback with_the_client(stop_.get_token(), [&own] { own.request_stop(); });
        poll_in_background(owner, name, grant, own.get_token());
      });
  return *grant;
}

void Client::stop_polling_locked(User& user) {
  user.cancel.request_stop();
  if (user.polling.joinable()) user.polling.join();
}

void Client::stop_polling(User& user) {
  const std::lock_guard lock(user.mutex);
  stop_polling_locked(user);
}

}  // namespace heygen::client
