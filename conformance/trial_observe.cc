// What the mock saw, what the trial has learnt from it, and the record for the report.

#include <condition_variable>
#include <mutex>
#include <utility>

#include "conformance/trial.h"

namespace heygen::conformance {
namespace {

using mock::Endpoint;

// It comes over no connection; an app may send its user's User-Agent on.
bool is_browser(const Seen& seen) {
  return seen.request().peer.port == 0 &&
         seen.header("User-Agent").starts_with("heygen-conformance (");
}

bool is_token_path(const Seen& seen) { return seen.request().path() == "/v1/oauth/token"; }

bool is_refresh(const Seen& seen) {
  return seen.entry().endpoint == Endpoint::refresh ||
         seen.request().path() == "/v1/oauth/refresh_token" ||
         (is_token_path(seen) && seen.param("grant_type") == "refresh_token");
}

bool is_device_poll(const Seen& seen) {
  return is_token_path(seen) && seen.param("grant_type").ends_with(":device_code");
}

}  // namespace

// Takes in what the journal has got since: for the record and for the secrets.
void Trial::absorb() {
  for (auto& entry : sandbox_->journal().after(absorbed_)) {
    absorbed_ = entry->seq;
    const Seen& seen = all_seen_.emplace_back(std::move(entry));
    learn_from(seen);
    steps_.push_back(step_of(is_browser(seen) ? "browser" : "client", "mock", seen));
  }
}

void Trial::learn_from(const Seen& seen) {
  const auto learn = [this](SecretKind kind, std::string_view value) { secrets_.add(kind, value); };
  learn(SecretKind::verifier, seen.param("code_verifier"));
  if (seen.entry().endpoint == Endpoint::authorize) {
    const CallbackUrl location(seen.response().headers.get("Location"));
    learn(SecretKind::code, location.get("code"));
    learn(SecretKind::state, seen.param("state"));
    return;
  }
  if (seen.entry().endpoint == Endpoint::api) return;
  learn(SecretKind::access_token, json_text(seen.response(), "access_token"));
  learn(SecretKind::refresh_token, json_text(seen.response(), "refresh_token"));
  learn(SecretKind::device_code, json_text(seen.response(), "device_code"));
}

const Secrets& Trial::secrets() {
  absorb();
  return secrets_;
}

std::string Trial::logs() const {
  std::string text = subject_.log_since(log_start_);
  if (second_) text += second_->log_since(0);
  return text;
}

std::string Trial::messages() const { return messages_; }

Mark Trial::mark() { return sandbox_->journal().last_seq(); }

std::vector<Seen> Trial::seen_if(Mark since, const Filter& filter) {
  absorb();
  std::vector<Seen> found;
  for (const Seen& seen : all_seen_) {
    if (seen.entry().seq > since && !is_browser(seen) && filter(seen)) found.push_back(seen);
  }
  return found;
}

std::vector<Seen> Trial::seen(Mark since) {
  return seen_if(since, [](const Seen&) { return true; });
}

std::vector<Seen> Trial::code_requests(Mark since) {
  return seen_if(since, [](const Seen& seen) {
    return is_token_path(seen) && !is_refresh(seen) && !is_device_poll(seen);
  });
}

std::vector<Seen> Trial::refreshes(Mark since) { return seen_if(since, &is_refresh); }

std::vector<Seen> Trial::api_requests(Mark since) {
  return seen_if(since, [](const Seen& seen) { return seen.entry().endpoint == Endpoint::api; });
}

std::vector<Seen> Trial::revocations(Mark since) {
  return seen_if(since,
                 [](const Seen& seen) { return seen.request().path() == "/v1/oauth/revoke"; });
}

std::vector<Seen> Trial::device_requests(Mark since) {
  return seen_if(since, [](const Seen& seen) {
    return seen.entry().endpoint == Endpoint::device || is_device_poll(seen);
  });
}

std::optional<Seen> Trial::wait_for(Mark since, const std::function<bool(const Seen&)>& wanted) {
  return wait_for(since, wanted, stage_.timeout);
}

std::optional<Seen> Trial::next_poll(Mark since, std::chrono::seconds most) {
  // A subject that wakes up by the clock it was given needs a moment of real time to do so.
  constexpr std::chrono::milliseconds kMoment{15};
  for (std::chrono::seconds moved{0};; ++moved) {
    if (auto poll = wait_for(since, &is_device_poll, kMoment)) return poll;
    if (moved >= most) return std::nullopt;
    advance(std::chrono::seconds{1});
  }
}

std::optional<Seen> Trial::wait_for(Mark since, const std::function<bool(const Seen&)>& wanted,
                                    std::chrono::milliseconds patience) {
  std::mutex mutex;
  std::condition_variable came;
  std::vector<std::shared_ptr<const mock::Entry>> fresh;
  const auto subscription = sandbox_->journal().subscribe(since, [&](const auto& entry) {
    const std::lock_guard lock(mutex);
    fresh.push_back(entry);
    came.notify_one();
  });
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::unique_lock lock(mutex);
  for (std::size_t looked_at = 0;;) {
    for (; looked_at < fresh.size(); ++looked_at) {
      Seen seen(fresh[looked_at]);
      if (!is_browser(seen) && wanted(seen)) return seen;
    }
    const bool more = came.wait_until(lock, deadline, [&] { return looked_at < fresh.size(); });
    if (!more) return std::nullopt;
  }
}

void Trial::record_start(std::string operation,
                         std::vector<std::pair<std::string, std::string>> params) {
  absorb();
  if (!in_control_) provoked_ = true;
  steps_.push_back({"suite", "client", std::move(operation), "", std::move(params), "", ""});
}

void Trial::record_answer(std::string status, std::string note) {
  absorb();
  steps_.push_back({"client", "suite", "", "", {}, std::move(status), std::move(note)});
}

void Trial::record_failure(const Failure& failure) {
  messages_ += failure.kind + " " + failure.message + "\n";
  record_answer(failure.kind.empty() ? "failed" : failure.kind, failure.message);
  const bool is_trouble = failure.origin == Failure::Origin::timeout ||
                          failure.origin == Failure::Origin::gone ||
                          failure.origin == Failure::Origin::protocol;
  if (is_trouble && !killed_ && !trouble_) trouble_ = Trouble{failure, in_control_};
}

std::vector<Step> Trial::exchange() {
  absorb();
  std::vector<Step> steps;
  for (const Step& step : steps_) steps.push_back(scrubbed(step, secrets_));
  if (evil_) {
    for (const Seen& seen : evil_->seen()) {
      steps.push_back(scrubbed(step_of("client", "second origin", seen), secrets_));
    }
  }
  return steps;
}

}  // namespace heygen::conformance
