// How the state binds a callback to its login (RFC 6749 §10.12): what a client must refuse.

#include "conformance/checks/checks.h"
#include "conformance/checks/pages.h"
#include "conformance/expect.h"
#include "mock_server/core/pkce.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state};
constexpr Capabilities kTwoSessions{Capability::begin, Capability::callback, Capability::state,
                                    Capability::two_sessions};

// One change to the state of a good response.
template <typename Change>
Spoil state_as(Change change) {
  return [change](CallbackUrl& url) { url.set("state", change(url.get("state"))); };
}

// With no login pending what is empty or left out must not equal what is not there: in a session
// that never began one, and in one that has finished it.
Verdict expect_rejected_at_any_time(Trial& trial, const Spoil& spoil) {
  const Verdict pending = expect_callback_rejected(trial, spoil);
  if (pending.result != Result::pass) return pending;
  CallbackUrl unasked = trial.authorize(trial.begin("attacker"));
  spoil(unasked);
  const Verdict idle = expect_rejected(trial, unasked.str(), "idle");
  if (idle.result != Result::pass) return idle;
  const Login done = trial.login();
  CallbackUrl late = trial.authorize(done.begun);
  spoil(late);
  const Mark before = trial.mark();
  (void)trial.callback(late);
  return expect_no_token_request(trial, before);
}

Verdict state_missing(Trial& trial) {
  return expect_rejected_at_any_time(trial, [](CallbackUrl& url) { url.drop("state"); });
}

Verdict state_empty(Trial& trial) {
  return expect_rejected_at_any_time(trial, [](CallbackUrl& url) { url.set("state", ""); });
}

std::string first_escaped(const std::string& state) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto first = static_cast<unsigned char>(state.front());
  return std::string{'%'} + kHex[first >> 4U] + kHex[first & 0xFU] + state.substr(1);
}

// Each keeps most of the state: a comparison that is not exact takes one of them.
Verdict state_prefix(Trial& trial) {
  // A state of digits alone has no other case: then nothing is left to refuse.
  const bool has_case = [&] {
    const std::string state = trial.begin("looked-at").param("state");
    require(trial, !state.empty(), "no state was sent");
    return swap_case(state) != state;
  }();
  std::vector<Spoil> spoils{
      state_as([](const std::string& s) { return s.substr(0, s.size() - 1); }),
      state_as([](const std::string& s) { return s.substr(0, 1); }),
      state_as([](const std::string& s) { return s.substr(1); }),
      state_as([](const std::string& s) { return s + "x"; }),
      state_as([](const std::string& s) { return s + "/"; }),
      state_as([](const std::string& s) { return s + "="; }),
      state_as([](const std::string& s) { return s + s; }),
      state_as([](const std::string& s) { return s + std::string(1, '\0') + "x"; }),
      state_as([](const std::string& s) { return " " + s; }),
      state_as([](const std::string& s) { return s + "\n"; }),
      state_as(&first_escaped)};
  if (has_case) spoils.push_back(state_as(&swap_case));
  return expect_callbacks_rejected(trial, spoils);
}

// The attacker's own code, to be bound to the victim's session.
Verdict state_unsolicited(Trial& trial) {
  trial.control();
  const auto attackers = [&](std::string_view state) {
    CallbackUrl url = trial.authorize(trial.begin("attacker"));
    url.set("state", state);
    return url.str();
  };
  const Verdict fresh = expect_rejected(trial, attackers("attackers-own-state-0123456789"), "idle");
  if (fresh.result != Result::pass) return fresh;
  for (const std::string_view name : kNamesOfNoState) {
    const Verdict named = expect_rejected(trial, attackers(name), "idle");
    if (named.result != Result::pass) return named;
  }
  // Nothing is pending any more in a session that has logged in either.
  (void)trial.login();
  const Mark before = trial.mark();
  (void)trial.callback_raw(attackers("attackers-own-state-9876543210"));
  return expect_no_token_request(trial, before);
}

// The attacker's browser begins, the victim's gets the callback: the victim has begun nothing, then
// a login of its own, then it has finished one; then its cookies are of the right names, and of
// values that the client does not know (any more).
Verdict session_bound(Trial& trial) {
  trial.control();
  const auto stolen = [&] { return trial.authorize(trial.begin(kFirst)).str(); };
  const Verdict idle = expect_rejected(trial, stolen(), kSecond);
  if (idle.result != Result::pass) return idle;
  (void)trial.begin("pending");
  const Verdict pending = expect_rejected(trial, stolen(), "pending");
  if (pending.result != Result::pass) return pending;
  (void)trial.login("done");
  const std::string url = stolen();
  const Mark before = trial.mark();
  (void)trial.callback_raw(url, "done");
  const Verdict finished = expect_no_token_request(trial, before);
  if (finished.result != Result::pass) return finished;
  const CallbackUrl url_for_stranger = trial.authorize(trial.begin(kFirst));
  const HeaderFields names = strange_cookies(trial.shown(kFirst));
  if (names.empty()) return passed();
  const Mark unknown = trial.mark();
  (void)trial.visit_with(url_for_stranger.str(), names, "stranger");
  return expect_no_token_request(trial, unknown);
}

// A second good code with the state that was used already: once with nothing pending, once with
// another login under way.
Verdict state_single_use(Trial& trial) {
  for (const bool again : {false, true}) {
    const std::string_view session = again ? kSecond : kFirst;
    const Login first = trial.login(session);
    if (again && !trial.begin_again(session)) continue;
    const CallbackUrl second = trial.authorize(first.begun);
    const Mark before = trial.mark();
    (void)trial.callback(second, session);
    const Verdict verdict = expect_no_token_request(trial, before);
    if (verdict.result != Result::pass) return verdict;
  }
  trial.control();
  return passed();
}

Verdict consumed_on_error(Trial& trial) {
  trial.control();
  const Begun begun = trial.begin();
  CallbackUrl denied = trial.authorize(begun);
  denied.drop("code").append("error", "access_denied");
  (void)trial.callback(denied);
  return expect_rejected(trial, trial.authorize(begun).str());
}

// The browser was left open for a day; the code is fresh.
Verdict pending_expires(Trial& trial) {
  trial.control();
  const Begun begun = trial.begin();
  trial.advance(std::chrono::hours{24});
  return expect_rejected(trial, trial.authorize(begun).str());
}

// The verifier that goes out belongs to the login that the state names.
Verdict expect_verifier_of(Trial& trial, Mark since, const Begun& named, const Begun& other) {
  for (const Seen& request : trial.code_requests(since)) {
    const std::string verifier = request.param("code_verifier");
    const auto is_of = [&](const Begun& begun) {
      const std::string challenge = begun.param("code_challenge");
      return challenge == mock::s256(verifier) || challenge == verifier;
    };
    if (is_of(named)) continue;
    if (is_of(other)) {
      return failed("the verifier of the login that the state names", "that of another login");
    }
    trial.give_up("the verifier belongs to neither login: see pkce.challenge.correct");
  }
  return passed();
}

// Two logins at once in one session. A client that keeps the newer one alone makes no request.
Verdict cross_flow(Trial& trial) {
  trial.control();
  enum class Comes : std::uint8_t { older, newer, codes_swapped };
  for (const Comes comes : {Comes::older, Comes::newer, Comes::codes_swapped}) {
    const std::string session = "two-" + std::to_string(static_cast<int>(comes));
    const Begun first = trial.begin(session);
    const Begun second = trial.begin(session);
    const bool names_first = comes == Comes::older;
    const Begun& named = names_first ? first : second;
    const Begun& other = names_first ? second : first;
    CallbackUrl url = trial.authorize(named);
    if (comes == Comes::codes_swapped) url.set("code", trial.authorize(other).get("code"));
    const Mark before = trial.mark();
    (void)trial.callback(url, session);
    const Verdict verdict = expect_verifier_of(trial, before, named, other);
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

// Two tabs: both logins may finish, and the newer one has to.
Verdict concurrent_logins(Trial& trial) {
  trial.control();
  const Begun first = trial.begin();
  const Begun second = trial.begin();
  (void)trial.callback(trial.authorize(first));
  const auto landed = trial.callback(trial.authorize(second));
  if (!landed) {
    trial.control();
    return failed("the newer of two logins to finish",
                  "it was refused: " + landed.failure().message);
  }
  return expect_state(trial, LoginState::logged_in);
}

constexpr Check kStateBindingChecks[] = {
    {.id = "callback.state.missing-rejected",
     .title = "A callback without a state leads to no token request",
     .clause = "RFC 6749 §10.12; vendor's guide, step 2",
     .level = Level::must,
     .phase = Phase::state,
     .provokes =
         "responses without a state: to a login, to a session that began none, and after one",
     .requires_ = "The client refuses a callback that does not carry the state it sent.",
     .mend = "Treat a missing state like a wrong one.",
     .motive = "veryfront#530",
     .needs = kLogin,
     .run = &state_missing},
    {.id = "callback.state.empty-rejected",
     .title = "An empty state is refused, also when no login is pending",
     .clause = "RFC 6749 §10.12",
     .level = Level::must,
     .phase = Phase::state,
     .provokes = "responses with state=: to a login, to a session that began none, and after one",
     .requires_ = "The client refuses each.",
     .mend = "Refuse an empty state before comparing: '' must not equal what is not there.",
     .needs = kLogin,
     .run = &state_empty},
    {.id = "callback.state.prefix-rejected",
     .title = "The state is compared exactly",
     .clause = "RFC 6749 §10.12",
     .level = Level::must,
     .phase = Phase::state,
     .provokes = "responses whose state is cut at either end, lengthened, repeated, in the other "
                 "case, escaped twice, or has a space, a line end or a NUL added",
     .requires_ = "The client refuses each of them.",
     .mend = "Compare the whole state, byte for byte; do not trim, fold or cut it.",
     .needs = kLogin,
     .run = &state_prefix},
    {.id = "callback.state.unsolicited-rejected",
     .title = "A callback that nobody asked for is refused",
     .clause = "RFC 6749 §10.12; RFC 9700 §2.1",
     .level = Level::must,
     .phase = Phase::state,
     .provokes = "an attacker's code and state, to a session that began no login and to one that "
                 "finished its own",
     .requires_ = "No token request, and no login.",
     .mend = "Without a pending login in the session there is nothing to compare with: refuse.",
     .motive = "CVE-2025-14546 (fastapi-sso#266); ROBOgram#9",
     .needs = kLogin,
     .run = &state_unsolicited},
    {.id = "callback.state.session-bound",
     .title = "A state of one browser is not accepted from another",
     .clause = "RFC 6749 §10.12; RFC 9700 §2.1, §4.7.1",
     .level = Level::must,
     .phase = Phase::state,
     .provokes = "a login is begun in one session and its callback delivered in others, of which "
                 "one has cookies that are not known",
     .requires_ = "The client finds no such login in the other session, and refuses.",
     .mend = "Keep pending logins with the user's session, not in one set for all users.",
     .motive = "CVE-2025-68158 and CVE-2026-41425 (Authlib); CVE-2025-68481 (fastapi-users)",
     .needs = kTwoSessions,
     .run = &session_bound},
    {.id = "callback.state.single-use",
     .title = "A state is accepted once",
     .clause = "RFC 9700 §4.2.4, §2.1",
     .level = Level::must,
     .phase = Phase::state,
     .provokes = "after a login, a fresh code with the state of that login",
     .requires_ = "The client refuses: the state was spent.",
     .mend = "Delete the pending login when its callback is taken.",
     .motive = "semantic-plagiarism-detector#2609",
     .needs = kLogin,
     .run = &state_single_use},
    {.id = "callback.state.consumed-on-error",
     .title = "An error spends the state as well",
     .clause = "RFC 9700 §4.2.4",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::state,
     .provokes = "access_denied with the right state, then a good response with the same state",
     .requires_ = "The second response finds no pending login.",
     .mend = "Delete the pending login when a response with its state comes, whatever it says.",
     .needs = kLogin,
     .run = &consumed_on_error},
    {.id = "callback.state.expires",
     .title = "A login that was begun does not wait for ever",
     .clause = "RFC 6749 §4.1.2 (a code lives ten minutes)",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::state,
     .provokes = "a login is begun; a day later its response comes, with a fresh code",
     .requires_ = "The client has forgotten that login.",
     .mend = "Keep a pending login for minutes, an hour at the most.",
     .needs = {Capability::begin, Capability::callback, Capability::state, Capability::clock},
     .run = &pending_expires},
    {.id = "callback.state.cross-flow-rejected",
     .title = "Two pending logins are not mixed",
     .clause = "RFC 9700 §2.1.1",
     .level = Level::must,
     .phase = Phase::state,
     .provokes = "two logins are begun in one session; the response of the older, of the newer, "
                 "and one with the code of the other",
     .requires_ = "The verifier sent belongs to the login that the state names, or none is sent.",
     .mend = "Keep state and verifier together, one record a login.",
     .needs = kLogin,
     .run = &cross_flow},
    {.id = "callback.concurrent-logins",
     .title = "A second login does not stand in the way of itself",
     .clause = "suite",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::state,
     .provokes = "two logins are begun in one session and both responses come",
     .requires_ = "The newer one succeeds; the older one may.",
     .mend = "Keep one record a login, or let a new login replace the one before.",
     .needs = kLogin,
     .run = &concurrent_logins},
};

}  // namespace

std::span<const Check> state_binding_checks() { return kStateBindingChecks; }

}  // namespace heygen::conformance
