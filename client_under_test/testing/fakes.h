// Fakes at the library's seams, for its tests.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "client_under_test/lib/callback_params.h"
#include "client_under_test/lib/client.h"
#include "client_under_test/lib/form.h"

namespace heygen::client::testing {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A fixed instant that tests count from: 2026-01-01T00:00:00Z.
inline constexpr Instant kStart{seconds{1767225600}};

// Stands still until it is moved.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }

  bool wait_until(Instant deadline, const std::stop_token& stop) override {
    std::unique_lock lock(mutex_);
    sleepers_.push_back(deadline);
    changed_.notify_all();
    const bool reached = changed_.wait(lock, stop, [&] { return now_ >= deadline; });
    sleepers_.erase(std::ranges::find(sleepers_, deadline));
    changed_.notify_all();
    return reached;
  }

  void advance(milliseconds span) {
    {
      const std::lock_guard lock(mutex_);
      now_ += span;
    }
    changed_.notify_all();
  }

  // The instant yet to come that a thread waits for, if one does.
  [[nodiscard]] std::optional<Instant> sleeper() const {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(sleepers_, [&](Instant at) { return at > now_; });
    if (found == sleepers_.end()) return std::nullopt;
    return *found;
  }

  // Blocks until a thread waits for an instant yet to come, and tells which.
  Instant await_sleeper() {
    std::unique_lock lock(mutex_);
    const auto asleep = [&] {
      return std::ranges::find_if(sleepers_, [&](Instant at) { return at > now_; });
    };
    changed_.wait(lock, [&] { return asleep() != sleepers_.end(); });
    return *asleep();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  Instant now_ = kStart;
  std::vector<Instant> sleepers_;
};

// Counts up from zero, so that every text drawn from it is another.
class CountingRandom final : public RandomSource {
 public:
  void fill(std::span<std::byte> out) override {
    const std::lock_guard lock(mutex_);
    for (std::byte& byte : out) byte = static_cast<std::byte>(next_++);
  }

 private:
  std::mutex mutex_;
  unsigned next_ = 0;
};

// Records what it is asked to send and answers by a function, which may be replaced at any time and
// may block.
class FakeTransport final : public Transport {
 public:
  using Handler = std::function<Result<HttpResponse>(const HttpRequest&)>;

  void answer_with(Handler handler) {
    const std::lock_guard lock(mutex_);
    handler_ = std::move(handler);
  }

  Result<HttpResponse> send(const HttpRequest& request) override {
    Handler handler;
    {
      const std::lock_guard lock(mutex_);
      sent_.push_back(request);
      handler = handler_;
    }
    return handler(request);
  }

  [[nodiscard]] std::vector<HttpRequest> sent() const {
    const std::lock_guard lock(mutex_);
    return sent_;
  }
  [[nodiscard]] std::vector<HttpRequest> sent_to(std::string_view url) const {
    std::vector<HttpRequest> found = sent();
    std::erase_if(found, [&](const HttpRequest& request) { return request.url != url; });
    return found;
  }

 private:
  mutable std::mutex mutex_;
  Handler handler_ = [](const HttpRequest&) -> Result<HttpResponse> {
    return Error{ErrorKind::transport, "nothing is scripted"};
  };
  std::vector<HttpRequest> sent_;
};

// In memory; several clients may share one, like processes share a directory.
class MemoryStore final : public TokenStore {
 public:
  [[nodiscard]] Result<std::optional<std::string>> load(std::string_view session) override {
    const std::lock_guard lock(mutex_);
    const auto found = texts_.find(session);
    if (found == texts_.end()) return std::optional<std::string>{};
    return std::optional(found->second);
  }
  Result<void> save(std::string_view session, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    if (refuses_) return Error{ErrorKind::store, "the disk is full"};
    texts_.insert_or_assign(std::string(session), std::string(text));
    return {};
  }
  Result<void> remove(std::string_view session) override {
    const std::lock_guard lock(mutex_);
    if (const auto found = texts_.find(session); found != texts_.end()) texts_.erase(found);
    return {};
  }
  [[nodiscard]] Result<std::unique_ptr<StoreLock>> lock(std::string_view /*session*/,
                                                        milliseconds wait,
                                                        const std::stop_token& /*stop*/) override {
    std::unique_lock own(mutex_);
    if (!released_.wait_for(own, wait, [&] { return !held_; })) {
      return Error{ErrorKind::store, "another process holds the lock"};
    }
    held_ = true;
    return std::unique_ptr<StoreLock>(std::make_unique<Held>(*this));
  }

  void refuse_saves(bool refuse) {
    const std::lock_guard lock(mutex_);
    refuses_ = refuse;
  }
  [[nodiscard]] std::string text(std::string_view session) {
    return load(session).value().value_or("");
  }

 private:
  struct Held final : StoreLock {
    explicit Held(MemoryStore& of) : store(of) {}
    ~Held() override {
      {
        const std::lock_guard lock(store.mutex_);
        store.held_ = false;
      }
      store.released_.notify_one();
    }
    MemoryStore& store;
  };

  std::mutex mutex_;
  std::condition_variable_any released_;
  bool held_ = false;
  std::map<std::string, std::string, std::less<>> texts_;
  bool refuses_ = false;
};

inline HttpResponse json_answer(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

// The vendor's answer with tokens of this number: "AT1" and "RT1".
inline HttpResponse tokens(int number, int expires_in = 864000) {
  const std::string n = std::to_string(number);
  return json_answer(200, R"({"token_type":"Bearer","access_token":"AT)" + n +
                              R"(","expires_in":)" + std::to_string(expires_in) +
                              R"(,"refresh_token":"RT)" + n + R"("})");
}

inline Config test_config() {
  Config config;
  use_base_url(config, "http://127.0.0.1:8765");
  config.client_id = "demo";
  config.redirect_uri = "http://127.0.0.1:4000/oauth/callback";
  return config;
}

// What a query parameter of a URL holds.
inline std::string query_value(std::string_view url, std::string_view name) {
  for (const FormField& field : form_decode(query_of(url))) {
    if (field.name == name) return field.value;
  }
  return "";
}
inline std::string body_value(const HttpRequest& request, std::string_view name) {
  return query_value("?" + request.body, name);
}

// A client with fakes around it.
struct Rig {
  explicit Rig(Seams seams = {}) : Rig(own_store, std::move(seams)) {}
  explicit Rig(TokenStore& store, Seams seams = {})
      : client(test_config(),
               {clock, random, transport, store,
                [this](LogLevel, std::string_view line) {
                  const std::lock_guard lock(log_mutex);
                  log.append(line).append("\n");
                }},
               std::move(seams)) {}

  // The callback that the browser would bring for the login just begun.
  std::string begin(std::string_view session = "alice", std::string_view code = "CODE") {
    const std::string url = client.begin_login(session).value();
    return "http://127.0.0.1:4000/oauth/callback?code=" + std::string(code) +
           "&state=" + query_value(url, "state");
  }

  // Logged in with AT1 and RT1, whatever is scripted.
  void log_in(std::string_view session = "alice", const HttpResponse& answer = tokens(1)) {
    transport.answer_with([=](const HttpRequest&) { return answer; });
    const Result<void> done = client.complete_login(session, "GET", begin(session));
    if (!done) throw std::runtime_error(done.error().message);
  }

  std::mutex log_mutex;
  std::string log;
  ManualClock clock;
  CountingRandom random;
  FakeTransport transport;
  MemoryStore own_store;
  Client client;
};

}  // namespace heygen::client::testing
