// Error responses (RFC 6749 §4.1.2.1): they end their own login, and nothing else.

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state};

Spoil error_instead(std::string_view error) {
  return [error](CallbackUrl& url) { url.drop("code").append("error", error); };
}

Verdict denied(Trial& trial) {
  return expect_callbacks_rejected(trial, {error_instead("access_denied"), [](CallbackUrl& url) {
                                             url.set("code", "").append("error", "access_denied");
                                             url.append("error_description",
                                                        "The resource owner denied the request.");
                                           }});
}

Verdict error_unknown(Trial& trial) {
  return expect_callbacks_rejected(
      trial, {error_instead("heygen_weird"), error_instead("42"), error_instead("none"),
              [](CallbackUrl& url) {
                url.drop("code").append("error", "interaction_required");
                url.append("error_uri", "https://docs.test/errors#interaction");
              }});
}

// What the client says of a login that ended in this error.
std::string said_of(Trial& trial, std::string_view error) {
  const std::string session = "said-" + std::string(error);
  CallbackUrl url = trial.authorize(trial.begin(session));
  error_instead(error)(url);
  const auto landed = trial.callback(url, session);
  return landed ? landed->body + landed->note : landed.failure().kind + landed.failure().message;
}

Verdict server_or_denied(Trial& trial) {
  trial.control();
  const std::string of_denial = said_of(trial, "access_denied");
  const std::string of_failure = said_of(trial, "temporarily_unavailable");
  trial.control();
  if (of_denial.empty() && of_failure.empty()) return not_applicable("the client says nothing");
  return of_denial == of_failure
             ? failed("an outage to be told from a denial", "the same words for both")
             : passed();
}

// Nor the login that is there.
Verdict expect_login_outlives_error(Trial& trial) {
  for (const std::string_view state : {"", "not-the-state-of-this-login-0123456789"}) {
    const std::string session = state.empty() ? "in-without" : "in-with";
    const Login login = trial.login(session);
    CallbackUrl foreign = login.callback;
    error_instead("access_denied")(foreign);
    state.empty() ? foreign.drop("state") : foreign.set("state", state);
    (void)trial.callback(foreign, session);
    if (trial.state(session) == LoginState::logged_in) continue;
    return failed("a user who is logged in to stay so after an error that is not theirs",
                  "they are logged out: anybody can do that");
  }
  return passed();
}

// Somebody else's error must not cost the user the login that is under way.
Verdict error_state_checked(Trial& trial) {
  trial.control();
  for (const bool with_state : {true, false}) {
    const std::string session = with_state ? "foreign-state" : "no-state";
    const CallbackUrl good = trial.authorize(trial.begin(session));
    CallbackUrl foreign = good;
    error_instead("access_denied")(foreign);
    with_state ? foreign.set("state", flip_last(good.get("state"))) : foreign.drop("state");
    (void)trial.callback(foreign, session);
    const auto landed = trial.callback(good, session);
    if (landed && trial.state(session) == LoginState::logged_in) continue;
    trial.control();
    return failed("the pending login to go on after an error that is not its own",
                  "it has ended: anybody can end it");
  }
  return trial.has(Capability::page) ? expect_login_outlives_error(trial) : passed();
}

constexpr Check kCallbackErrorChecks[] = {
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
    {.id = "callback.error.unknown",
     .title = "An error code that nobody knows is an error",
     .clause = "RFC 6749 §4.1.2.1, §8.5",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "error=heygen_weird and the like in place of the code",
     .requires_ = "No token request, no login, and the client goes on working.",
     .mend = "Handle whatever error is there; know some for their messages only.",
     .needs = kLogin,
     .run = &error_unknown},
    {.id = "callback.error.server-vs-denied",
     .title = "An outage is told from a denial",
     .clause = "RFC 6749 §4.1.2.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::callback,
     .provokes = "access_denied in one login and temporarily_unavailable in another",
     .requires_ = "What the client says of them is not the same.",
     .mend = "Show the registered error code, or a sentence for each.",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::messages},
     .run = &server_or_denied},
    {.id = "callback.error.state-checked",
     .title = "An error with a foreign state does not end the login",
     .clause = "RFC 6749 §4.1.2.1; RFC 9207 §2.4",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::callback,
     .provokes = "access_denied with a wrong state, or with none, and then the good response; to "
                 "a web app also when its user is logged in",
     .requires_ = "The login succeeds, and lasts.",
     .mend = "Check the state before you look at the error.",
     .motive = "modelcontextprotocol/inspector#1189",
     .needs = kLogin,
     .run = &error_state_checked},
};

}  // namespace

std::span<const Check> callback_error_checks() { return kCallbackErrorChecks; }

}  // namespace heygen::conformance
