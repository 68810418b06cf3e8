// What a sandbox is told: profile, policies, users, keys. A value; replaced as a whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/core/types.h"

namespace heygen::mock {

enum class Approve : std::uint8_t {
  automatic,  // "auto": the first user approves at once
  ask,        // a page with Approve and Deny
  deny,       // refused at once
};
std::string_view to_string(Approve approve) noexcept;
std::optional<Approve> parse_approve(std::string_view name) noexcept;

// Who can approve a login, and what the API says of them.
struct User {
  std::string id;  // 32 hex digits, the vendor's `username` and `sub`
  std::string email;
  std::string first_name;
  std::string last_name;
};

struct SandboxConfig {
  Profile profile = Profile::heygen;
  PolicyOverrides overrides;  // on top of the profile's
  Approve approve = Approve::automatic;
  std::vector<User> users;  // never empty: the first is the default
  std::vector<std::string> api_keys;
  std::string issuer;  // "": the address the request came to

  // The default user and the default key, "demo-api-key".
  static SandboxConfig defaults();

  void set_override(const PolicyOverrides::value_type& policy);  // in place of one of that name
  [[nodiscard]] Policy policy() const;                           // profile and overrides
  [[nodiscard]] const User* find_user(std::string_view id) const noexcept;  // by id or e-mail
};

// What every sandbox starts with when nothing else was asked for: `demo`, a public client on any
// loopback redirect URI, and the vendor's own command-line client (facts.md).
std::vector<Client> built_in_clients();

}  // namespace heygen::mock
