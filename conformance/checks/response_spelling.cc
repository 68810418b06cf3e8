// The same good answer in other words: more members, another order, escapes (RFC 8259).

#include <utility>

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kNeeds{Capability::begin, Capability::callback, Capability::state,
                              Capability::call_api};

Fault patched(std::string_view member, std::string_view json) {
  return Fault::at(Endpoint::token).patch(member, json);
}

Verdict extra_fields(Trial& trial) {
  trial.control();
  Fault fault = patched("session", "null");
  fault.patch("extra", R"({"nested":[1,{"access_token":"decoy"}]})")
      .patch("data", R"({"access_token":"decoy","expires_in":1})")
      .patch("token", "\"decoy\"")
      .patch("user", R"({"id":7,"roles":[],"email":null})")
      .patch("refresh_token_expires_in", "1");
  for (int i = 0; i < 14; ++i) fault.patch("field_" + std::to_string(i), "[true,false,null,-1e9]");
  const Login login = login_answered_with(trial, fault.once());
  const Verdict usable = expect_logged_in(trial, login);
  if (usable.result != Result::pass) return usable;
  return expect_token_sent(trial, kFirst,
                           json_text(login.token_requests.back().response(), "access_token"));
}

// The same answer in other words (RFC 8259 §2, §4, §7).
Verdict spelling(Trial& trial) {
  trial.control();
  const std::vector<std::pair<std::string_view, std::string_view>> answers{
      {R"({"access_token":"\u0041bc\u002Ddef\/123","token_type":"Bearer","expires_in":864000})",
       "Abc-def/123"},
      {"\n{\r\n\t\"expires_in\" : 864000 ,\n  \"token_type\":\t\"Bearer\",\n\n  "
       "\"access_token\"\n:\n\"spaced-out-token\"\n}\n ",
       "spaced-out-token"},
      {R"({"note":"not the \"access_token\":\"decoy\"","token_type":"Bearer",)"
       R"("access_token":"after-the-note"})",
       "after-the-note"}};
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::string session = "spelling-" + std::to_string(i + 1);
    const Mark before = trial.mark();
    const Login login = login_answered_with(trial, exchange_answer(answers[i].first), session);
    if (!login.landed) {
      return failed("a login", "the callback was refused: " + login.landed.failure().message);
    }
    Verdict verdict = expect_token_sent(trial, session, answers[i].second, before);
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

// Refused, or either of the two: but one of them, as it stands.
Verdict duplicate_keys(Trial& trial) {
  trial.control();
  Tokens good = access_tokens(trial);
  good.insert(good.end(), {"first-token-of-two", "second-token-of-two"});
  (void)login_answered_with(
      trial, exchange_answer(R"({"access_token":"first-token-of-two","token_type":"Bearer",)"
                             R"("access_token":"second-token-of-two"})"));
  const Mark before = trial.mark();
  (void)trial.call_api();
  Verdict verdict = expect_only_tokens(trial, before, good);
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

Verdict scope_change(Trial& trial) {
  Setup setup;
  setup.scope = "openid profile email";
  trial.set_up(setup);
  trial.control();
  const Login login = login_answered_with(trial, patched("scope", "\"profile\"").once());
  return expect_logged_in(trial, login);
}

constexpr Check kResponseSpellingChecks[] = {
    {.id = "response.extra-fields",
     .title = "Unknown fields are ignored",
     .clause = "RFC 6749 §5.1",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "a token answer with 20 more members, nested, null, and decoys among them",
     .requires_ = "The login works, with the token of the answer's own access_token.",
     .mend = "Parse the JSON and read the members that you know.",
     .needs = kNeeds,
     .run = &extra_fields},
    {.id = "response.field-order-whitespace",
     .title = "Order, white space and escapes of the JSON do not matter",
     .clause = "RFC 8259 §2, §4, §7, §9; RFC 6749 §5.1",
     .level = Level::must,
     .phase = Phase::response,
     .provokes =
         "answers with \\u escapes, odd white space, another order, and a decoy in a string",
     .requires_ = "The token is read right.",
     .mend = "Use a JSON parser.",
     .needs = kNeeds,
     .run = &spelling},
    {.id = "response.duplicate-keys",
     .title = "Two access_token members do no harm",
     .clause = "RFC 8259 §4",
     .source = Source::judgement,
     .level = Level::may,
     .phase = Phase::response,
     .provokes = "an answer with access_token twice",
     .requires_ = "It is refused, or one of the two is used as it stands.",
     .mend = "Use a JSON parser, and refuse an object with the same member twice.",
     .needs = kNeeds,
     .run = &duplicate_keys},
    {.id = "response.scope-change",
     .title = "A narrower scope than asked for is accepted",
     .clause = "RFC 6749 §3.3, §5.1",
     .level = Level::should,
     .phase = Phase::response,
     .provokes = "an answer with \"scope\":\"profile\" where more was asked for",
     .requires_ = "The login works.",
     .mend = "Take the scope of the answer for what was granted.",
     .needs = kNeeds,
     .run = &scope_change},
};

}  // namespace

std::span<const Check> response_spelling_checks() { return kResponseSpellingChecks; }

}  // namespace heygen::conformance
