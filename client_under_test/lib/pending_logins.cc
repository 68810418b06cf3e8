#include "client_under_test/lib/pending_logins.h"

#include <algorithm>
#include <iterator>

#include "client_under_test/lib/crypto.h"

namespace heygen::client {

void remember_login(std::vector<PendingLogin>& logins, PendingLogin fresh) {
  const auto same_session = [&](const PendingLogin& login) {
    return login.session == fresh.session;
  };
  if (std::ranges::count_if(logins, same_session) >= std::ptrdiff_t{kPendingPerSession}) {
    logins.erase(std::ranges::find_if(logins, same_session));
  }
  if (logins.size() >= kPendingTotal) logins.erase(logins.begin());
  logins.push_back(std::move(fresh));
}

bool belongs_to_session(const PendingLogin& login, std::string_view session) {
  return login.session == session;
}

std::optional<PendingLogin> select_by_state(std::span<const PendingLogin> candidates,
                                            const CallbackParams& params) {
  if (!params.state || params.state->empty()) return std::nullopt;
  const PendingLogin* match = nullptr;
  // All are compared: the time taken tells nothing of which one is near.
  for (const PendingLogin& candidate : candidates) {
    if (constant_time_equal(candidate.state, *params.state)) match = &candidate;
  }
  if (match == nullptr) return std::nullopt;
  return *match;
}

void consume_login(std::vector<PendingLogin>& logins, const PendingLogin& used) {
  std::erase_if(logins, [&](const PendingLogin& login) { return login.state == used.state; });
}

void PendingLogins::forget_expired(Instant now) {
  std::erase_if(logins_, [&](const PendingLogin& login) { return login.expires_at <= now; });
}

void PendingLogins::add(PendingLogin login, Instant now) {
  const std::lock_guard lock(mutex_);
  forget_expired(now);
  rules_.remember(logins_, std::move(login));
}

std::optional<PendingLogin> PendingLogins::take(std::string_view session,
                                                const CallbackParams& params, Instant now) {
  const std::lock_guard lock(mutex_);
  forget_expired(now);
  std::vector<PendingLogin> candidates;
  std::ranges::copy_if(logins_, std::back_inserter(candidates), [&](const PendingLogin& login) {
    return rules_.belongs_to(login, session);
  });
  std::optional<PendingLogin> selected = rules_.select(candidates, params);
  if (selected) rules_.consume(logins_, *selected);
  return selected;
}

void PendingLogins::cancel(std::string_view session) {
  const std::lock_guard lock(mutex_);
  std::erase_if(logins_, [&](const PendingLogin& login) { return login.session == session; });
}

bool PendingLogins::any(std::string_view session, Instant now) {
  const std::lock_guard lock(mutex_);
  forget_expired(now);
  return std::ranges::any_of(logins_,
                             [&](const PendingLogin& login) { return login.session == session; });
}

}  // namespace heygen::client
