#include "conformance/subjects/adapter.h"

#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

#include "conformance/subjects/line_channel.h"

namespace heygen::conformance {
namespace {

using nlohmann::json;

constexpr Capabilities kEveryAdapter{Capability::begin,    Capability::callback, Capability::state,
                                     Capability::call_api, Capability::messages, Capability::logs,
                                     Capability::store,    Capability::redirect};
// What a hello may add. The rest are the driver's to state.
constexpr Capabilities kClaimable{
    Capability::refresh,       Capability::logout, Capability::restart,  Capability::clock,
    Capability::concurrency,   Capability::device, Capability::download, Capability::two_sessions,
    Capability::two_processes, Capability::issuer, Capability::timeout,  Capability::page};

struct Hello {
  std::string name;
  Capabilities capabilities = kEveryAdapter;
};

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

Failure malformed(std::string_view op, std::string_view wanted) {
  return {Failure::Origin::protocol, "",
          "the result of " + std::string(op) + " has no " + std::string(wanted)};
}

std::optional<std::string> text_of(const json& result, const char* name) {
  const auto found = result.find(name);
  if (found == result.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<int> status_of(const json& result) {
  const auto found = result.find("status");
  if (found == result.end() || !found->is_number_integer()) return std::nullopt;
  const auto status = found->get<std::int64_t>();
  if (status < 0 || status > 999) return std::nullopt;
  return static_cast<int>(status);
}

Outcome<Done> read_done(const json& /*result*/) { return Done{}; }
Outcome<Landing> read_landing(const json& /*result*/) { return Landing{}; }

Outcome<std::string> read_authorize_url(const json& result) {
  auto url = text_of(result, "authorize_url");
  if (!url) return malformed("begin_login", "\"authorize_url\"");
  return *std::move(url);
}

Outcome<LoginState> read_state(const json& result) {
  const auto name = text_of(result, "state");
  for (const LoginState state :
       {LoginState::logged_in, LoginState::login_required, LoginState::pending}) {
    if (name == to_string(state)) return state;
  }
  return malformed("state", "\"state\" of logged_in, login_required or pending");
}

Outcome<ApiAnswer> read_api_answer(const json& result) {
  const auto status = status_of(result);
  if (!status) return malformed("call_api", "\"status\" that is a number");
  const auto body = result.find("body");
  if (body == result.end() || body->is_null()) return ApiAnswer{*status, ""};
  // A body that was parsed already is as good as its text.
  return ApiAnswer{*status, body->is_string() ? body->get<std::string>() : dump(*body)};
}

Outcome<Landing> read_page(const json& result) {
  const auto status = status_of(result);
  if (!status) return malformed("visit", "\"status\" that is a number");
  Landing page;
  page.status = *status;
  page.body = text_of(result, "body").value_or("");
  const auto headers = result.find("headers");
  if (headers == result.end() || !headers->is_object()) return page;
  for (const auto& [name, value] : headers->items()) {
    if (value.is_string()) page.headers.emplace_back(name, value.get<std::string>());
  }
  return page;
}

Outcome<int> read_download(const json& result) {
  const auto status = status_of(result);
  if (!status) return malformed("download", "\"status\" that is a number");
  return *status;
}

Outcome<DeviceChallenge> read_device(const json& result) {
  auto code = text_of(result, "user_code");
  auto uri = text_of(result, "verification_uri");
  if (!code || !uri)
    return malformed("begin_device_login", "\"user_code\" and \"verification_uri\"");
  return DeviceChallenge{*std::move(code), *std::move(uri)};
}

Outcome<Hello> read_hello(const json& result) {
  Hello hello;
  const auto name = text_of(result, "name");
  if (!name) return malformed("hello", "\"name\"");
  hello.name = *name;
  if (const auto version = text_of(result, "version"); version && !version->empty()) {
    hello.name += " " + *version;
  }
  const auto claimed = result.find("capabilities");
  if (claimed == result.end() || !claimed->is_array()) {
    return malformed("hello", "\"capabilities\" that is an array");
  }
  for (const json& one : *claimed) {
    if (!one.is_string()) continue;
    const auto capability = parse_capability(one.get<std::string>());
    if (capability && kClaimable.has(*capability)) hello.capabilities.add(*capability);
  }
  return hello;
}

json configuration_json(const Configuration& configuration) {
  json params{
      {"authorize_url", configuration.authorize_url}, {"token_url", configuration.token_url},
      {"refresh_url", configuration.refresh_url},     {"revoke_url", configuration.revoke_url},
      {"device_url", configuration.device_url},       {"api_url", configuration.api_url},
      {"client_id", configuration.client_id},         {"redirect_uri", configuration.redirect_uri},
      {"store_dir", configuration.store_dir}};
  // An adapter may refuse what it does not know: what is not set is not sent.
  if (configuration.client_secret) params["client_secret"] = *configuration.client_secret;
  if (!configuration.scope.empty()) params["scope"] = configuration.scope;
  if (configuration.issuer) params["issuer"] = *configuration.issuer;
  if (configuration.timeout) params["timeout_ms"] = configuration.timeout->count();
  return params;
}

class Adapter final : public Subject {
 public:
  explicit Adapter(AdapterOptions options)
      : options_(std::move(options)), timeout_(options_.timeout) {}

  // Starts the process and says hello; also after a kill.
  Outcome<Done> greet(std::vector<std::string> environment) {
    environment.insert(environment.end(), options_.environment.begin(), options_.environment.end());
    auto started = LineChannel::start({options_.command, std::move(environment)});
    if (!started.channel) {
      return Failure{Failure::Origin::gone, "", std::move(started.error)};
    }
    {
      const std::lock_guard lock(mutex_);
      channel_ = std::move(started.channel);
    }
    const Outcome<Hello> hello = ask<Hello>("hello", json::object(), &read_hello).wait();
    if (!hello) return hello.failure();
    hello_ = *hello;
    return Done{};
  }

  [[nodiscard]] const std::string& name() const override { return hello_.name; }
  [[nodiscard]] const Capabilities& capabilities() const override { return hello_.capabilities; }

  Pending<Done> configure(const Configuration& configuration) override {
    return ask<Done>("configure", configuration_json(configuration), &read_done);
  }
  Pending<std::string> begin_login(std::string_view session) override {
    return ask<std::string>("begin_login", {{"session", session}}, &read_authorize_url);
  }
  Pending<Landing> callback(std::string_view session, std::string_view url) override {
    return ask<Landing>("callback", {{"session", session}, {"url", url}}, &read_landing);
  }
  Pending<Landing> visit(std::string_view session, std::string_view method,
                         std::string_view url) override {
    return ask<Landing>("visit", {{"session", session}, {"method", method}, {"url", url}},
                        &read_page);
  }
  Pending<LoginState> state(std::string_view session) override {
    return ask<LoginState>("state", {{"session", session}}, &read_state);
  }
  Pending<ApiAnswer> call_api(std::string_view session, const ApiCall& call) override {
    json params{{"session", session}, {"method", call.method}, {"path", call.path}};
    if (call.body) params["body"] = *call.body;
    return ask<ApiAnswer>("call_api", params, &read_api_answer);
  }
  Pending<Done> refresh(std::string_view session) override {
    return ask<Done>("refresh", {{"session", session}}, &read_done);
  }
  Pending<Done> logout(std::string_view session) override {
    return ask<Done>("logout", {{"session", session}}, &read_done);
  }
  Pending<int> download(std::string_view session, std::string_view url) override {
    return ask<int>("download", {{"session", session}, {"url", url}}, &read_download);
  }
  Pending<DeviceChallenge> begin_device_login(std::string_view session) override {
    return ask<DeviceChallenge>("begin_device_login", {{"session", session}}, &read_device);
  }
  Pending<Done> set_time(mock::TimePoint now) override {
    const auto epoch = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    return ask<Done>("set_time", {{"now", epoch}}, &read_done);
  }

  void set_timeout(std::chrono::milliseconds timeout) override { timeout_ = timeout; }

  void kill() override { channel()->kill(); }

  Outcome<Done> restart(const std::vector<std::string>& environment) override {
    channel_->kill();
    earlier_log_ += channel_->process().log_since(0);
    return greet(environment);
  }

  [[nodiscard]] std::optional<Failure> trouble() const override { return channel_->trouble(); }

  [[nodiscard]] std::optional<std::int64_t> process() const override {
    return channel()->process().pid();
  }

  [[nodiscard]] std::size_t log_size() const override {
    return earlier_log_.size() + channel_->process().log_size();
  }
  [[nodiscard]] std::string log_since(std::size_t size) const override {
    if (size >= earlier_log_.size()) {
      return channel_->process().log_since(size - earlier_log_.size());
    }
    return earlier_log_.substr(size) + channel_->process().log_since(0);
  }

 private:
  template <typename T>
  Pending<T> ask(std::string_view op, const json& params, Outcome<T> (*read)(const json&)) {
    const std::shared_ptr<LineChannel> channel = this->channel();  // outlives a restart
    const auto timeout = timeout_.load();
    const std::uint64_t id = channel->ask(op, dump(params), timeout);
    return Pending<T>([channel, id, timeout, read]() -> Outcome<T> {
      const Outcome<std::string> answer = channel->wait(id, timeout);
      if (!answer) return answer.failure();
      return read(json::parse(*answer));
    });
  }

  std::shared_ptr<LineChannel> channel() const {
    const std::lock_guard lock(mutex_);
    return channel_;
  }

  const AdapterOptions options_;
  std::atomic<std::chrono::milliseconds> timeout_;
  mutable std::mutex mutex_;  // of the pointer: whoever interrupts a run kills from another thread
  std::shared_ptr<LineChannel> channel_;
  Hello hello_;
  std::string earlier_log_;  // of the processes before this one
};

}  // namespace

Outcome<std::unique_ptr<Subject>> AdapterFactory::start() {
  auto adapter = std::make_unique<Adapter>(options_);
  const Outcome<Done> greeted = adapter->greet({});
  if (!greeted) return greeted.failure();
  return std::unique_ptr<Subject>(std::move(adapter));
}

}  // namespace heygen::conformance
