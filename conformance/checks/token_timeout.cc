// A token endpoint that never answers: the client's own time-out (RFC 6749 names none).

#include <chrono>

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state};

milliseconds since(steady_clock::time_point begun) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun);
}

std::string in_words(milliseconds span) {
  return span < std::chrono::seconds{1} ? std::to_string(span.count()) + " ms"
                                        : std::to_string(span.count() / 1000) + " s";
}

// Whoever waited for the answer was there when the connection was closed at last.
Verdict judge_wait(const Trial& trial, milliseconds took, milliseconds held,
                   std::string_view what) {
  constexpr milliseconds kGrace{50};
  if (took + kGrace < held) return passed();
  const std::string hint = trial.has(Capability::timeout)
                               ? ", though it was configured with a shorter time-out"
                               : "; a longer --patience tells whether it ever gives up by itself";
  return failed("an error once the client's own time-out is over",
                "it was still waiting after " + in_words(held) + " for an answer that " +
                    std::string(what) + hint);
}

Verdict login_gives_up(Trial& trial, const Fault& fault, milliseconds held, std::string_view what) {
  const std::string session = "stalled-" + std::string(what.substr(0, what.find(' ')));
  const CallbackUrl url = trial.authorize(trial.begin(session));
  trial.arm(fault);
  const Mark before = trial.mark();
  const auto begun = steady_clock::now();
  (void)trial.callback(url, session);
  const milliseconds took = since(begun);
  trial.disarm();
  constexpr std::size_t kMost = 2;  // see token.exchange.no-blind-retry
  const std::size_t sent = trial.code_requests(before).size();
  require(trial, sent > 0, "no token request was made");
  if (sent > kMost) {
    return failed("at most two requests for a code whose answer did not come",
                  std::to_string(sent));
  }
  return judge_wait(trial, took, held, what);
}

Verdict refresh_gives_up(Trial& trial, milliseconds held) {
  trial.login("refreshes");
  trial.arm(Fault::at(Endpoint::refresh).delay(held).reset().first(20));
  const Mark before = trial.mark();
  const auto begun = steady_clock::now();
  (void)trial.refresh("refreshes");
  const milliseconds took = since(begun);
  trial.disarm();
  require(trial, !trial.refreshes(before).empty(), "the client did not refresh");
  return judge_wait(trial, took, held, "does not come, to a refresh");
}

// One byte at a time, so that something always comes: a time-out that begins anew with each of them
// never ends.
Fault trickle(milliseconds held) {
  constexpr int kBytes = 40;
  return Fault::at(Endpoint::token)
      .status(503)
      .body(std::string(kBytes, ' '))
      .dribble(1, held / kBytes)
      .first(20);
}

Verdict own_timeout(Trial& trial) {
  const milliseconds held = trial.await_own_timeout();
  if (held.count() == 0) {
    return not_applicable("the subject lacks the capability timeout, and --patience is 0");
  }
  trial.control();
  Verdict verdict = login_gives_up(trial, Fault::at(Endpoint::token).delay(held).reset().first(20),
                                   held, "does not come");
  if (verdict.result != Result::pass) return verdict;
  if (trial.has(Capability::timeout)) {
    verdict = login_gives_up(trial, trickle(held), held, "trickles in");
    if (verdict.result != Result::pass) return verdict;
    if (trial.has(Capability::refresh)) verdict = refresh_gives_up(trial, held);
    if (verdict.result != Result::pass) return verdict;
  }
  trial.control();
  return passed();
}

constexpr Check kTokenTimeoutChecks[] = {
    {.id = "token.timeout",
     .title = "A token endpoint that does not answer ends in an error",
     .clause = "suite",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::token,
     .provokes = "the answer to an exchange, and to a refresh, is held back and never comes; one "
                 "comes byte by byte. A client that claims the capability timeout is told 250 ms; "
                 "any other has --patience",
     .requires_ = "The client gives up by itself, and the next login succeeds.",
     .mend = "Give each request a time-out for the whole exchange: 15 to 30 seconds.",
     .motive = "hyperframes waits 15 s, heygen-cli 30 s",
     .needs = kLogin,
     .waits = true,
     .run = &own_timeout},
};

}  // namespace

std::span<const Check> token_timeout_checks() { return kTokenTimeoutChecks; }

}  // namespace heygen::conformance
