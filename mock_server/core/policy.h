// What the server insists on, as data: a profile is a row of policies, and a sandbox or a client
// overrides them one by one. Strict is the default; every relaxation has a name here.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace heygen::mock {

enum class Profile : std::uint8_t { heygen, strict, lenient };

// RFC 7636 §4.4.1, RFC 9700 §2.1.1.
enum class PkcePolicy : std::uint8_t {
  required,  // no code without a challenge
  if_sent,   // judged when a challenge was sent
  off,       // never judged
};
// What a code_challenge must look like. A malformed one fails at the token endpoint in any case.
enum class ChallengePolicy : std::uint8_t { well_formed, any };
enum class PlainPolicy : std::uint8_t { refused, allowed };  // the "plain" transform, RFC 7636 §4.2
enum class RotationPolicy : std::uint8_t {
  rotate,  // each refresh brings a new refresh token, the old one is spent
  reuse,   // the answer repeats the refresh token, which stays good
  omit,    // the answer brings none; the old one stays good (RFC 6749 §6)
};
// A spent refresh token comes back (RFC 9700 §4.14.2).
enum class ReusePolicy : std::uint8_t { reject, revoke_family, ignore };
enum class RedirectPolicy : std::uint8_t {
  exact,              // byte for byte (RFC 9700 §2.1)
  loopback_any_port,  // so, but public clients on a loopback address choose the port (RFC 8252
                      // §7.3)
  prefix,             // anything on the same host that begins with a registered URI
};
enum class UnknownClientPolicy : std::uint8_t { refuse, accept_loopback };
// Which error a fault gets where Authlib (facts.md) and the RFCs disagree.
enum class ErrorsPolicy : std::uint8_t { vendor, rfc };
enum class IssuerPolicy : std::uint8_t { omit, send };       // `iss` in the response, RFC 9207
enum class OldAccessPolicy : std::uint8_t { revoke, keep };  // the old access token, at refresh
// A verifier for a code that was issued without a challenge (RFC 9700 §4.8.2).
enum class StrayVerifierPolicy : std::uint8_t { refuse, ignore };

// What a video that was ordered comes to.
enum class VideoPolicy : std::uint8_t { complete, fail };
enum class WebhookPolicy : std::uint8_t {
  local,  // endpoints on loopback and private addresses are told of events
  any,    // all of them
  off,    // none
};

struct Policy {
  PkcePolicy pkce = PkcePolicy::required;
  PkcePolicy pkce_confidential = PkcePolicy::if_sent;  // for clients that have a secret
  ChallengePolicy challenge = ChallengePolicy::any;    // Authlib 1.2 does not look (facts.md)
  PlainPolicy plain = PlainPolicy::refused;
  std::chrono::seconds code_ttl{300};
  std::chrono::seconds access_ttl{864000};
  std::chrono::seconds refresh_ttl{0};  // 0: without limit
  RotationPolicy rotation = RotationPolicy::rotate;
  ReusePolicy reuse = ReusePolicy::reject;
  std::chrono::seconds reuse_grace{0};
  RedirectPolicy redirect = RedirectPolicy::loopback_any_port;
  UnknownClientPolicy unknown_client = UnknownClientPolicy::refuse;
  ErrorsPolicy errors = ErrorsPolicy::vendor;
  IssuerPolicy issuer = IssuerPolicy::omit;
  OldAccessPolicy old_access = OldAccessPolicy::revoke;
  StrayVerifierPolicy stray_verifier = StrayVerifierPolicy::refuse;
  std::chrono::seconds pending_ttl{600};    // a consent page that nobody answers
  std::chrono::seconds device_ttl{900};     // a device's code and its user code
  std::chrono::seconds device_interval{5};  // between a device's polls, RFC 8628 §3.2
  std::int64_t api_rate = 0;                // API calls of an account in a window; 0: no limit
  std::chrono::seconds api_rate_window{60};
  VideoPolicy video_jobs = VideoPolicy::complete;
  WebhookPolicy webhooks = WebhookPolicy::local;

  friend bool operator==(const Policy&, const Policy&) = default;
};

const Policy& profile_policy(Profile profile) noexcept;
std::optional<Profile> parse_profile(std::string_view name) noexcept;
std::string_view to_string(Profile profile) noexcept;

// A policy by its name in the contract: "pkce", "code_ttl_s", …
struct PolicyKey {
  std::string_view name;
  std::string_view values;  // "required|if-sent|off", "seconds", or "number"
  std::string_view summary;
};
std::span<const PolicyKey> policy_keys() noexcept;

using PolicyValue = std::variant<std::string, std::int64_t>;

// Sets one policy. Nothing on success; else one line that names the mend. Setting `pkce` sets
// `pkce_confidential` as well: who asks for PKCE by name means everyone.
std::optional<std::string> set_policy(Policy& policy, std::string_view name,
                                      const PolicyValue& value);
// The present value of a policy by name. Throws std::out_of_range for an unknown name.
PolicyValue get_policy(const Policy& policy, std::string_view name);

}  // namespace heygen::mock
