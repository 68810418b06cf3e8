// The values that pass between the rules and the store. Plain data, no behaviour.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mock_server/core/clock.h"
#include "mock_server/core/pkce.h"
#include "mock_server/core/policy.h"

namespace heygen::mock {

// Policies that a sandbox or a client sets beside its profile's, in the order given.
using PolicyOverrides = std::vector<std::pair<std::string, PolicyValue>>;

// A registered client (RFC 6749 §2). Immutable once registered; replaced as a whole.
struct Client {
  std::string id;
  std::vector<std::string> redirect_uris;
  std::optional<std::string> secret;  // absent: a public client
  PolicyOverrides policies;

  [[nodiscard]] bool is_public() const noexcept { return !secret.has_value(); }
};

// What one authorization gave, and all tokens descend from: a "family" in RFC 9700 §4.14.2.
using GrantId = std::uint64_t;

struct Code {
  std::string value;
  std::string client_id;
  std::string redirect_uri;  // as asked for; "" when it was left out
  std::string user;
  std::string scope;
  Challenge challenge;
  TimePoint issued_at;
  TimePoint expires_at;
};

// A code as the store has it.
struct StoredCode : Code {
  bool spent = false;  // redeemed, or burnt
  int failures = 0;    // redemptions that failed their proof
};

enum class TokenKind : std::uint8_t { access, refresh };
enum class TokenState : std::uint8_t { active, expired, revoked, used };
// What took a token that is revoked.
enum class RevokedBy : std::uint8_t {
  nobody,
  client,         // by the revocation endpoint, RFC 7009
  code_replay,    // its code was redeemed again, RFC 6749 §4.1.2
  refresh_reuse,  // a spent refresh token of its family came back, RFC 9700 §4.14.2
  refresh,        // an access token: the refresh that replaced it
  control,        // by whoever runs the test
};
std::string_view to_string(TokenKind kind) noexcept;
std::string_view to_string(TokenState state) noexcept;
// "by the revocation endpoint", …; "" for nobody.
std::string_view explain(RevokedBy by) noexcept;

// A token's value and the time after which it is dead.
struct NewToken {
  std::string value;
  TimePoint expires_at = kNever;
};

// What a successful request to the token endpoint gives out.
struct TokenSet {
  NewToken access;
  std::optional<NewToken> refresh;
  TimePoint issued_at;
};

struct TokenView {
  std::string id;  // the value's fingerprint, so that the journal and this list name it alike
  TokenKind kind = TokenKind::access;
  std::string value;
  std::string client_id;
  std::string user;
  std::string scope;
  TokenState state = TokenState::active;
  TimePoint issued_at;
  TimePoint expires_at = kNever;
  std::string parent;  // the id of the code or refresh token that it was given for
  GrantId grant = 0;
  RevokedBy revoked_by = RevokedBy::nobody;
};

// A request that was found good and waits for the user's decision on a page.
struct PendingConsent {
  std::string id;
  std::string csrf;         // goes into the page's form; a browser cookie must repeat it
  Code request;             // value and times are still empty
  std::string redirect_to;  // where the answer goes; "" for a device's request
  std::optional<std::string> state;
  std::string user_code;  // of the device's request that is decided; "" for an authorize request
  TimePoint expires_at;
};

// A device that waits for its user to let it in (RFC 8628 §3.2).
struct DeviceRequest {
  std::string device_code;
  std::string user_code;  // without its hyphen
  std::string client_id;
  std::string scope;
  TimePoint issued_at;
  TimePoint expires_at;
  std::chrono::seconds interval{5};  // between polls; grows with each slow_down
};

enum class DeviceState : std::uint8_t { pending, approved, denied, spent };

// Such a request as the store has it.
struct StoredDevice : DeviceRequest {
  DeviceState state = DeviceState::pending;
  std::string user;  // who approved it
};

}  // namespace heygen::mock
