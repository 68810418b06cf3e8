#include "mock_server/proxy/pass_through.h"

#include <memory>
#include <utility>

#include "mock_server/proxy/dial.h"

namespace heygen::mock::proxy {
namespace {

constexpr std::chrono::milliseconds kPatience{10'000};

wire::Response refusal(int status, const Target& target, const std::string& why,
                       const wire::LogError& log) {
  const auto where = target.host + ":" + std::to_string(target.port);
  if (log) log("proxy: no tunnel to " + where + ": " + why);
  wire::Response response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
  response.body = "heygen-mock-server's proxy: " + why + "\n";
  return response;
}

}  // namespace

wire::Response open_tunnel(const wire::Request& connect, const Target& target,
                           std::uint16_t own_port, Relay& relay, const wire::LogError& log) {
  if (!connect.peer.loopback) {
    return refusal(403, target, "only callers on this machine are let through", log);
  }
  if (relay.full()) return refusal(503, target, "too many tunnels are open", log);
  auto dialled = dial(target, own_port, kPatience);
  if (const auto* const error = std::get_if<std::string>(&dialled)) {
    return refusal(502, target, *error, log);
  }
  // Shared, since what a Response holds can be copied.
  const auto far = std::make_shared<std::unique_ptr<wire::Transport>>(
      wire::make_plain_transport(std::get<wire::UniqueFd>(std::move(dialled))));
  wire::Response response;
  response.upgrade = [far, &relay](std::unique_ptr<wire::Transport> near, std::string early) {
    relay.join(std::move(near), std::move(*far), std::move(early));
    return std::unique_ptr<wire::Transport>{};
  };
  return response;
}

}  // namespace heygen::mock::proxy
