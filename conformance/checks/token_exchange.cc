// How often the code is sent, and where to (RFC 6749 §4.1.2).

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state};

// The code is spent, then the answer is lost. After one that began well there is nothing to try
// again; otherwise once more may be forgiven, and the refusal that follows ends the login.
Verdict no_blind_retry(Trial& trial) {
  trial.control();
  struct Loss {
    std::string_view name;
    Fault fault;
    std::size_t most;
  };
  const std::vector<Loss> losses{
      {"reset", Fault::at(Endpoint::token).after_commit().reset().first(20), 2},
      {"empty", Fault::at(Endpoint::token).after_commit().empty().first(20), 2},
      {"reset-once", Fault::at(Endpoint::token).after_commit().reset().once(), 2},
      {"cut", Fault::at(Endpoint::token).after_commit().truncated().first(20), 1}};
  for (const Loss& loss : losses) {
    trial.arm(loss.fault);
    const Login login = trial.try_login(loss.name);
    trial.disarm();
    require(trial, !login.token_requests.empty(), "no token request was made");
    if (login.token_requests.size() > loss.most) {
      return failed("at most " + std::to_string(loss.most) + " for a code whose answer was lost (" +
                        std::string(loss.name) + ")",
                    std::to_string(login.token_requests.size()) + " token requests");
    }
    if (login.state == LoginState::logged_in) {
      return failed("no login without an answer", "the session is logged in");
    }
    // The user loads the page again.
    const Mark again = trial.mark();
    (void)trial.callback(login.callback, loss.name);
    if (!trial.code_requests(again).empty()) {
      return failed("no second exchange of a code whose answer was lost",
                    "one when the callback is loaded again");
    }
  }
  trial.control();
  return passed();
}

// To another origin, by address and by name, and to another path of the same.
Verdict redirect_not_followed(Trial& trial) {
  trial.control();
  const Mark before = trial.mark();
  constexpr std::string_view kElsewhere = "/elsewhere";
  for (const int status : {301, 302, 303, 307, 308}) {
    for (const std::string& target : {trial.evil().url() + "/t", trial.evil().named_url() + "/t",
                                      trial.base_url() + std::string(kElsewhere)}) {
      trial.arm(Fault::at(Endpoint::token).redirect_to(target, status).once());
      (void)trial.try_login("redirect-" + std::to_string(status));
      trial.disarm();
    }
  }
  const Verdict verdict = expect_evil_saw_no_secret(trial);
  if (verdict.result != Result::pass) return verdict;
  trial.control();
  if (!trial.evil().seen().empty()) {
    return warned(
        "a redirect of the token endpoint is followed to another origin, though without "
        "a secret");
  }
  for (const Seen& seen : trial.seen(before)) {
    if (!seen.request().path().ends_with(kElsewhere)) continue;
    return warned("a redirect of the token endpoint is followed within its origin");
  }
  return passed();
}

constexpr Check kTokenExchangeChecks[] = {
    {.id = "token.exchange.no-blind-retry",
     .title = "A code whose answer was lost is not sent again and again",
     .clause = "RFC 6749 §4.1.2; RFC 9700 §4.2.4",
     .level = Level::should,
     .phase = Phase::token,
     .provokes =
         "the code is spent, then the connection breaks, before the answer or within it; the "
         "callback is loaded again",
     .requires_ = "At most one repetition, none after a 200, and no login at the end.",
     .mend = "Do not retry an exchange: begin a new login. A replay may revoke what was issued.",
     .motive = "heygen-cli TestRetry_NetworkErrorNoRetry_POST",
     .needs = kLogin,
     .run = &no_blind_retry},
    {.id = "token.endpoint.no-redirect-follow",
     .title = "A redirect of the token endpoint is not followed with secrets",
     .clause = "RFC 6749 §10.3, §10.5; RFC 9700 §4.12",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::token,
     .provokes = "301, 302, 303, 307 and 308 to another origin, and within the same one",
     .requires_ = "The other origin sees no code, verifier or token; any request there, and one "
                  "within the origin, is a warning.",
     .mend = "Switch redirects off for requests to the token endpoint.",
     .motive = "Gitlawb/zero#729; adcontextprotocol/adcp#5963",
     .needs = kLogin,
     .run = &redirect_not_followed},
};

}  // namespace

std::span<const Check> token_exchange_checks() { return kTokenExchangeChecks; }

}  // namespace heygen::conformance
