#include "conformance/subjects/in_process.h"

#include <atomic>
#include <exception>
#include <future>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace heygen::conformance {
namespace {

constexpr Capabilities kEveryClient{Capability::begin,    Capability::callback,
                                    Capability::state,    Capability::call_api,
                                    Capability::messages, Capability::redirect};
constexpr Capabilities kNeedsAProcess{Capability::restart, Capability::two_processes};

[[noreturn]] void lacking(const char* what) {
  throw std::logic_error(std::string("it claims a capability without ") + what);
}

}  // namespace

void InProcessClient::refresh(std::string_view /*session*/) { lacking("refresh()"); }
void InProcessClient::logout(std::string_view /*session*/) { lacking("logout()"); }
int InProcessClient::download(std::string_view /*session*/, std::string_view /*url*/) {
  lacking("download()");
}
DeviceChallenge InProcessClient::begin_device_login(std::string_view /*session*/) {
  lacking("begin_device_login()");
}
void InProcessClient::set_time(mock::TimePoint /*now*/) { lacking("set_time()"); }
Landing InProcessClient::visit(std::string_view /*session*/, std::string_view /*method*/,
                               std::string_view /*url*/) {
  lacking("visit()");
}
void InProcessClient::log(std::string_view line) {
  const std::lock_guard lock(mutex_);
  log_.append(line).append("\n");
}

class InProcessSubject final : public Subject {
 public:
  InProcessSubject(const std::string& name, Capabilities capabilities,
                   std::shared_ptr<InProcessClient> client)
      : name_(name), capabilities_(capabilities), client_(std::move(client)) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const Capabilities& capabilities() const override { return capabilities_; }

  Pending<Done> configure(const Configuration& configuration) override {
    return done([configuration](auto& client) { client.configure(configuration); });
  }
  Pending<std::string> begin_login(std::string_view session) override {
    return later<std::string>(
        [session = std::string(session)](auto& client) { return client.begin_login(session); });
  }
  Pending<Landing> callback(std::string_view session, std::string_view url) override {
    return later<Landing>([session = std::string(session), url = std::string(url)](auto& client) {
      client.callback(session, url);
      return Landing{};
    });
  }
  Pending<Landing> visit(std::string_view session, std::string_view method,
                         std::string_view url) override {
    return later<Landing>(
        [session = std::string(session), method = std::string(method),
         url = std::string(url)](auto& client) { return client.visit(session, method, url); });
  }
  Pending<LoginState> state(std::string_view session) override {
    return later<LoginState>(
        [session = std::string(session)](auto& client) { return client.state(session); });
  }
  Pending<ApiAnswer> call_api(std::string_view session, const ApiCall& call) override {
    return later<ApiAnswer>([session = std::string(session), call](auto& client) {
      return client.call_api(session, call);
    });
  }
  Pending<Done> refresh(std::string_view session) override {
    return done([session = std::string(session)](auto& client) { client.refresh(session); });
  }
  Pending<Done> logout(std::string_view session) override {
    return done([session = std::string(session)](auto& client) { client.logout(session); });
  }
  Pending<int> download(std::string_view session, std::string_view url) override {
    return later<int>([session = std::string(session), url = std::string(url)](auto& client) {
      return client.download(session, url);
    });
  }
  Pending<DeviceChallenge> begin_device_login(std::string_view session) override {
    return later<DeviceChallenge>([session = std::string(session)](auto& client) {
      return client.begin_device_login(session);
    });
  }
  Pending<Done> set_time(mock::TimePoint now) override {
    return done([now](auto& client) { client.set_time(now); });
  }
  void set_timeout(std::chrono::milliseconds timeout) override { timeout_ = timeout; }

  // Nothing of it can be killed: what is under way is let go, and this subject not used again.
  void kill() override { fail({Failure::Origin::gone, "", "it was stopped"}); }
  Outcome<Done> restart(const std::vector<std::string>& /*environment*/) override {
    return Failure{Failure::Origin::unsupported, "", "it is no process of its own"};
  }
  [[nodiscard]] std::optional<Failure> trouble() const override {
    const std::lock_guard lock(mutex_);
    return trouble_;
  }
  [[nodiscard]] std::size_t log_size() const override {
    const std::lock_guard lock(client_->mutex_);
    return client_->log_.size();
  }
  [[nodiscard]] std::string log_since(std::size_t size) const override {
    const std::lock_guard lock(client_->mutex_);
    return size < client_->log_.size() ? client_->log_.substr(size) : "";
  }

 private:
  void fail(Failure failure) {
    const std::lock_guard lock(mutex_);
    if (!trouble_) trouble_ = std::move(failure);
  }

  template <typename Work>
  Pending<Done> done(Work work) {
    return later<Done>([work = std::move(work)](auto& client) {
      work(client);
      return Done{};
    });
  }

  // On a thread of its own, which keeps the client alive: a call that hangs is left to itself.
  template <typename T, typename Work>
  Pending<T> later(Work work) {
    std::promise<Outcome<T>> promise;
    const std::shared_future<Outcome<T>> result = promise.get_future().share();
    std::thread([promise = std::move(promise), client = client_, work = std::move(work)]() mutable {
      Outcome<T> outcome = Failure{Failure::Origin::refused, "", "it threw what is no exception"};
      try {
        outcome = work(*client);
      } catch (const std::exception& refusal) {
        outcome = Failure{Failure::Origin::refused, "", refusal.what()};
      } catch (...) {  // NOLINT(bugprone-empty-catch): the outcome says so
      }
      promise.set_value(std::move(outcome));
    }).detach();
    return Pending<T>([this, result, until = std::chrono::steady_clock::now() + timeout_.load()] {
      if (result.wait_until(until) == std::future_status::ready) return result.get();
      Failure late{Failure::Origin::timeout, "", "it did not return in time"};
      fail(late);
      return Outcome<T>(std::move(late));
    });
  }

  const std::string name_;
  const Capabilities capabilities_;
  const std::shared_ptr<InProcessClient> client_;
  std::atomic<std::chrono::milliseconds> timeout_{std::chrono::seconds{5}};
  mutable std::mutex mutex_;  // of what follows
  std::optional<Failure> trouble_;
};

InProcessFactory::InProcessFactory(std::string name, Capabilities claimed, Make make)
    : name_(std::move(name)),
      capabilities_([claimed] {
        Capabilities all = claimed.without(kNeedsAProcess);
        for (const auto& each : kEveryClient.names()) all.add(*parse_capability(each));
        return all;
      }()),
      make_(std::move(make)) {}

Outcome<std::unique_ptr<Subject>> InProcessFactory::start() {
  try {
    return std::unique_ptr<Subject>(
        std::make_unique<InProcessSubject>(name_, capabilities_, make_()));
  } catch (const std::exception& refusal) {
    return Failure{Failure::Origin::gone, "", refusal.what()};
  }
}

}  // namespace heygen::conformance
