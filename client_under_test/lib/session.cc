#include "client_under_test/lib/session.h"

namespace heygen::client {

Result<void> wipe_login(TokenStore& store, std::string_view session) {
  return store.remove(session);
}

Session::Session(std::string name, const Config& config, const Services& services,
                 const Seams& seams, std::stop_token stop)
    : name_(std::move(name)),
      config_(config),
      services_(services),
      seams_(seams),
      stop_(std::move(stop)),
      gate_(seams.refresh.make_gate()) {}

void Session::log(LogLevel level, std::string_view line) const {
  if (services_.log) services_.log(level, line);
}

std::optional<TokenRecord> Session::current_locked() {
  const Result<std::optional<std::string>> text = services_.store.load(name_);
  if (!text) {
    log(LogLevel::warning, text.error().message);
  } else if (*text != last_seen_) {
    last_seen_ = *text;
    record_ = last_seen_ ? seams_.store.read(*last_seen_, config_) : std::nullopt;
    if (last_seen_ && !record_) {
      log(LogLevel::warning, "the stored login is damaged or another client's: log in again");
    }
  }
  return record_;
}

std::optional<TokenRecord> Session::current() {
  const std::lock_guard lock(mutex_);
  return current_locked();
}

std::uint64_t Session::epoch() {
  const std::lock_guard lock(mutex_);
  return epoch_;
}

Result<void> Session::store(const TokenRecord& record) {
  const std::string text = serialize(record, config_);
  Result<void> saved = services_.store.save(name_, text);
  const std::lock_guard lock(mutex_);
  if (saved) last_seen_ = text;
  return saved;
}

Result<void> Session::adopt(TokenAnswer answer, std::uint64_t begun_in) {
  const TokenRecord fresh = to_record(std::move(answer), config_.scope);
  const auto lock = services_.store.lock(name_, kLockWait, stop_);
  if (!lock) return lock.error();
  if (Result<void> saved = store(fresh); !saved) return saved;
  const std::lock_guard own(mutex_);
  if (epoch_ != begun_in) {
    if (const Result<void> removed = services_.store.remove(name_); !removed) return removed;
    return Error{ErrorKind::login_required, "the user logged out while the login was under way"};
  }
  record_ = fresh;
  no_refresh_before_.reset();
  return {};
}

// Nothing usable is left: forget it, so that no later call tries it again.
Error Session::drop(const TokenRecord& seen, std::string reason) {
  {
    const std::lock_guard own(mutex_);
    const std::optional<TokenRecord> now = current_locked();
    if (now && now->access_token == seen.access_token) {
      record_.reset();
      if (const Result<void> removed = services_.store.remove(name_); !removed) {
        log(LogLevel::warning, removed.error().message);
      }
    }
  }
  log(LogLevel::warning, reason);
  return Error{ErrorKind::login_required, std::move(reason)};
}

Result<void> Session::logout() {
  std::optional<TokenRecord> last = current();
  {
    const std::lock_guard own(mutex_);
    record_.reset();
    ++epoch_;
  }
  Result<void> wiped;
  {
    // A refresh under way holds the lock; a logout does not wait for it longer than this.
    const auto lock = services_.store.lock(name_, kLogoutLockWait, stop_);
    const Result<std::optional<std::string>> text = services_.store.load(name_);
    if (text && *text) {
      // Another process may have rotated the token since: the newest one is revoked.
      if (std::optional<TokenRecord> newest = deserialize(**text, config_)) last = newest;
    }
    wiped = seams_.logout.wipe(services_.store, name_);
  }
  if (last) revoke(*last);
  log(LogLevel::info, "logged out");
  return wiped;
}

// RFC 7009 §2.1, as well as it can be done: whatever comes of it, the user is logged out here.
void Session::revoke(const TokenRecord& record) {
  if (!record.refresh_token) return;
  HttpRequest request = seams_.endpoint.build_revoke_request(config_, *record.refresh_token);
  request.cancel = stop_;
  const Result<HttpResponse> answer =
      send_to_endpoint(services_.transport, std::move(request), seams_.endpoint);
  if (!answer || answer->status != 200) {
    log(LogLevel::warning, "the server did not confirm that the login is revoked");
  }
}

Result<TokenAnswer> Session::ask(HttpRequest request) {
  if (!request.cancel.stop_possible()) request.cancel = stop_;
  const Result<HttpResponse> response =
      send_to_endpoint(services_.transport, std::move(request), seams_.endpoint);
  if (!response) {
    log(LogLevel::info, response.error().message);
    return response.error();
  }
  log(LogLevel::info, seams_.token.describe_exchange(*response));
  Result<TokenAnswer> answer = judge_token_response(*response, services_.clock.now(), seams_.token);
  if (!answer) log(LogLevel::info, answer.error().message);
  return answer;
}

}  // namespace heygen::client
