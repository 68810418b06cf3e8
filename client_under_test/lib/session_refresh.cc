// Session: refreshing (RFC 6749 §6).
#include "client_under_test/lib/session.h"

namespace heygen::client {
namespace {

Error logged_out() { return Error{ErrorKind::login_required, "not logged in"}; }

}  // namespace

Result<TokenRecord> Session::refresh() {
  const std::optional<TokenRecord> record = current();
  if (!record) return logged_out();
  if (!record->refresh_token) {
    return Error{ErrorKind::login_required, "there is no refresh token: log in again"};
  }
  return refresh_from(*record);
}

Result<TokenRecord> Session::refresh_from(const TokenRecord& seen) {
  const RefreshSteps steps{
      [this] { return services_.store.lock(name_, kLockWait, stop_); },
      [this] { return current(); },
      [this](const TokenRecord& record) { return spend(record); },
  };
  return gate_->refresh(seen, steps);
}

Result<TokenRecord> Session::spend(const TokenRecord& record) {
  if (!record.refresh_token) return drop(record, "there is no refresh token: log in again");
  Before before{};
  {
    const std::lock_guard lock(mutex_);
    before = {epoch_, last_seen_};
    if (no_refresh_before_ && services_.clock.now() < *no_refresh_before_) {
      return Error{ErrorKind::token_error,
                   "the authorization server asked to wait before the next refresh"};
    }
  }
  Result<TokenAnswer> answer =
      ask(seams_.endpoint.build_refresh_request(config_, *record.refresh_token));
  if (answer) {
    std::optional<std::string> received = answer->refresh_token;
    TokenRecord fresh = to_record(*std::move(answer), record.scope);
    fresh.refresh_token = seams_.refresh.merge(record.refresh_token, std::move(received));
    return keep(std::move(fresh), before);
  }
  if (auto outcome = overtaken(before)) return *std::move(outcome);
  return give_up(answer.error());
}

// The login was ended or replaced while the server was asked: by a logout here, or by a process
// that does not hold the lock. Its will comes first.
std::optional<Result<TokenRecord>> Session::overtaken(const Before& before) {
  const std::lock_guard lock(mutex_);
  if (epoch_ != before.epoch) return logged_out();
  const std::optional<TokenRecord> now = current_locked();
  if (last_seen_ == before.text) return std::nullopt;
  if (!now) return logged_out();
  return *now;
}

Result<TokenRecord> Session::keep(TokenRecord fresh, const Before& before) {
  if (auto outcome = overtaken(before)) {
    if (!*outcome) revoke(fresh);
    return *std::move(outcome);
  }
  // A token that the server has rotated is lost if it is not stored: first of all.
  seams_.refresh.persist([this, fresh] {
    if (const Result<void> saved = store(fresh); !saved) {
      log(LogLevel::warning, saved.error().message + "; the login goes on in this process only");
    }
  });
  {
    const std::lock_guard lock(mutex_);
    if (epoch_ == before.epoch) {
      record_ = fresh;
      no_refresh_before_.reset();
      return fresh;
    }
    // A logout came between: what was just stored goes too.
    if (const Result<void> removed = services_.store.remove(name_); !removed) {
      log(LogLevel::warning, removed.error().message);
    }
  }
  revoke(fresh);
  return logged_out();
}

Result<TokenRecord> Session::give_up(Error error) {
  const std::lock_guard lock(mutex_);
  if (seams_.refresh.classify(error) == RefreshFailure::transient) {
    no_refresh_before_ = error.retry_at;
    return error;
  }
  record_.reset();
  if (const Result<void> removed = services_.store.remove(name_); !removed) {
    log(LogLevel::warning, removed.error().message);
  }
  error.kind = ErrorKind::login_required;
  error.message += ": log in again";
  return error;
}

}  // namespace heygen::client
