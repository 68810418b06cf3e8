// One refresh at a time: a refresh token that is spent twice may cost the whole login (RFC 9700
// §4.14.2).
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "client_under_test/lib/result.h"
#include "client_under_test/lib/token_record.h"
#include "client_under_test/lib/token_store.h"

namespace heygen::client {

// What a gate may do, given to it by the session.
struct RefreshSteps {
  // Keeps other processes out; nullptr when the store cannot lock.
  std::function<Result<std::unique_ptr<StoreLock>>()> lock;
  // The login as it stands now, another process's work included.
  std::function<std::optional<TokenRecord>()> current;
  // Spends the record's refresh token and keeps what came back.
  std::function<Result<TokenRecord>(const TokenRecord&)> spend;
};

class RefreshGate {
 public:
  RefreshGate() = default;
  RefreshGate(const RefreshGate&) = delete;
  RefreshGate& operator=(const RefreshGate&) = delete;
  virtual ~RefreshGate() = default;

  // A newer login than `seen`, whoever got it. Thread-safe.
  virtual Result<TokenRecord> refresh(const TokenRecord& seen, const RefreshSteps& steps) = 0;
};

// Callers that come while a refresh is under way share its outcome, good or bad; one that comes
// with a token which was replaced meanwhile gets the replacement and costs no refresh.
[[nodiscard]] std::unique_ptr<RefreshGate> make_single_flight_gate();

}  // namespace heygen::client
