#include "conformance/server/probe.h"

#include <utility>

#include "conformance/server/http.h"

namespace heygen::conformance {

std::string unreachable(const ServerTarget& target, std::chrono::milliseconds timeout,
                        std::stop_token stop) {
  Http http({timeout, target.ca_file, false, std::move(stop)});
  const auto refused = [](std::string_view flag, const Failure& failure) {
    return failure.message + "; is the server there, and " + std::string(flag) + " right?";
  };
  if (!target.control_url.empty()) {
    HttpRequest request{"GET", target.control_url + "/config", {}, ""};
    if (!target.control_token.empty()) {
      request.headers.add("Authorization", "Bearer " + target.control_token);
    }
    const auto answer = http.send(request);
    if (!answer) return refused("--control-url", answer.failure());
    if (answer->status == 401 || answer->status == 403) {
      return "the control API wants its token: --admin-token T";
    }
    if (answer->status != 200) {
      return "--control-url is no heygen-mock-server's: it answered " +
             std::to_string(answer->status);
    }
  }
  if (const auto answer = http.send({"GET", target.authorize_url, {}, ""}); !answer) {
    return refused("--authorize-url", answer.failure());
  }
  if (const auto answer = http.send({"POST", target.token_url, {}, ""}); !answer) {
    return refused("--token-url", answer.failure());
  }
  return {};
}

}  // namespace heygen::conformance
