// Where clients, codes and tokens are kept. Redemption, rotation and revocation are one atomic
// verb each: of N callers exactly one wins, and the answer says what happened to the others. A
// rule never reads, decides and writes in three steps.
//
// Implementations are thread-safe. A store that cannot answer throws StoreUnavailable; the wire
// then says 503 temporarily_unavailable, and nothing was changed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mock_server/core/types.h"

namespace heygen::mock {

class StoreUnavailable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What the reason of an answer begins with that repeats what a store said of itself.
inline constexpr std::string_view kStoreTrouble = "the store: ";

// The sandbox was removed, or made anew, by another process: what is asked for is no more.
class StoreGone : public StoreUnavailable {
 public:
  using StoreUnavailable::StoreUnavailable;
};

// Another process has kept something since catch_up(): catch up, and try again. Nothing was kept.
class StoreBehind : public StoreUnavailable {
 public:
  using StoreUnavailable::StoreUnavailable;
};

// --- redeem_code's answers ---
struct Redeemed {
  GrantId grant = 0;
};
struct AlreadyRedeemed {  // and all that the first redemption gave is revoked now, RFC 6749 §4.1.2
  std::size_t revoked = 0;  // how many tokens that were good died of it
};
struct CodeExpired {};
struct CodeUnknown {};
using RedeemOutcome = std::variant<Redeemed, AlreadyRedeemed, CodeExpired, CodeUnknown>;

// --- rotate_refresh's question and answers ---
struct Rotation {
  RotationPolicy rotation = RotationPolicy::rotate;
  ReusePolicy reuse = ReusePolicy::reject;
  std::chrono::seconds grace{0};
  OldAccessPolicy old_access = OldAccessPolicy::revoke;
};
struct Rotated {
  TokenSet given;  // `refresh` absent: none is to be named in the answer
};
struct GraceReplay {  // inside the grace window: the successor that was given before, again
  TokenSet given;
};
struct RefreshReused {
  bool family_revoked = false;
};
struct RefreshExpired {};
struct RefreshRevoked {};
struct RefreshUnknown {};
using RotateOutcome = std::variant<Rotated, GraceReplay, RefreshReused, RefreshExpired,
                                   RefreshRevoked, RefreshUnknown>;

// --- poll_device's answers, RFC 8628 §3.5 ---
struct DeviceGranted {
  GrantId grant = 0;
};
struct DevicePending {};
struct DeviceSlowDown {
  std::chrono::seconds interval{0};  // what holds from now on
};
struct DeviceDenied {};
struct DeviceExpired {};
struct DeviceSpent {};    // it has had its tokens
struct DeviceUnknown {};  // or another client's
using DevicePoll = std::variant<DeviceGranted, DevicePending, DeviceSlowDown, DeviceDenied,
                                DeviceExpired, DeviceSpent, DeviceUnknown>;

// --- take_quota's answer ---
struct QuotaAnswer {
  bool granted = true;
  TimePoint until;  // when the window ends
};

// --- begin_call's answers ---
// An answer that is given again to whoever repeats the request.
struct KeptAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};
struct CallBegun {};       // the caller answers, and must end_call
struct CallInProgress {};  // somebody has begun it and has not ended it
struct CallDiffers {};     // the key was used for another request
struct CallAnswered {
  KeptAnswer answer;
  TimePoint begun;
};
using CallOutcome = std::variant<CallBegun, CallInProgress, CallDiffers, CallAnswered>;

// What a sandbox keeps of itself, by key; any bytes.
using Notes = std::vector<std::pair<std::string, std::string>>;

// How many tokens are kept, and how many of each kind would be taken now.
struct TokenCounts {
  std::size_t kept = 0;
  std::size_t live_access = 0;
  std::size_t live_refresh = 0;
};

// What became of the user's decision.
enum class DeviceDecision : std::uint8_t { taken, already_taken, expired, unknown };

class Store {
 public:
  virtual ~Store() = default;

  // --- clients ---
  virtual void put_client(Client client) = 0;
  [[nodiscard]] virtual std::shared_ptr<const Client> find_client(std::string_view id) const = 0;
  virtual bool remove_client(std::string_view id) = 0;
  [[nodiscard]] virtual std::vector<std::shared_ptr<const Client>> clients() const = 0;

  // --- pending consents ---
  virtual void put_consent(PendingConsent consent) = 0;
  [[nodiscard]] virtual std::optional<PendingConsent> find_consent(std::string_view id) const = 0;
  // Hands it out once.
  virtual std::optional<PendingConsent> take_consent(std::string_view id) = 0;

  // --- authorization codes ---
  virtual void put_code(Code code) = 0;
  [[nodiscard]] virtual std::optional<StoredCode> find_code(std::string_view value) const = 0;
  // Is there an unspent code, or a pending consent, with this challenge? For explanations.
  [[nodiscard]] virtual bool has_challenge(std::string_view challenge) const = 0;
  // Spends the code and puts `tokens` in, or says why not.
  virtual RedeemOutcome redeem_code(std::string_view value, const TokenSet& tokens,
                                    TimePoint now) = 0;
  // A redemption that failed its proof. The code is burnt at the `limit`th (RFC 6749 §10.10);
  // returns whether it is burnt now.
  virtual bool fail_code(std::string_view value, int limit) = 0;

  // --- devices ---
  // False, and nothing changed, when a request with this user code is kept already.
  virtual bool put_device(DeviceRequest request) = 0;
  [[nodiscard]] virtual std::optional<StoredDevice> find_device(
      std::string_view user_code) const = 0;
  // The user who approved; nothing: it was denied. The first decision stands.
  virtual DeviceDecision decide_device(std::string_view user_code,
                                       std::optional<std::string_view> user, TimePoint now) = 0;
  // One poll by the device: counts its time, and once approved spends the code and puts `tokens`
  // in.
  virtual DevicePoll poll_device(std::string_view device_code, std::string_view client_id,
                                 const TokenSet& tokens, TimePoint now) = 0;

  // --- tokens ---
  // Puts a pair in that no code was redeemed for.
  virtual GrantId put_grant(std::string_view client_id, std::string_view user,
                            std::string_view scope, const TokenSet& tokens) = 0;
  [[nodiscard]] virtual std::optional<TokenView> find_token(std::string_view value,
                                                            TimePoint now) const = 0;
  // Spends the refresh token as `how` says, and puts what of `tokens` it calls for in.
  virtual RotateOutcome rotate_refresh(std::string_view value, const TokenSet& tokens,
                                       const Rotation& how, TimePoint now) = 0;
  // A refresh token takes its whole grant along, an access token only itself (RFC 7009 §2.1).
  // False when there is no such token.
  virtual bool revoke(std::string_view value) = 0;

  // --- quotas ---
  // Counts one call under `key`, of which each window grants `limit`; a call that is not granted
  // does not count. A window begins with its first call; a time before that begins a new one.
  virtual QuotaAnswer take_quota(std::string_view key, std::int64_t limit,
                                 std::chrono::seconds window, TimePoint now) = 0;

  // --- calls that may be repeated ---
  // Takes the key for this request (`digest` tells it from others), or says what became of the one
  // that took it. Of N callers one begins. Who has not ended it after `lease`, never will: the key
  // is free again.
  virtual CallOutcome begin_call(std::string_view key, std::string_view digest,
                                 std::chrono::seconds lease, TimePoint now) = 0;
  // What the begun call is answered with before `until`; nothing: the key is free again.
  virtual void end_call(std::string_view key, std::optional<KeptAnswer> answer,
                        TimePoint until) = 0;

  // --- the control API ---
  [[nodiscard]] virtual std::vector<TokenView> tokens(TimePoint now) const = 0;
  // The same as looking through tokens(); a store that knows a quicker way takes it.
  [[nodiscard]] virtual std::optional<TokenView> find_token_by_id(std::string_view id,
                                                                  TimePoint now) const;
  // What comes or goes meanwhile may be left out or counted twice.
  [[nodiscard]] virtual TokenCounts count_tokens(TimePoint now) const;
  virtual bool revoke_by_id(std::string_view id) = 0;
  virtual bool expire_by_id(std::string_view id, TimePoint now) = 0;
  virtual std::size_t expire_all(TimePoint now) = 0;
  // Forgets codes, consents, devices, tokens, quotas, calls and counts; clients and notes stay.
  virtual void clear() = 0;

  // --- what the sandbox keeps of itself ---
  [[nodiscard]] virtual std::optional<std::string> find_note(std::string_view key) const = 0;
  // Puts all of these clients and notes in, or nothing; each in place of its predecessor.
  virtual void keep(const std::vector<Client>& clients, const Notes& notes) = 0;
  // How often it was called with this key, this call included; counting stops at `limit`, and the
  // answer is 0 then. Of N callers each gets another number.
  virtual std::uint64_t count_up(
      std::string_view key, std::uint64_t limit = std::numeric_limits<std::uint64_t>::max()) = 0;
  [[nodiscard]] virtual std::uint64_t count(std::string_view key) const = 0;

  // --- where other processes may work on the same sandbox at the same time ---
  // Whether one of them has kept something that this one has not caught up with. Then keep() throws
  // StoreBehind: what it would write was made without knowing of the other's.
  [[nodiscard]] virtual bool is_behind() const { return false; }
  // Hands over all notes; once `adopt` has returned, what is kept is caught up with. One at a time.
  virtual void catch_up(const std::function<void(const Notes&)>& adopt) { (void)adopt; }
};

}  // namespace heygen::mock
