// Logins that were begun and wait for their callback (RFC 6749 §10.12: state is bound to the
// session, and is spent by its first use).
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client_under_test/lib/callback_params.h"
#include "client_under_test/lib/clock.h"

namespace heygen::client {

struct PendingLogin {
  std::string session;
  std::string state;
  std::string verifier;
  std::string redirect_uri;  // as sent in the authorization request
  Instant expires_at;
};

// A login not finished in this time by the client's clock is forgotten.
inline constexpr std::chrono::minutes kPendingLifetime{10};
inline constexpr std::size_t kPendingPerSession = 64;
inline constexpr std::size_t kPendingTotal = 4096;

// Adds to the list; the oldest login goes when the session, or the whole list, is full.
void remember_login(std::vector<PendingLogin>& logins, PendingLogin fresh);
[[nodiscard]] bool belongs_to_session(const PendingLogin& login, std::string_view session);
// The candidate whose state equals the callback's, exactly and in constant time.
[[nodiscard]] std::optional<PendingLogin> select_by_state(std::span<const PendingLogin> candidates,
                                                          const CallbackParams& params);
void consume_login(std::vector<PendingLogin>& logins, const PendingLogin& used);

struct PendingRules {
  std::function<void(std::vector<PendingLogin>&, PendingLogin)> remember = &remember_login;
  std::function<bool(const PendingLogin&, std::string_view session)> belongs_to =
      &belongs_to_session;
  std::function<std::optional<PendingLogin>(std::span<const PendingLogin>, const CallbackParams&)>
      select = &select_by_state;
  std::function<void(std::vector<PendingLogin>&, const PendingLogin&)> consume = &consume_login;
};

// Thread-safe: of two callbacks with one state exactly one gets the login.
class PendingLogins {
 public:
  explicit PendingLogins(PendingRules rules = {}) : rules_(std::move(rules)) {}

  void add(PendingLogin login, Instant now);
  [[nodiscard]] std::optional<PendingLogin> take(std::string_view session,
                                                 const CallbackParams& params, Instant now);
  void cancel(std::string_view session);
  [[nodiscard]] bool any(std::string_view session, Instant now);

 private:
  void forget_expired(Instant now);

  const PendingRules rules_;
  std::mutex mutex_;
  std::vector<PendingLogin> logins_;  // oldest first
};

}  // namespace heygen::client
