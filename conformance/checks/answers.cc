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
};

}  // namespace

std::span<const Check> answer_checks() { return kChecks; }

}  // namespace heygen::conformance
