// What the device flow sends, and what it shows (RFC 8628 §3.1, §3.3, §3.4).

#include <optional>

#include "conformance/checks/checks.h"
#include "conformance/checks/device_steps.h"
#include "mock_server/wire/message.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kDevice{Capability::device};
constexpr Capabilities kPolling{Capability::device, Capability::clock, Capability::state};

// A POST of a form that names the client, and nothing in the URL.
Verdict expect_client_form(Trial& trial, const Seen& request) {
  const mock::wire::Request& raw = request.request();
  std::vector<Verdict> verdicts{expect_equal("the method", "POST", raw.method)};
  if (!raw.query().empty()) verdicts.push_back(failed("no query in the URL", "one"));
  if (!mock::wire::is_form(raw) || request.form().error) {
    verdicts.push_back(failed("a body of application/x-www-form-urlencoded", "another"));
    return worst_of(std::move(verdicts));
  }
  if (request.header("Authorization").empty()) {
    verdicts.push_back(expect_form_param(request, "client_id"));
    verdicts.push_back(
        expect_equal("client_id", trial.setup().client_id, request.param("client_id")));
  }
  return worst_of(std::move(verdicts));
}

Verdict request_shape(Trial& trial) {
  Setup setup;
  setup.scope = "openid profile";
  trial.set_up(setup);
  const Mark before = trial.mark();
  (void)trial.begin_device_login();
  const auto requests = trial.device_requests(before);
  require(trial, !requests.empty(), "no request for a device code was made");
  const Seen& request = requests.front();
  std::vector<Verdict> verdicts{expect_client_form(trial, request)};
  if (request.form().count("scope") > 1) {
    verdicts.push_back(failed("scope once at the most", "twice"));
  }
  return worst_of(std::move(verdicts));
}

bool is_at_token_endpoint(const Seen& seen) { return seen.request().path() == "/v1/oauth/token"; }

// Whatever goes to the token endpoint counts: a poll of another shape is not known for one.
Verdict poll_shape(Trial& trial) {
  stop_clock(trial);
  const Mark start = trial.mark();
  (void)begin_device(trial);
  const std::string device_code = trial.secrets().values(SecretKind::device_code).back();
  std::optional<Seen> poll;
  for (const int seconds : {6, 6, 30, 60}) {
    (void)poll_within(trial, start, std::chrono::seconds{seconds});
    poll = trial.wait_for(start, &is_at_token_endpoint, std::chrono::milliseconds{50});
    if (poll) break;
  }
  require(trial, poll.has_value(), "the client did not poll");
  std::vector<Verdict> verdicts{expect_client_form(trial, *poll)};
  if (verdicts.front().result == Result::pass) {
    verdicts.push_back(expect_form_param(*poll, "grant_type"));
    verdicts.push_back(expect_equal("grant_type", "urn:ietf:params:oauth:grant-type:device_code",
                                    poll->param("grant_type")));
    verdicts.push_back(expect_form_param(*poll, "device_code"));
    verdicts.push_back(expect_equal("the device code", device_code, poll->param("device_code")));
  }
  return worst_of(std::move(verdicts));
}

Verdict code_secret(Trial& trial) {
  const Mark start = trial.mark();
  const DeviceChallenge shown = begin_device(trial);
  const auto requests = trial.device_requests(start);
  require(trial, !requests.empty(), "no request for a device code was made");
  const mock::wire::Response& issued = requests.front().response();
  std::vector<Verdict> verdicts{
      expect_equal("the user code", json_text(issued, "user_code"), shown.user_code),
      expect_no_secret_in(trial, "what the user is shown",
                          shown.user_code + "\n" + shown.verification_uri)};
  if (shown.verification_uri != json_text(issued, "verification_uri") &&
      shown.verification_uri != json_text(issued, "verification_uri_complete")) {
    verdicts.push_back(failed("the verification_uri that was issued", shown.verification_uri));
  }
  // Polls of each kind may leave it in the log.
  if (trial.has(Capability::clock)) {
    const auto poll_with = [&](const Fault& fault) {
      trial.arm(fault);
      (void)next_poll(trial, trial.mark(), 2 * kDeviceInterval);
      trial.disarm();
    };
    for (const std::string_view error : {"authorization_pending", "slow_down", "access_denied"}) {
      poll_with(poll_answer(error));
    }
    // What ends a login comes to one of its own: nobody polls any more after it.
    (void)begin_device(trial, "redirected");
    poll_with(at_polls().redirect_to(trial.evil().url() + "/t", 307).once());
    // And one that succeeds: its tokens are nobody's business either.
    const DeviceChallenge good = begin_device(trial, kSecond);
    trial.decide_device(good.user_code);
    (void)next_poll(trial, trial.mark(), 2 * kDeviceInterval);
    (void)expect_state_soon(trial, LoginState::logged_in, kSecond);
    (void)trial.secrets();
    verdicts.push_back(expect_evil_saw_no_secret(trial));
  }
  verdicts.push_back(expect_no_secret_in(trial, "the log", trial.logs()));
  verdicts.push_back(expect_no_secret_in(trial, "an error message", trial.messages()));
  return worst_of(std::move(verdicts));
}

constexpr Check kDeviceRequestChecks[] = {
    {.id = "device.request.shape",
     .title = "The device authorization request is a POST of client_id",
     .clause = "RFC 8628 §3.1",
     .level = Level::must,
     .phase = Phase::device,
     .provokes = "a device login",
     .requires_ = "A form with client_id, scope at most once, and nothing in the URL.",
     .mend = "POST it as application/x-www-form-urlencoded.",
     .needs = kDevice,
     .own_process = true,  // see device_poll.cc
     .run = &request_shape},
    {.id = "device.poll.shape",
     .title = "A poll has the device grant type, the device code and client_id",
     .clause = "RFC 8628 §3.4",
     .level = Level::must,
     .phase = Phase::device,
     .provokes = "a device login and its first poll",
     .requires_ =
         "A form with grant_type=urn:ietf:params:oauth:grant-type:device_code, device_code "
         "and client_id, once each.",
     .mend = "POST them to the token endpoint.",
     .motive = "heygen-com/hyperframes",
     .needs = kPolling,
     .own_process = true,  // see device_poll.cc
     .run = &poll_shape},
    {.id = "device.code.secret",
     .title = "The user is shown the user code and the address, and never the device code",
     .clause = "RFC 8628 §3.3, §5.2",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::device,
     .provokes =
         "a device login, and polls that get pending, slow_down, denied, a redirect and tokens",
     .requires_ = "user_code and verification_uri as issued; the device code is in no output.",
     .mend = "Keep the device code like a token.",
     .needs = {Capability::device, Capability::logs, Capability::messages},
     .own_process = true,  // see device_poll.cc
     .run = &code_secret},
};

}  // namespace

std::span<const Check> device_request_checks() { return kDeviceRequestChecks; }

}  // namespace heygen::conformance
