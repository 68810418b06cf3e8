// The reference client in this process, and the mock in its profile `strict`, judged by every check
// as a GoogleTest case.
#include "conformance/gtest_bridge.h"

#include <gtest/gtest.h>

#include "client_under_test/lib/client.h"
#include "client_under_test/lib/curl_transport.h"
#include "client_under_test/lib/file_store.h"
#include "client_under_test/lib/os_random.h"
#include "client_under_test/lib/real_clock.h"
#include "conformance/flawed/server_seams.h"
#include "conformance/server/target.h"
#include "conformance/subjects/in_process.h"

namespace heygen::conformance {
namespace {

template <typename T>
T value_of(client::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

class ReferenceClient final : public InProcessClient {
 public:
  void configure(const Configuration& wanted) override {
    client::Config config;
    config.authorize_url = wanted.authorize_url;
    config.token_url = wanted.token_url;
    config.refresh_url = wanted.refresh_url;
    config.revoke_url = wanted.revoke_url;
    config.device_url = wanted.device_url;
    config.api_url = wanted.api_url;
    config.client_id = wanted.client_id;
    config.client_secret = wanted.client_secret;
    config.redirect_uri = wanted.redirect_uri;
    config.scope = wanted.scope;
    config.issuer = wanted.issuer;
    config.timeout = wanted.timeout.value_or(config.timeout);
    if (const auto good = client::check_config(config); !good) {
      throw std::runtime_error(good.error().message);
    }
    client_.reset();
    store_ = std::make_unique<client::FileStore>(wanted.store_dir);
    client_ = std::make_unique<client::Client>(
        std::move(config),
        client::Services{clock_, random_, transport_, *store_,
                         [this](client::LogLevel, std::string_view line) { log(line); }});
  }
  std::string begin_login(std::string_view session) override {
    return value_of(client_->begin_login(session));
  }
  void callback(std::string_view session, std::string_view url) override {
    if (const auto done = client_->complete_login(session, "GET", url); !done) {
      throw std::runtime_error(done.error().message);
    }
  }
  LoginState state(std::string_view session) override {
    switch (value_of(client_->state(session))) {
      case client::LoginState::logged_in:
        return LoginState::logged_in;
      case client::LoginState::pending:
        return LoginState::pending;
      case client::LoginState::login_required:
        return LoginState::login_required;
    }
    return LoginState::login_required;
  }
  ApiAnswer call_api(std::string_view session, const ApiCall& call) override {
    const auto answer = value_of(client_->call(session, call.method, call.path, call.body));
    return {answer.status, answer.body};
  }
  void refresh(std::string_view session) override { value_of(client_->refresh(session)); }
  void logout(std::string_view session) override {
    if (const auto done = client_->logout(session); !done) {
      throw std::runtime_error(done.error().message);
    }
  }
  int download(std::string_view session, std::string_view url) override {
    return value_of(client_->download(session, url));
  }
  DeviceChallenge begin_device_login(std::string_view session) override {
    const auto grant = value_of(client_->begin_device_login(session));
    return {grant.user_code, grant.verification_uri};
  }
  void set_time(mock::TimePoint now) override {
    clock_.set(std::chrono::time_point_cast<client::Instant::duration>(now));
  }

 private:
  client::RealClock clock_;
  client::OsRandom random_;
  client::CurlTransport transport_;
  std::unique_ptr<client::FileStore> store_;
  std::unique_ptr<client::Client> client_;
};

}  // namespace
}  // namespace heygen::conformance

int main(int argc, char** argv) {
  using namespace heygen::conformance;
  testing::InitGoogleTest(&argc, argv);
  InProcessFactory factory(
      "heygen-client, linked in",
      {Capability::refresh, Capability::logout, Capability::clock, Capability::device,
       Capability::concurrency, Capability::download, Capability::two_sessions, Capability::issuer,
       Capability::timeout, Capability::logs, Capability::store},
      [] { return std::make_unique<ReferenceClient>(); });
  register_client_checks(factory);
  const FlawedServer server({});  // without a flaw: the mock, strict
  ServerTarget target;
  target.control_url = server.control_url();
  if (const std::string wrong = complete(target); !wrong.empty()) {
    std::cerr << wrong << "\n";
    return 1;
  }
  register_server_checks(target);
  return RUN_ALL_TESTS();
}
