#include "conformance/server/target.h"

#include <array>

#include "conformance/url.h"

namespace heygen::conformance {
namespace {

constexpr std::string_view kControl = "/_mock";
constexpr std::string_view kSandbox = "/s/";

// What stands before "/_mock", and before the sandbox that it may name.
std::string base_of(std::string_view control_url) {
  control_url.remove_suffix(kControl.size());
  const std::size_t sandbox = control_url.rfind(kSandbox);
  const bool named = sandbox != std::string_view::npos &&
                     control_url.find('/', sandbox + kSandbox.size()) == std::string_view::npos;
  return std::string(named ? control_url.substr(0, sandbox) : control_url);
}

struct Address {
  std::string_view flag;
  std::string ServerTarget::*url;
  std::string_view path;  // the vendor's, and the mock's
};

constexpr std::array<Address, 6> kAddresses{{
    {"--authorize-url", &ServerTarget::authorize_url, "/oauth/authorize"},
    {"--token-url", &ServerTarget::token_url, "/v1/oauth/token"},
    {"--refresh-url", &ServerTarget::refresh_url, "/v1/oauth/refresh_token"},
    {"--revoke-url", &ServerTarget::revoke_url, "/v1/oauth/revoke"},
    {"--device-url", &ServerTarget::device_url, "/v1/oauth/device_authorization"},
    {"--api-url", &ServerTarget::api_url, "/v1/user/me"},
}};

std::string complete_by_control(ServerTarget& target) {
  std::string& control = target.control_url;
  while (control.ends_with('/')) control.pop_back();
  if (origin_of(control).empty() || !control.ends_with(kControl)) {
    return "--control-url ends in /_mock, such as http://127.0.0.1:8765/_mock";
  }
  const std::string base = base_of(control);
  for (const auto& [flag, url, path] : kAddresses) {
    if ((target.*url).empty()) {
      target.*url = base + std::string(path);
    } else if (!(target.*url).starts_with(base + "/")) {
      return std::string(flag) + " is another server than --control-url: " + base;
    }
  }
  return {};
}

}  // namespace

Capabilities ServerTarget::capabilities() const {
  Capabilities all;
  if (!api_url.empty()) all.add(Capability::api);
  if (!revoke_url.empty()) all.add(Capability::revoke);
  if (!device_url.empty()) all.add(Capability::device);
  if (second) all.add(Capability::second_client);
  if (consent == Consent::form) all.add(Capability::form);
  if (consent == Consent::form || !deny_command.empty()) all.add(Capability::deny);
  if (control_url.empty()) return all;
  for (const Capability one :
       {Capability::second_client, Capability::clients, Capability::clock, Capability::policy,
        Capability::faults, Capability::deny, Capability::form}) {
    all.add(one);
  }
  return all;
}

std::string complete(ServerTarget& target) {
  if (!target.control_url.empty()) {
    if (auto wrong = complete_by_control(target); !wrong.empty()) return wrong;
  } else {
    if (target.authorize_url.empty()) return "name the server: --authorize-url URL";
    if (target.token_url.empty()) return "name the token endpoint: --token-url URL";
    if (target.client.id.empty()) {
      return "name a public client that the server knows: --client ID=REDIRECT_URI (or let the "
             "suite register its own with --control-url)";
    }
  }
  for (const auto& [flag, url, path] : kAddresses) {
    if (!(target.*url).empty() && origin_of(target.*url).empty()) {
      return std::string(flag) + " wants an absolute http or https URL";
    }
  }
  if (target.consent == Consent::command && target.approve_command.empty()) {
    return "--deny-command goes with --consent-command";
  }
  return {};
}

ServerTarget in_sandbox(const ServerTarget& target, std::string_view name) {
  ServerTarget out = target;
  const std::string base = base_of(target.control_url);
  const std::string fresh = base + std::string(kSandbox) + std::string(name);
  for (const auto& [flag, url, path] : kAddresses) {
    // What names a sandbox already now names this one.
    std::string_view rest = std::string_view(target.*url).substr(base.size());
    if (rest.starts_with(kSandbox)) rest.remove_prefix(std::min(rest.find('/', 3), rest.size()));
    out.*url = fresh + std::string(rest);
  }
  out.control_url = fresh + std::string(kControl);
  return out;
}

std::optional<ServerClient> parse_server_client(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos) return std::nullopt;
  ServerClient client;
  client.id = text.substr(0, equals);
  std::string_view rest = text.substr(equals + 1);
  constexpr std::string_view kSecret = ",secret=";
  if (const std::size_t secret = rest.find(kSecret); secret != std::string_view::npos) {
    client.secret = rest.substr(secret + kSecret.size());
    if (client.secret->empty()) return std::nullopt;
    rest = rest.substr(0, secret);
  }
  if (rest.find("://") == std::string_view::npos) return std::nullopt;
  client.redirect_uri = rest;
  return client;
}

}  // namespace heygen::conformance
