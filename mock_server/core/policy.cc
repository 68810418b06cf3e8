#include "mock_server/core/policy.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace heygen::mock {
namespace {

constexpr Policy kHeygen{};

// RFC 9700 and OAuth 2.1 to the letter.
constexpr Policy kStrict = [] {
  Policy p;
  p.pkce_confidential = PkcePolicy::required;
  p.challenge = ChallengePolicy::well_formed;
  p.reuse = ReusePolicy::revoke_family;
  p.errors = ErrorsPolicy::rfc;
  p.issuer = IssuerPolicy::send;
  return p;
}();

// What a permissive mock would take, each relaxation by its name.
constexpr Policy kLenient = [] {
  Policy p;
  p.pkce = PkcePolicy::if_sent;
  p.plain = PlainPolicy::allowed;
  p.reuse = ReusePolicy::ignore;
  p.redirect = RedirectPolicy::prefix;
  p.unknown_client = UnknownClientPolicy::accept_loopback;
  p.old_access = OldAccessPolicy::keep;
  p.stray_verifier = StrayVerifierPolicy::ignore;
  return p;
}();

constexpr std::array<std::string_view, 3> kProfileNames{"heygen", "strict", "lenient"};

// A year short of what int64 milliseconds can hold is far beyond any use; 10,000 years do.
constexpr std::int64_t kMaxSeconds = 315'360'000'000;

using Seconds = std::chrono::seconds Policy::*;
using Number = std::int64_t Policy::*;

// One row a policy: how it is named, read and written.
struct Row {
  PolicyKey key;
  std::span<const std::string_view> names;  // empty: a number
  int (*get)(const Policy&) = nullptr;
  void (*set)(Policy&, int) = nullptr;
  Seconds seconds = nullptr;
  Number number = nullptr;
  std::int64_t least = 0;  // of a number
};

template <auto Member>
constexpr Row choice(std::string_view name, std::string_view values,
                     std::span<const std::string_view> names, std::string_view summary) {
  using Enum = std::remove_reference_t<decltype(std::declval<Policy&>().*Member)>;
  return Row{{name, values, summary},
             names,
             [](const Policy& p) { return static_cast<int>(p.*Member); },
             [](Policy& p, int v) { p.*Member = static_cast<Enum>(v); }};
}

constexpr Row seconds(std::string_view name, Seconds member, std::string_view summary,
                      std::int64_t least = 0) {
  Row row{{name, "seconds", summary}, {}};
  row.seconds = member;
  row.least = least;
  return row;
}

constexpr Row number(std::string_view name, Number member, std::string_view summary) {
  Row row{{name, "number", summary}, {}};
  row.number = member;
  return row;
}

constexpr std::array<std::string_view, 3> kPkce{"required", "if-sent", "off"};
constexpr std::array<std::string_view, 2> kChallenge{"well-formed", "any"};
constexpr std::array<std::string_view, 2> kPlain{"refused", "allowed"};
constexpr std::array<std::string_view, 3> kRotation{"rotate", "reuse", "omit"};
constexpr std::array<std::string_view, 3> kReuse{"reject", "revoke-family", "ignore"};
constexpr std::array<std::string_view, 3> kRedirect{"exact", "loopback-any-port", "prefix"};
constexpr std::array<std::string_view, 2> kUnknownClient{"refuse", "accept-loopback"};
constexpr std::array<std::string_view, 2> kErrors{"vendor", "rfc"};
constexpr std::array<std::string_view, 2> kIssuer{"omit", "send"};
constexpr std::array<std::string_view, 2> kOldAccess{"revoke", "keep"};
constexpr std::array<std::string_view, 2> kStrayVerifier{"refuse", "ignore"};
constexpr std::array<std::string_view, 2> kVideo{"complete", "fail"};
constexpr std::array<std::string_view, 3> kWebhooks{"local", "any", "off"};

constexpr std::array kRows{
    choice<&Policy::pkce>("pkce", "required|if-sent|off", kPkce,
                          "must the authorize request carry a code_challenge"),
    choice<&Policy::pkce_confidential>("pkce_confidential", "required|if-sent|off", kPkce,
                                       "the same for clients with a secret"),
    choice<&Policy::challenge>("challenge", "well-formed|any", kChallenge,
                               "is a malformed code_challenge refused at once"),
    choice<&Policy::plain>("plain", "allowed|refused", kPlain,
                           "code_challenge_method=plain, or none"),
    seconds("code_ttl_s", &Policy::code_ttl, "how long an authorization code lives"),
    seconds("access_ttl_s", &Policy::access_ttl, "how long an access token lives"),
    seconds("refresh_ttl_s", &Policy::refresh_ttl, "how long a refresh token lives; 0: no limit"),
    choice<&Policy::rotation>("rotation", "rotate|reuse|omit", kRotation,
                              "the refresh token in a refresh answer: new, the same, or none"),
    choice<&Policy::reuse>("reuse", "reject|revoke-family|ignore", kReuse,
                           "what a spent refresh token does when it comes back"),
    seconds("reuse_grace_s", &Policy::reuse_grace,
            "how long a spent refresh token still gets its successor"),
    choice<&Policy::redirect>("redirect", "exact|loopback-any-port|prefix", kRedirect,
                              "how a redirect_uri is compared with the registered ones"),
    choice<&Policy::unknown_client>("unknown_client", "refuse|accept-loopback", kUnknownClient,
                                    "a client_id that nobody registered"),
    choice<&Policy::errors>("errors", "vendor|rfc", kErrors,
                            "which error where the vendor's library and the RFCs disagree"),
    choice<&Policy::issuer>("issuer", "omit|send", kIssuer,
                            "iss in the authorization response (RFC 9207)"),
    choice<&Policy::old_access>("old_access", "revoke|keep", kOldAccess,
                                "the earlier access token, at a refresh"),
    choice<&Policy::stray_verifier>("stray_verifier", "refuse|ignore", kStrayVerifier,
                                    "a code_verifier for a code without a challenge"),
    seconds("pending_ttl_s", &Policy::pending_ttl, "how long a consent page may stay unanswered"),
    seconds("device_ttl_s", &Policy::device_ttl, "how long a device's code and user code live"),
    seconds("device_interval_s", &Policy::device_interval,
            "how long a device waits between polls; slow_down adds 5"),
    number("api_rate", &Policy::api_rate,
           "how many API calls an account may make in a window; 0: no limit"),
    seconds("api_rate_window_s", &Policy::api_rate_window,
            "how long such a window is, from its first call on", 1),
    choice<&Policy::video_jobs>("video_jobs", "complete|fail", kVideo,
                                "what a video that is ordered from now on comes to"),
    choice<&Policy::webhooks>("webhooks", "local|any|off", kWebhooks,
                              "which webhook endpoints are called: on this machine and in private "
                              "networks, all, or none"),
};

constexpr auto kKeys = [] {
  std::array<PolicyKey, kRows.size()> keys{};
  std::ranges::transform(kRows, keys.begin(), &Row::key);
  return keys;
}();

const Row* find_row(std::string_view name) noexcept {
  const auto row = std::ranges::find(kRows, name, [](const Row& r) { return r.key.name; });
  return row == kRows.end() ? nullptr : &*row;
}

std::string all_names() {
  std::string names;
  for (const PolicyKey& key : kKeys) names.append(names.empty() ? "" : ", ").append(key.name);
  return names;
}

}  // namespace

const Policy& profile_policy(Profile profile) noexcept {
  switch (profile) {
    case Profile::strict:
      return kStrict;
    case Profile::lenient:
      return kLenient;
    case Profile::heygen:
      break;
  }
  return kHeygen;
}

std::optional<Profile> parse_profile(std::string_view name) noexcept {
  const auto it = std::ranges::find(kProfileNames, name);
  if (it == kProfileNames.end()) return std::nullopt;
  return static_cast<Profile>(it - kProfileNames.begin());
}

std::string_view to_string(Profile profile) noexcept {
  return kProfileNames[static_cast<std::size_t>(profile)];
}

std::span<const PolicyKey> policy_keys() noexcept { return kKeys; }

std::optional<std::string> set_policy(Policy& policy, std::string_view name,
                                      const PolicyValue& value) {
  const Row* const row = find_row(name);
  if (row == nullptr) {
    return "unknown policy '" + std::string{name} + "': one of " + all_names();
  }
  if (row->names.empty()) {
    const auto* const number = std::get_if<std::int64_t>(&value);
    if (number == nullptr || *number < row->least || *number > kMaxSeconds) {
      return "policy '" + std::string{name} + "' is a whole number " +
             (row->seconds != nullptr ? "of seconds " : "") + "from " + std::to_string(row->least) +
             " to " + std::to_string(kMaxSeconds);
    }
    if (row->seconds != nullptr) {
      policy.*(row->seconds) = std::chrono::seconds{*number};
    } else {
      policy.*(row->number) = *number;
    }
    return std::nullopt;
  }
  const auto* const text = std::get_if<std::string>(&value);
  const auto choice = text == nullptr ? row->names.end() : std::ranges::find(row->names, *text);
  if (choice == row->names.end()) {
    return "policy '" + std::string{name} + "' is one of " + std::string{row->key.values};
  }
  const int index = static_cast<int>(choice - row->names.begin());
  row->set(policy, index);
  if (name == "pkce") policy.pkce_confidential = policy.pkce;
  return std::nullopt;
}

PolicyValue get_policy(const Policy& policy, std::string_view name) {
  const Row* const row = find_row(name);
  if (row == nullptr) throw std::out_of_range("unknown policy: " + std::string{name});
  if (row->seconds != nullptr) return std::int64_t{(policy.*(row->seconds)).count()};
  if (row->number != nullptr) return policy.*(row->number);
  return std::string{row->names[static_cast<std::size_t>(row->get(policy))]};
}

}  // namespace heygen::mock
