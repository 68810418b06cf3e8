#include "client_under_test/lib/refresh_rules.h"

#include <algorithm>

namespace heygen::client {

bool is_expired(const TokenRecord& record, Instant now) {
  return record.expires_at && now >= *record.expires_at;
}

bool refresh_before_call(const TokenRecord& record, Instant now, int refreshes) {
  if (refreshes > 0 || !record.refresh_token || !record.expires_at) return false;
  const std::chrono::seconds lifetime{std::max<std::int64_t>(record.lifetime.value_or(0), 0)};
  const std::chrono::milliseconds skew = std::min<std::chrono::milliseconds>(
      std::chrono::seconds{60}, std::chrono::milliseconds(lifetime) / 10);
  return now >= *record.expires_at - skew;
}

bool refresh_after_answer(int status, int retries) { return status == 401 && retries == 0; }

bool old_token_will_do(const TokenRecord& record, Instant now) { return !is_expired(record, now); }

RefreshFailure classify_refresh_failure(const Error& error) {
  const bool busy = error.oauth_error == "temporarily_unavailable" ||
                    error.oauth_error == "server_error" || error.oauth_error == "slow_down";
  if (error.kind != ErrorKind::token_error || busy) return RefreshFailure::transient;
  if (error.status == 400 || error.status == 401) return RefreshFailure::terminal;
  const bool refusal = error.status == 200 || (error.status >= 400 && error.status < 500);
  const bool later = error.status == 408 || error.status == 429;
  return refusal && !later && !error.oauth_error.empty() ? RefreshFailure::terminal
                                                         : RefreshFailure::transient;
}

std::optional<std::string> merge_refresh_token(std::optional<std::string> old,
                                               std::optional<std::string> received) {
  return received ? std::move(received) : std::move(old);
}

}  // namespace heygen::client
