// Our listener with the handler that bare_httplib.cc has: what the wire itself costs.
#include <csignal>
#include <iostream>
#include <string>

#include "mock_server/bench/port_argument.h"
#include "mock_server/bench/token_answer.h"
#include "mock_server/wire/form.h"
#include "mock_server/wire/listener.h"

namespace {

namespace wire = heygen::mock::wire;
using heygen::mock::bench::acceptable;
using heygen::mock::bench::kErrorAnswer;
using heygen::mock::bench::kTokenAnswer;

std::string_view value(const wire::Form& form, std::string_view name) {
  const auto* const found = form.find(name);
  return found != nullptr ? std::string_view{*found} : std::string_view{};
}

wire::Response answer(const wire::Request& request) {
  wire::Response response;
  if (request.method != "POST" || request.path() != "/v1/oauth/token") {
    response.status = 404;
    return response;
  }
  const auto form = wire::parse_form(request.body);
  const bool good =
      acceptable(value(form, "grant_type"), value(form, "refresh_token"), value(form, "client_id"));
  response.status = good ? 200 : 400;
  response.headers = {
      {"Content-Type", "application/json"}, {"Cache-Control", "no-store"}, {"Pragma", "no-cache"}};
  response.body = good ? kTokenAnswer : kErrorAnswer;
  return response;
}

}  // namespace

int main(int argc, char** argv) {
  const auto port = heygen::mock::bench::port_argument({argv, static_cast<std::size_t>(argc)});
  if (!port) {
    std::cerr << "usage: bench-wire PORT\n";
    return 2;
  }
  // Blocked before the listener's threads inherit the mask, so that sigwait() below gets them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  wire::ListenerOptions options;
  options.port = *port;
  options.flag = "PORT";
  const auto started = wire::Listener::start(options, answer);
  if (!started.listener) {
    std::cerr << started.error << "\n";
    return 1;
  }
  std::cout << "ready http://127.0.0.1:" << *port << std::endl;
  int received = 0;
  sigwait(&signals, &received);
  return 0;
}
