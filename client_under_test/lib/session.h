// One user's login: kept, refreshed, used, ended.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "client_under_test/lib/log.h"
#include "client_under_test/lib/random.h"
#include "client_under_test/lib/seams.h"

namespace heygen::client {

// What a client needs from outside. All of it outlives the client.
struct Services {
  Clock& clock;
  RandomSource& random;
  Transport& transport;
  TokenStore& store;
  Log log{};
};

// Thread-safe. The store is the truth, shared with other processes; memory holds what was read of
// it last, and what could not be written to it.
class Session {
 public:
  // Longer than a refresh can take: whoever holds the lock lets go of it in this time.
  static constexpr std::chrono::seconds kLockWait{45};
  static constexpr std::chrono::seconds kLogoutLockWait{2};

  // The references outlive the session. A stop makes every exchange fail at once.
  Session(std::string name, const Config& config, const Services& services, const Seams& seams,
          std::stop_token stop);

  // The login as it stands, another process's work included.
  [[nodiscard]] std::optional<TokenRecord> current();

  // Counts logouts. A login that was begun before one must not end after it.
  [[nodiscard]] std::uint64_t epoch();
  // A fresh login: replaces whatever there was, an older refresh token included.
  Result<void> adopt(TokenAnswer answer, std::uint64_t begun_in);

  // Refreshes before and retries after as the rules say. A status is a value, even 401.
  Result<HttpResponse> call(const ApiCall& call);
  Result<TokenRecord> refresh();
  // Forgets the login first and then asks the server to revoke it; takes a few seconds at most and
  // cannot fail but for the store.
  Result<void> logout();

  // Sends to a token endpoint and judges the answer. A request that brings no way to cancel it gets
  // the session's.
  Result<TokenAnswer> ask(HttpRequest request);

 private:
  Result<HttpResponse> call_with_retry(const ApiCall& call);
  Result<TokenRecord> refresh_if_due(TokenRecord record);
  Result<TokenRecord> refresh_from(const TokenRecord& seen);
  Result<TokenRecord> spend(const TokenRecord& record);
  // What stood when a refresh was begun.
  struct Before {
    std::uint64_t epoch;
    std::optional<std::string> text;
  };
  Result<TokenRecord> keep(TokenRecord fresh, const Before& before);
  Result<TokenRecord> give_up(Error error);
  std::optional<Result<TokenRecord>> overtaken(const Before& before);
  Error drop(const TokenRecord& seen, std::string reason);
  Result<void> store(const TokenRecord& record);
  void revoke(const TokenRecord& record);
  std::optional<TokenRecord> current_locked();
  void log(LogLevel level, std::string_view line) const;

  const std::string name_;
  const Config& config_;
  const Services services_;
  const Seams& seams_;
  const std::stop_token stop_;
  const std::unique_ptr<RefreshGate> gate_;

  std::mutex mutex_;  // of what follows; never held while something is sent
  std::optional<TokenRecord> record_;
  std::optional<std::string> last_seen_;  // the store's text that record_ was last taken from
  std::uint64_t epoch_ = 0;
  std::optional<Instant> no_refresh_before_;  // the server's Retry-After
};

}  // namespace heygen::client
