// The yardstick: cpp-httplib as it comes, with the settings that suit many kept-alive connections
// best. It gives each connection a thread for as long as it lives, so there are threads for all.
#include <httplib.h>

#include <iostream>
#include <limits>
#include <string>

#include "mock_server/bench/port_argument.h"
#include "mock_server/bench/token_answer.h"

namespace {

using heygen::mock::bench::acceptable;
using heygen::mock::bench::acceptable_code;
using heygen::mock::bench::kErrorAnswer;
using heygen::mock::bench::kTokenAnswer;

constexpr std::size_t kThreads = 1024;

void answer_token_request(const httplib::Request& request, httplib::Response& response) {
  response.set_header("Cache-Control", "no-store");
  response.set_header("Pragma", "no-cache");
  const bool good =
      request.has_param("code")
          ? acceptable_code(request.get_param_value("grant_type"), request.get_param_value("code"),
                            request.get_param_value("code_verifier"))
          : acceptable(request.get_param_value("grant_type"),
                       request.get_param_value("refresh_token"),
                       request.get_param_value("client_id"));
  response.status = good ? 200 : 400;
  response.set_content(std::string(good ? kTokenAnswer : kErrorAnswer), "application/json");
}

// The whole code flow, with the same redirect each time.
void answer_authorize_request(const httplib::Request& request, httplib::Response& response) {
  response.status = request.get_param_value("response_type") == "code" ? 302 : 400;
  response.set_header("Location", std::string(heygen::mock::bench::kRedirect));
  response.set_header("Cache-Control", "no-store");
}

}  // namespace

int main(int argc, char** argv) {
  const auto port = heygen::mock::bench::port_argument({argv, static_cast<std::size_t>(argc)});
  if (!port) {
    std::cerr << "usage: bench-bare-httplib PORT\n";
    return 2;
  }
  httplib::Server server;
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(std::numeric_limits<std::size_t>::max());
  server.set_keep_alive_timeout(75);
  server.Post("/v1/oauth/token", answer_token_request);
  server.Get("/oauth/authorize", answer_authorize_request);
  if (!server.bind_to_port("127.0.0.1", *port)) {
    std::cerr << "127.0.0.1:" << *port << " is in use: choose another port\n";
    return 1;
  }
  std::cout << "ready http://127.0.0.1:" << *port << std::endl;
  return server.listen_after_bind() ? 0 : 1;
}
