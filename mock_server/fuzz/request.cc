// The vendor's surface, from bytes to bytes: any bytes, to a server on which somebody is logged in.
// No request makes it fail, none splits its answer, none is redirected to a stranger.
#include <nlohmann/json.hpp>
#include <string>

#include "mock_server/routes/testing.h"
#include "mock_server/wire/framing.h"
#include "mock_server/wire/httplib_bridge.h"
#include "mock_server/wire/syntax.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {
namespace {

using namespace mock;

// What a request may name: "code-1", "access-1", "refresh-1", "device-1" and "USERCODE".
class World {
 public:
  explicit World(Profile profile) : policy_(profile_policy(profile)) {
    config_ = SandboxConfig::defaults();
    for (Client& client : built_in_clients()) store_.put_client(std::move(client));
    store_.put_client({"web", {"https://app.test/cb?keep=1"}, "s3cret", {}});
    Code code;
    code.value = "code-1";
    code.client_id = "demo";
    code.redirect_uri = "http://127.0.0.1:1/cb";
    code.challenge = {ChallengeMethod::s256, std::string{testing::kChallenge}};
    code.issued_at = clock_.now();
    code.expires_at = kNever;
    store_.put_code(code);
    store_.put_grant("demo", config_.users.front().id, "openid",
                     {{"access-1", kNever}, NewToken{"refresh-1", kNever}, clock_.now()});
    DeviceRequest device;
    device.device_code = "device-1";
    device.user_code = "USERCODE";
    device.client_id = "demo";
    device.issued_at = clock_.now();
    device.expires_at = kNever;
    (void)store_.put_device(device);
  }

  wire::Response answer(const wire::Request& request) {
    // Its fixtures are read once; they do not change.
    static const Surface surface;
    const Context context{store_, random_, clock_.now(), policy_, "https://issuer.test"};
    const auto answer = surface.answer(
        surface.read(request), Visit{context, config_, "http://127.0.0.1:8765", &webhooks_});
    judge(request, answer);
    return answer.response;
  }

 private:
  static void judge(const wire::Request& request, const Answer& answer) {
    const wire::Response& response = answer.response;
    require(response.status >= 200 && response.status < 600, "an answer has a status");
    require(response.status != 500, "no request makes a rule fail");
    for (const auto& [name, value] : response.headers) {
      require(wire::kToken.all(name) && wire::kFieldValue.all(value),
              "no request splits an answer");
    }
    if (response.status == 401) {
      require(response.headers.has("WWW-Authenticate"), "a 401 has a challenge (RFC 9110 §15.5.2)");
    }
    if (const auto to = response.headers.get("Location"); !to.empty()) {
      const bool known = to.starts_with("http://127.0.0.1") || to.starts_with("http://localhost") ||
                         to.starts_with("http://[::1]") || to.starts_with("https://app.test/cb") ||
                         to.starts_with("/");
      require(known && !to.starts_with("//"), "nobody is sent to a stranger (RFC 9700 §4.11)");
    }
    if (request.path().starts_with("/v1/oauth/token")) {
      require(response.body.empty() || response.headers.get("Cache-Control") == "no-store",
              "tokens are never cached");
      require(response.body.empty() || nlohmann::json::accept(response.body), "JSON is JSON");
    }
  }

  MemoryStore store_;
  testing::ScriptedRandom random_;
  testing::ManualClock clock_;
  Policy policy_;
  SandboxConfig config_;
  WebhookBook webhooks_;
};

// The head that went out ends where it should, and is followed by the body it promised.
void judge_bytes(const wire::Answer& answer) {
  require(answer.bytes.starts_with("HTTP/1."), "an answer begins as one");
  require(answer.bytes.find("\r\n\r\n") + 4 == answer.head_size, "one head, and no more");
}

}  // namespace

void run(std::string_view input) {
  World world{static_cast<Profile>(take_byte(input) % 3)};
  wire::HttplibBridge bridge{{}};
  wire::RequestFramer framer;
  while (!input.empty()) {
    input.remove_prefix(framer.feed(input, {}));
    if (framer.state() == wire::RequestFramer::State::refused) return;
    if (framer.state() != wire::RequestFramer::State::complete) return;
    const wire::FramedRequest framed = framer.take();
    judge_bytes(
        bridge.answer(framed, [&](const wire::Request& request) { return world.answer(request); }));
  }
}

}  // namespace heygen::fuzz
