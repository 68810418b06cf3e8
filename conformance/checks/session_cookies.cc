// What the cookies of a web app's user are worth, before and after the login.

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr std::string_view kVictim = "victim";
constexpr std::string_view kAttacker = "attacker";
constexpr std::string_view kTwin = "twin";

// The attacker's own login may be the one whose cookies were planted. That login may go on by
// itself; what the victim's brought may not be had by it.
Verdict expect_regenerated_again(Trial& trial) {
  const auto begun = trial.begin_again(kVictim);
  if (!begun) return passed();
  trial.copy_cookies(kVictim, kAttacker);
  const Mark before = trial.mark();
  (void)trial.callback(trial.authorize(*begun), kVictim);
  const auto exchanges = trial.code_requests(before);
  if (exchanges.empty() || exchanges.back().status() != 200) return passed();
  const std::string victims = json_text(exchanges.back().response(), "access_token");
  const Mark after = trial.mark();
  (void)trial.call_api(kAttacker);
  for (const Seen& call : trial.api_requests(after)) {
    if (call.bearer() != victims) continue;
    return failed("cookies of the login before to be worth nothing after another one",
                  "who has them is logged in as the user who came later");
  }
  return passed();
}

// Session fixation: who planted these cookies in a browser, and sent it to log in, holds them
// still.
Verdict session_regenerated(Trial& trial) {
  const Begun begun = trial.begin(kVictim);
  trial.copy_cookies(kVictim, kAttacker);
  const auto landed = trial.callback(trial.authorize(begun), kVictim);
  require(trial, landed && trial.state(kVictim) == LoginState::logged_in, "a good login");
  if (trial.state(kAttacker) == LoginState::logged_in) {
    return failed("the cookies from before the login to be worth nothing after it",
                  "who has them is logged in as the user who came later");
  }
  // That a copy works at all is the control.
  trial.copy_cookies(kVictim, kTwin);
  if (trial.state(kTwin) == LoginState::logged_in) return expect_regenerated_again(trial);
  return not_applicable("its login does not hang on cookies alone");
}

constexpr Check kSessionCookieChecks[] = {
    {.id = "callback.session-regenerated",
     .title = "The login gives the session a new name",
     .clause = "CWE-384",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::callback,
     .provokes = "the browser's cookies are copied when a login has begun, and used when it has "
                 "ended; again with a second login of the same session",
     .requires_ = "The old cookies are not logged in.",
     .mend = "Give the session a new identifier when its user logs in, and drop the old one.",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::call_api,
               Capability::cookies},
     .run = &session_regenerated},
};

}  // namespace

std::span<const Check> session_cookie_checks() { return kSessionCookieChecks; }

}  // namespace heygen::conformance
