// What a client gives to programs that it starts.

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"
#include "conformance/checks/command_lines.h"

namespace heygen::conformance {
namespace {

// Whose output is seen runs on this machine.
constexpr Capabilities kLocal{Capability::begin, Capability::callback, Capability::state,
                              Capability::logs};

// Long enough that a program which waits for the answer is looked at.
constexpr std::chrono::milliseconds kHeld{40};

Fault slow(Endpoint endpoint) { return Fault::at(endpoint).after_commit().delay(kHeld); }

Verdict no_secrets_argv(Trial& trial) {
  // Another run on this machine may have the same secrets: they follow from its seed.
  CommandLines lines(trial.process());
  for (const Endpoint endpoint :
       {Endpoint::token, Endpoint::refresh, Endpoint::api, Endpoint::revoke}) {
    trial.arm(slow(endpoint));
  }
  trial.login();
  if (trial.has(Capability::call_api)) (void)trial.call_api();
  if (trial.has(Capability::refresh)) (void)trial.refresh();
  if (trial.has(Capability::logout)) (void)trial.logout();
  // The authorize URL, and the state in it, is given to whatever opens the browser.
  return expect_no_secret_in(trial, "a command line", lines.seen(), {SecretKind::state});
}

constexpr Check kProcessSecretChecks[] = {
    {.id = "process.no-secrets-argv",
     .title = "No secret stands on a command line",
     .clause = "CWE-214",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::secrecy,
     .provokes = "a login, a call, a refresh and a logout, slowly; the command lines of all "
                 "processes are looked at meanwhile",
     .requires_ = "None holds a code, a token, a verifier or a client secret.",
     .mend = "Give secrets to a program by its standard input, or a file of mode 0600.",
     .motive = "curl's security page, \"Command Lines\"",
     .needs = kLocal,
     .run = &no_secrets_argv},
};

}  // namespace

std::span<const Check> process_secret_checks() { return kProcessSecretChecks; }

}  // namespace heygen::conformance
