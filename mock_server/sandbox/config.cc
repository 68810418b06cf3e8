#include "mock_server/sandbox/config.h"

namespace heygen::mock {

std::string_view to_string(Approve approve) noexcept {
  switch (approve) {
    case Approve::automatic:
      return "auto";
    case Approve::ask:
      return "ask";
    case Approve::deny:
      break;
  }
  return "deny";
}

std::optional<Approve> parse_approve(std::string_view name) noexcept {
  for (const Approve approve : {Approve::automatic, Approve::ask, Approve::deny}) {
    if (to_string(approve) == name) return approve;
  }
  return std::nullopt;
}

SandboxConfig SandboxConfig::defaults() {
  SandboxConfig config;
  // As the vendor's reference prints them (heygen_api.md, GET /v1/user/me).
  config.users.push_back({"15ebafd83a8521f0b8d56a14c8a4bd72", "john.doe@gmail.com", "John", "Doe"});
  config.api_keys.emplace_back("demo-api-key");
  return config;
}

void SandboxConfig::set_override(const PolicyOverrides::value_type& policy) {
  std::erase_if(overrides, [&](const auto& old) { return old.first == policy.first; });
  overrides.push_back(policy);
}

Policy SandboxConfig::policy() const {
  Policy policy = profile_policy(profile);
  // What cannot be set was refused when it was given.
  for (const auto& [name, value] : overrides) (void)set_policy(policy, name, value);
  return policy;
}

const User* SandboxConfig::find_user(std::string_view id) const noexcept {
  for (const User& user : users) {
    if (user.id == id || user.email == id) return &user;
  }
  return nullptr;
}

std::vector<Client> built_in_clients() {
  Client demo;
  demo.id = "demo";
  demo.redirect_uris = {"http://127.0.0.1/*", "http://localhost/*", "http://[::1]/*"};
  Client vendor_cli;
  vendor_cli.id = "q2A2QRSke2LrFTPJhoDbHtXh";
  vendor_cli.redirect_uris = {"http://127.0.0.1/oauth/callback"};
  return {std::move(demo), std::move(vendor_cli)};
}

}  // namespace heygen::mock
