// What the browser is shown when an exchange fails.

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kPage{Capability::begin, Capability::callback, Capability::state,
                             Capability::page};

Fault token() { return Fault::at(Endpoint::token); }

// The response is in the page's own URL: what a page repeats of the state is no news to anybody.
const std::vector<SecretKind> kKnownToTheBrowser{SecretKind::state};

Verdict no_secrets(Trial& trial) {
  trial.control();
  const std::vector<Fault> faults{
      token().status(400).echo_secrets(),
      token().status(500).echo_secrets(),
      token().status(200).echo_secrets().cut_json(),
      token().patch("token_type", "\"mac\""),
      token().patch("expires_in", R"({"a":[]})"),
      token().patch("access_token", R"("broken\r\ntoken-of-the-error-page")"),
      token().html(),
      token().reset(),
  };
  trial.add_secret(SecretKind::access_token, "token-of-the-error-page");
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const std::string session = "error-" + std::to_string(i + 1);
    const CallbackUrl url = trial.authorize(trial.begin(session));
    Fault fault = faults[i];
    trial.arm(fault.first(10));
    const auto landed = trial.visit("GET", url.str(), session);
    trial.disarm();
    if (!landed) continue;
    Verdict verdict =
        expect_no_secret_in(trial, "an error page", landed->shown(), kKnownToTheBrowser);
    if (verdict.result != Result::pass) return verdict;
  }
  trial.control();
  return passed();
}

constexpr Check kErrorPageChecks[] = {
    {.id = "error-page.no-secrets",
     .title = "An error page shows no code, token or verifier",
     .clause = "CWE-209",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::secrecy,
     .provokes = "logins whose exchange is answered with errors that repeat the request, with "
                 "answers that cannot be used, and not at all",
     .requires_ = "No page that the browser gets holds a secret.",
     .mend = "Show a text of your own; leave the exception and the answer to the log, scrubbed.",
     .needs = kPage,
     .run = &no_secrets},
};

}  // namespace

std::span<const Check> error_page_checks() { return kErrorPageChecks; }

}  // namespace heygen::conformance
