// The authorization response (RFC 6749 §4.1.2): what a client must refuse, and what it must not.

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state};
constexpr Capabilities kLoginAndCall{Capability::begin, Capability::callback, Capability::state,
                                     Capability::call_api};

Verdict code_and_error(Trial& trial) {
  return expect_callback_rejected(trial,
                                  [](CallbackUrl& url) { url.append("error", "access_denied"); });
}

Verdict replayed(Trial& trial) {
  const Login login = trial.login();
  const Mark before = trial.mark();
  (void)trial.callback(login.callback);
  const Verdict verdict = expect_no_token_request(trial, before);
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

Verdict issuer_mismatch(Trial& trial) {
  Setup setup;
  setup.issuer = "https://issuer.example";
  trial.set_up(setup);
  return expect_callback_rejected(trial,
                                  [](CallbackUrl& url) { url.set("iss", "https://evil.example"); });
}

Verdict token_in_callback(Trial& trial) {
  trial.control();
  constexpr std::string_view kPlanted = "EVILEVILEVILEVILEVILEVILEVILEVILEVILEVILEV";
  CallbackUrl url = trial.authorize(trial.begin());
  url.drop("code").append("access_token", kPlanted).append("token_type", "Bearer");
  const Mark before = trial.mark();
  (void)trial.callback(url);
  (void)trial.call_api();
  const Verdict verdict = expect_never_sent(trial, before, "the planted access token", kPlanted);
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

Verdict opaque_code(Trial& trial) {
  trial.control();
  const std::string nasty = "a+b/c=d%e&f~g.h-" + std::string(2000, 'x');
  CallbackUrl url = trial.authorize(trial.begin());
  url.set("code", nasty);
  const Mark before = trial.mark();
  (void)trial.callback(url);
  const auto requests = trial.code_requests(before);
  require(trial, requests.size() == 1, "no token request was made");
  return expect_equal("the code at the token endpoint", nasty, requests[0].param("code"));
}

Verdict unknown_params(Trial& trial) {
  return expect_callback_accepted(trial, [](CallbackUrl& url) {
    url.append("foo", "bar").append("scope", "x").append("session_state", "y");
  });
}

Verdict denied(Trial& trial) {
  return expect_callback_rejected(
      trial, [](CallbackUrl& url) { url.drop("code").append("error", "access_denied"); });
}

Verdict no_code(Trial& trial) {
  return expect_callback_rejected(trial, [](CallbackUrl& url) { url.drop("code"); });
}

constexpr Check kChecks[] = {
    {.id = "callback.code-and-error",
     .title = "A code that comes with an error is not used",
     .clause = "RFC 6749 §4.1.2.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "a good response with error=access_denied added",
     .requires_ = "The client treats the response as an error.",
     .mend = "Look for error before code.",
     .needs = kLogin,
     .run = &code_and_error},
    {.id = "callback.replay",
     .title = "The same callback twice leads to one token request",
     .clause = "RFC 6749 §4.1.2",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "the callback of a finished login is delivered again",
     .requires_ = "The client sends the code no second time.",
     .mend = "Spend the pending login when its callback arrives; a second one finds nothing.",
     .needs = kLogin,
     .run = &replayed},
    {.id = "callback.iss.mismatch-rejected",
     .title = "A response of another issuer is refused",
     .clause = "RFC 9207 §2.4",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "a good response whose iss names another issuer than the configured one",
     .requires_ = "The client refuses it.",
     .mend = "Compare iss with the issuer you were configured for.",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::issuer},
     .run = &issuer_mismatch},
    {.id = "callback.fragment-ignored",
     .title = "An access token in the callback is not used",
     .clause = "RFC 6749 §4.1.2; RFC 9700 §2.1.2",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "a response with access_token and token_type in place of the code",
     .requires_ = "The client never sends that token anywhere.",
     .mend = "Take tokens from the token endpoint alone.",
     .needs = kLoginAndCall,
     .run = &token_in_callback},
    {.id = "callback.code.opaque",
     .title = "The code is passed on unchanged, however long and odd",
     .clause = "RFC 6749 §4.1.2, Appendix B",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "a code of 2 KiB with + / = % & in it",
     .requires_ = "The token endpoint gets exactly that code.",
     .mend = "Decode the query once, and form-encode the value when you send it.",
     .needs = kLogin,
     .run = &opaque_code},
    {.id = "callback.unknown-params-ignored",
     .title = "Unknown parameters do not break the callback",
     .clause = "RFC 6749 §4.1.2",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "a good response with foo, scope and session_state added",
     .requires_ = "The login succeeds.",
     .mend = "Ignore parameters that you do not know.",
     .needs = kLoginAndCall,
     .run = &unknown_params},
    {.id = "callback.error.access-denied",
     .title = "A denied login ends without a token request",
     .clause = "RFC 6749 §4.1.2.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "error=access_denied in place of the code",
     .requires_ = "No token request, no login, and the client goes on working.",
     .mend = "Report the error to the user and end the login.",
     .needs = kLogin,
     .run = &denied},
    {.id = "callback.code.missing",
     .title = "A callback with neither code nor error is refused",
     .clause = "RFC 6749 §4.1.2",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "a response with the right state and nothing else",
     .requires_ = "No token request, and no login.",
     .mend = "Require a code before anything is sent.",
     .needs = kLogin,
     .run = &no_code},
};

}  // namespace

std::span<const Check> callback_checks() { return kChecks; }

}  // namespace heygen::conformance
