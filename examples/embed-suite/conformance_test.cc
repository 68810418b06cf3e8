// A client of yours behind five calls, and every check as a GoogleTest case.
#include "conformance/gtest_bridge.h"
#include "conformance/subjects/in_process.h"

namespace {

using namespace heygen::conformance;

// Stands for your client. This one is new to logins: it sends a fixed state and no challenge, takes
// no callback, and the cases say so.
class MyClient final : public InProcessClient {
 public:
  void configure(const Configuration& configuration) override { config_ = configuration; }

  std::string begin_login(std::string_view /*session*/) override {
    return config_.authorize_url +
           "?response_type=code&state=12345&client_id=" + config_.client_id +
           "&redirect_uri=" + config_.redirect_uri;
  }
  void callback(std::string_view /*session*/, std::string_view /*url*/) override {
    throw std::runtime_error("callbacks are not taken yet");
  }
  LoginState state(std::string_view /*session*/) override { return LoginState::login_required; }
  ApiAnswer call_api(std::string_view /*session*/, const ApiCall& /*call*/) override {
    throw std::runtime_error("log in first");
  }

 private:
  Configuration config_;
};

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  // {Capability::refresh, Capability::logout, …}: what more your client can be asked.
  InProcessFactory factory("my client", {}, [] { return std::make_unique<MyClient>(); });
  BridgeOptions options;
  options.selection.level = Level::must;
  register_client_checks(factory, options);
  return RUN_ALL_TESTS();
}
