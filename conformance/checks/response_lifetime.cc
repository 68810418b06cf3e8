// expires_in in all its shapes (RFC 6749 §5.1): a client refreshes near the end of a token's life,
// and never in a storm.

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kNeeds{Capability::begin, Capability::callback, Capability::state,
                              Capability::call_api};

Fault lifetime(Endpoint endpoint, std::string_view json) {
  return Fault::at(endpoint).patch("expires_in", json);
}

// Every answer has this lifetime, which says nothing of use. Each call may refresh once before it
// and once after a refusal, and so may a timer, once.
Verdict expect_no_storm(Trial& trial, std::string_view json) {
  constexpr std::size_t kCalls = 2;
  constexpr std::size_t kMost = 2 * kCalls + 1;
  trial.control();
  trial.arm(lifetime(Endpoint::token, json));
  trial.arm(lifetime(Endpoint::refresh, json).first(30));
  const Mark start = trial.mark();
  const std::string session = "lifetime" + std::string(json);
  (void)require_token_request(trial, trial.try_login(session));
  for (std::size_t call = 0; call < kCalls; ++call) {
    const Mark before = trial.mark();
    (void)trial.call_api(session);
    const Verdict verdict = expect_refreshes(trial, before, 0, 2);
    if (verdict.result != Result::pass) return verdict;
  }
  if (refreshed_often(trial, start, kMost + 1)) {
    return failed("at most one refresh and one retry a call", "refreshes without end");
  }
  trial.disarm();
  trial.control();
  return passed();
}

Verdict zero(Trial& trial) { return expect_no_storm(trial, "0"); }

Verdict negative(Trial& trial) {
  Verdict verdict = expect_no_storm(trial, "-1");
  if (verdict.result != Result::pass) return verdict;
  return expect_no_storm(trial, "-9223372036854775808");
}

// A login whose answer has this lifetime works, and its token counts as fresh. One that
// `may_be_refused` as a whole is a warning then.
Verdict expect_long_life(Trial& trial, std::string_view json, bool may_be_refused = false) {
  const Mark before = trial.mark();
  const Login login = login_answered_with(trial, lifetime(Endpoint::token, json).once(),
                                          "lifetime-" + std::string(json));
  if (may_be_refused && !login.done()) {
    trial.control();
    return warned("an answer with expires_in " + std::string(json) + " is refused as a whole");
  }
  return worst_of({expect_logged_in(trial, login), expect_refreshes(trial, before, 0, 0)});
}

Verdict huge(Trial& trial) {
  trial.control();
  const Mark start = trial.mark();
  Verdict verdict = expect_long_life(trial, "2147483648");  // 2^31: 68 years
  if (verdict.result != Result::pass) return verdict;
  // 2^32 + 1; what overflows 64 bits as nanoseconds; 2^53; beyond the integers that every JSON
  // parser can tell apart. To refuse what no token can live does no harm.
  for (const std::string_view json :
       {"4294967297", "9223372037", "9007199254740992", "9223372036854775807", "1e300"}) {
    const Verdict one = expect_long_life(trial, json, /*may_be_refused=*/true);
    if (one.result == Result::fail) return one;
    verdict = worst_of({verdict, one});
  }
  // A timer that was set to the end of such a life and overflowed fires at once.
  if (refreshed_often(trial, start, 1)) return failed("no refresh", "one in the background");
  return verdict;
}

// Whether the token of an answer with this lifetime, of an hour in some notation, is refreshed
// before it is used two hours later.
bool refreshed_after_two_hours(Trial& trial, std::string_view json) {
  const std::string session = "hour-" + std::string(json);
  const Login login = login_answered_with(trial, lifetime(Endpoint::token, json).once(), session);
  require(trial, login.done(), "a login with expires_in " + std::string(json) + " failed");
  trial.advance(std::chrono::hours{2});
  const Mark before = trial.mark();
  (void)trial.call_api(session);
  return !trial.refreshes(before).empty();
}

// "3600.000" is an hour, also where a point stands between thousands.
Verdict fraction_in_effect(Trial& trial) {
  if (!refreshed_after_two_hours(trial, "3600")) return passed();  // by a refusal alone, if at all
  for (const std::string_view json : {"3600.000", "3.6e3", "3600.5"}) {
    if (refreshed_after_two_hours(trial, json)) continue;
    return failed("a refresh two hours after an expires_in of " + std::string(json), "none");
  }
  return passed();
}

Verdict fraction(Trial& trial) {
  trial.control();
  for (const std::string_view json : {"8.64e5", "864000.0", "864000.7"}) {
    Verdict verdict = expect_long_life(trial, json);
    if (verdict.result != Result::pass) return verdict;
  }
  return trial.has(Capability::refresh) && trial.has(Capability::clock) ? fraction_in_effect(trial)
                                                                        : passed();
}

// The answer to the refresh has none either: the end of the token before it says nothing of this
// one.
Verdict absent_at_refresh(Trial& trial) {
  constexpr std::string_view kSession = "refreshed";
  constexpr std::chrono::hours kPastTheFirst{10 * 24 + 1};
  trial.login(kSession);
  trial.arm(Fault::at(Endpoint::refresh).without("expires_in").first(30));
  trial.advance(kPastTheFirst);
  (void)make_refresh(trial, kSession);
  const Mark before = trial.mark();
  for (int call = 0; call < 3; ++call) {
    Verdict verdict = expect_call_succeeds(trial.call_api(kSession));
    if (verdict.result != Result::pass) return verdict;
  }
  return expect_refreshes(trial, before, 0, 0);
}

Verdict absent(Trial& trial) {
  trial.control();
  const Mark before = trial.mark();
  const Login login =
      login_answered_with(trial, Fault::at(Endpoint::token).without("expires_in").once());
  Verdict verdict =
      worst_of({expect_logged_in(trial, login), expect_refreshes(trial, before, 0, 0)});
  const bool can_go_on = trial.has(Capability::refresh) && trial.has(Capability::clock);
  if (verdict.result != Result::pass || !can_go_on) return verdict;
  return absent_at_refresh(trial);
}

// A Date header that is a year off: what counts is the client's clock at receipt.
// The answer to a refresh, told in another way, is as good as the first one.
Verdict expect_refresh_of_long_life(Trial& trial, std::string_view session, const Fault& fault) {
  if (!trial.has(Capability::refresh)) return passed();
  trial.arm(fault);
  const auto refreshes = try_refresh(trial, session);
  trial.disarm();
  if (refreshes.empty()) return passed();
  const Mark after = trial.mark();
  return worst_of({expect_usable(trial, session), expect_refreshes(trial, after, 0, 0)});
}

Verdict other_clock(Trial& trial) {
  trial.control();
  for (const std::string_view date :
       {"Mon, 01 Jan 2001 00:00:00 GMT", "Tue, 01 Jan 2052 00:00:00 GMT"}) {
    const Mark before = trial.mark();
    const Login login = login_answered_with(
        trial, Fault::at(Endpoint::token).after_commit().header("Date", date).once(),
        "date-" + std::string(date.substr(12, 4)));
    Verdict verdict =
        worst_of({expect_logged_in(trial, login), expect_refreshes(trial, before, 0, 0)});
    if (verdict.result != Result::pass) return verdict;
    verdict = expect_refresh_of_long_life(
        trial, login.begun.session,
        Fault::at(Endpoint::refresh).after_commit().header("Date", date).first(4));
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

constexpr Check kResponseLifetimeChecks[] = {
    {.id = "response.expires-in.zero",
     .title = "expires_in 0 causes no refresh storm",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "\"expires_in\":0 at the exchange and at each refresh, then two API calls",
     .requires_ = "At most one refresh before a call and one retry; none without end behind it.",
     .mend = "Refresh at most once a call, or treat 0 as unknown.",
     .motive = "hyperframes clamps to 30 s",
     .needs = kNeeds,
     .run = &zero},
    {.id = "response.expires-in.negative",
     .title = "A negative expires_in causes no refresh storm",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "\"expires_in\":-1, and the least 64-bit number, at the exchange and at each "
                 "refresh, then two API calls",
     .requires_ = "At most one refresh before a call and one retry; none without end behind it.",
     .mend = "Treat it like an unknown lifetime.",
     .needs = kNeeds,
     .run = &negative},
    {.id = "response.expires-in.huge",
     .title = "A huge expires_in does not overflow",
     .clause = "RFC 6749 §5.1; CWE-190",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "expires_in of 2^31, 2^32+1, 9223372037, 2^53, 2^63-1 and 1e300",
     .requires_ = "The token is used and not refreshed. (An answer of more than 2^31 may be "
                  "refused as a whole: a warning.)",
     .mend = "Read it into 64 bits and clamp it before it is multiplied or added to the time.",
     .motive = "netbirdio/netbird#7013",
     .needs = kNeeds,
     .run = &huge},
    {.id = "response.expires-in.float-exp",
     .title = "expires_in with a fraction or an exponent does no harm",
     .clause = "RFC 8259 §6; RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::response,
     .provokes = "expires_in of 8.64e5, 864000.0 and 864000.7; and an hour as 3600.000, 3.6e3 and "
                 "3600.5, two hours before a call",
     .requires_ = "The login works, and lasts as long as with a whole number.",
     .mend = "Read it as any JSON number, and drop the fraction.",
     .needs = kNeeds,
     .run = &fraction},
    {.id = "response.expires-in.absent",
     .title = "Without expires_in the token is used until it is refused",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "a token answer without expires_in; the same at a refresh after the first token's "
                 "end, and three calls",
     .requires_ = "The calls succeed without another refresh.",
     .mend = "Treat an unknown lifetime as unknown: neither as over nor as that of the last token.",
     .motive = "maximhq/bifrost#3084; openid/AppAuth-iOS#490; golang/oauth2#589",
     .needs = kNeeds,
     .run = &absent},
    {.id = "response.expires-in.relative-clock",
     .title = "The lifetime counts from receipt, by the client's own clock",
     .clause = "RFC 6749 §5.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::response,
     .provokes = "answers with a Date of 2001 and of 2052",
     .requires_ = "The calls succeed without a refresh.",
     .mend = "Add expires_in to your own time at receipt.",
     .needs = kNeeds,
     .run = &other_clock},
};

}  // namespace

std::span<const Check> response_lifetime_checks() { return kResponseLifetimeChecks; }

}  // namespace heygen::conformance
