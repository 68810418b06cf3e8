// Where logins outlive the process, as a seam.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "client_under_test/lib/result.h"

namespace heygen::client {

// Held while it lives; other processes wait.
class StoreLock {
 public:
  StoreLock() = default;
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  virtual ~StoreLock() = default;
};

// One text a session. Thread-safe. All failures are ErrorKind::store.
class TokenStore {
 public:
  TokenStore() = default;
  TokenStore(const TokenStore&) = delete;
  TokenStore& operator=(const TokenStore&) = delete;
  virtual ~TokenStore() = default;

  [[nodiscard]] virtual Result<std::optional<std::string>> load(std::string_view session) = 0;
  // Wholly or not at all, and lasting once it returns.
  virtual Result<void> save(std::string_view session, std::string_view text) = 0;
  virtual Result<void> remove(std::string_view session) = 0;
  // Waits for another holder at most that long, or until a stop is asked for.
  [[nodiscard]] virtual Result<std::unique_ptr<StoreLock>> lock(std::string_view session,
                                                                std::chrono::milliseconds wait,
                                                                const std::stop_token& stop) = 0;
};

}  // namespace heygen::client
