// The challenge of a 401 in the many ways in which servers and proxies write it (RFC 6750 §3).

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kRefresh{Capability::begin, Capability::callback, Capability::state,
                                Capability::call_api, Capability::refresh};

struct Challenge {
  std::string_view name;
  std::string_view value;
  bool says_invalid_token;
};

constexpr Challenge kChallenges[] = {
    {"several", R"(Basic realm="a, b", Bearer realm="x\"y", error="invalid_token")", true},
    {"unquoted", "bearer error=invalid_token", true},
    {"unfinished", R"(Bearer error="invalid_token)", true},
    {"empty", "", false},
    {"other", "Negotiate", false},
    {"nonsense", R"(,,=",Bearer,=)", false},
};

// How a call fares whose first answer is a 401 with this challenge.
struct Fared {
  Outcome<ApiAnswer> answer;
  std::size_t refreshes;
  std::size_t requests;
};
Fared call_against(Trial& trial, std::string_view session, std::string_view challenge) {
  trial.login(session);
  trial.arm(Fault::at(Endpoint::api).status(401).header("WWW-Authenticate", challenge).once());
  const Mark before = trial.mark();
  auto answer = trial.call_api(session);
  trial.disarm();
  return {std::move(answer), trial.refreshes(before).size(), trial.api_requests(before).size()};
}

Verdict odd_challenges(Trial& trial) {
  const Fared usual = call_against(trial, "usual", R"(Bearer error="invalid_token")");
  const bool refreshes = usual.refreshes > 0;
  for (const Challenge& challenge : kChallenges) {
    const std::string name(challenge.name);
    const Fared fared = call_against(trial, name, challenge.value);
    if (fared.refreshes > 1 || fared.requests > 2) {
      return failed("at most one refresh and one retry (" + name + ")",
                    std::to_string(fared.refreshes) + " refreshes");
    }
    if (refreshes && challenge.says_invalid_token && fared.refreshes == 0) {
      return failed("a refresh as after a plain invalid_token (" + name + ")", "none");
    }
    Verdict verdict = expect_recovery(trial, name);
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

constexpr Check kBearerChallengeChecks[] = {
    {.id = "bearer.www-authenticate-parse",
     .title = "An odd challenge beside a 401 does no harm",
     .clause = "RFC 6750 §3; RFC 9110 §11.6.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::bearer,
     .provokes = "401 with several challenges, without quotes, cut off, without any, of another "
                 "scheme, and with nonsense in WWW-Authenticate",
     .requires_ = "Where invalid_token stands in it, the client does what it does for a plain one; "
                  "else no loop, and the login survives.",
     .mend = "Go by the status; look for the error in the header with a parser that gives up "
             "quietly.",
     .motive = "oauth4webapi www_authenticate.test.ts",
     .needs = kRefresh,
     .run = &odd_challenges},
};

}  // namespace

std::span<const Check> bearer_challenge_checks() { return kBearerChallengeChecks; }

}  // namespace heygen::conformance
