// The token endpoint's answers (RFC 6749 §5), and what a client makes of them.

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

Verdict redirect_not_followed(Trial& trial) {
  trial.control();
  for (const int status : {301, 302, 303, 307, 308}) {
    trial.arm(Fault::at(Endpoint::token).redirect_to(trial.evil().url() + "/t", status).once());
    (void)trial.try_login("redirect-" + std::to_string(status));
    trial.disarm();
  }
  const Verdict verdict = expect_evil_saw_no_secret(trial);
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

Verdict error_not_printed(Trial& trial) {
  trial.control();
  trial.arm(Fault::at(Endpoint::token).status(400).echo_secrets().once());
  (void)trial.try_login();
  trial.disarm();
  return worst_of({expect_no_secret_in(trial, "the log", trial.logs()),
                   expect_no_secret_in(trial, "an error message", trial.messages())});
}

Verdict log_no_tokens(Trial& trial) {
  trial.login();
  (void)trial.call_api();
  if (trial.has(Capability::refresh)) (void)trial.refresh();
  return expect_no_secret_in(
      trial, "the log", trial.logs(),
      {SecretKind::code, SecretKind::verifier, SecretKind::state, SecretKind::device_code});
}

Verdict log_no_code(Trial& trial) {
  trial.login();
  return expect_no_secret_in(trial, "the log", trial.logs(), {SecretKind::state});
}

constexpr Check kChecks[] = {
    {.id = "token.endpoint.no-redirect-follow",
     .title = "A redirect of the token endpoint is not followed with secrets",
     .clause = "RFC 6749 §10.3, §10.5",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "301, 302, 303, 307 and 308 to another origin",
     .requires_ = "The other origin sees no code, verifier or token.",
     .mend = "Switch redirects off for requests to the token endpoint.",
     .motive = "Gitlawb/zero#729",
     .needs = {Capability::begin, Capability::callback, Capability::state},
     .run = &redirect_not_followed},
    {.id = "log.no-secrets-on-error",
     .title = "An error body that echoes the request is not printed",
     .clause = "CWE-532",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::secrecy,
     .provokes = "400 whose error_description repeats the request, code and verifier among it",
     .requires_ = "Neither the log nor the error message holds them.",
     .mend = "Print the status and the registered error code, never the body.",
     .motive = "librefang#5525",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::logs,
               Capability::messages},
     .run = &error_not_printed},
    {.id = "log.no-tokens",
     .title = "No token is logged",
     .clause = "RFC 6749 §10.3, §10.4; RFC 6750 §5.3",
     .level = Level::must,
     .phase = Phase::secrecy,
     .provokes = "a login, a call and a refresh",
     .requires_ = "Neither stdout nor stderr holds a token, whole, encoded or in part.",
     .mend = "Log that a token came, and its lifetime.",
     .motive = "KAFKA-14623",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::call_api,
               Capability::logs},
     .run = &log_no_tokens},
    {.id = "log.no-code-verifier-state",
     .title = "No code or verifier is logged",
     .clause = "RFC 9700 §4.2.4, §4.3",
     .level = Level::must,
     .phase = Phase::secrecy,
     .provokes = "a login",
     .requires_ = "Neither stdout nor stderr holds the code or the verifier.",
     .mend = "Strip the query from what you log of the callback.",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::logs},
     .run = &log_no_code},
};

}  // namespace

std::span<const Check> answer_checks() { return kChecks; }

}  // namespace heygen::conformance
