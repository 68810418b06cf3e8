// What a client makes of the tokens in a good answer of the token endpoint (RFC 6749 §5.1, §7.1).

#include <algorithm>
#include <iterator>

#include "conformance/checks/after_login.h"
#include "conformance/checks/checks.h"
#include "mock_server/wire/head.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kNeeds{Capability::begin, Capability::callback, Capability::state,
                              Capability::call_api};

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

Fault patched(std::string_view member, std::string_view json) {
  return Fault::at(Endpoint::token).patch(member, json);
}

// Each answer in a login of its own: none of them may be used. A good login before and after.
// Whether the client says that it is logged in is another matter: some notice when they are about
// to send the token.
Verdict expect_tokens_unused(Trial& trial, const std::vector<Fault>& answers,
                             bool no_login_either = false) {
  trial.control();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Tokens good = access_tokens(trial);
    const std::string session = "spoiled-" + std::to_string(i + 1);
    const Mark before = trial.mark();
    (void)login_answered_with(trial, answers[i], session);
    (void)trial.call_api(session);
    Verdict verdict = expect_only_tokens(trial, before, good);
    if (verdict.result == Result::pass && no_login_either) {
      verdict = expect_no_login(trial, session);
    }
    if (verdict.result != Result::pass) return verdict;
  }
  trial.control();
  return passed();
}

Tokens without(const Tokens& all, const Tokens& some) {
  Tokens rest;
  std::ranges::copy_if(all, std::back_inserter(rest), [&](const std::string& token) {
    return std::ranges::find(some, token) == some.end();
  });
  return rest;
}

// The same for an answer to a refresh, in a good login; nothing where the client does not refresh.
// It may refresh again and then use what that brings.
Verdict expect_refreshed_token_unused(Trial& trial, std::string_view member,
                                      std::string_view json) {
  if (!trial.has(Capability::refresh)) return passed();
  constexpr std::string_view kSession = "refreshing";
  trial.login(kSession);
  const Tokens before = access_tokens(trial);
  const Mark start = trial.mark();
  trial.arm(Fault::at(Endpoint::refresh).patch(member, json).first(10));
  (void)try_refresh(trial, kSession);
  trial.disarm();
  const Tokens spoiled = without(access_tokens(trial), before);
  (void)trial.call_api(kSession);
  return expect_only_tokens(trial, start, without(access_tokens(trial), spoiled));
}

Verdict happy(Trial& trial) {
  const Login login = trial.try_login();
  const Seen& exchange = require_token_request(trial, login);
  require(trial, exchange.status() == 200, "the exchange was refused: " + exchange.entry().why);
  if (login.state != LoginState::logged_in) {
    return failed("the session is logged in",
                  login.landed ? to_string(login.state) : login.landed.failure().message);
  }
  return expect_token_sent(trial, kFirst, json_text(exchange.response(), "access_token"));
}

// No access_token, and something like it.
Fault beside(std::string_view member, std::string_view json) {
  return Fault::at(Endpoint::token).without("access_token").patch(member, json);
}

Verdict access_token_missing(Trial& trial) {
  return expect_tokens_unused(
      trial,
      {Fault::at(Endpoint::token).without("access_token"),
       beside("id_token", R"("another-token-1")"), beside("token", R"("another-token-2")"),
       beside("accessToken", R"("another-token-3")"),
       beside("data", R"({"access_token":"another-token-4"})"), patched("access_token", "\"\""),
       patched("access_token", "null"), patched("access_token", "42"),
       patched("access_token", R"({"value":"token"})")},
      true);
}

Verdict token_type_unknown(Trial& trial) {
  Verdict at_login = expect_tokens_unused(
      trial, {patched("token_type", "\"mac\""), patched("token_type", "\"DPoP\""),
              patched("token_type", "\"N_A\""), patched("token_type", "\"Bearerish\"")});
  if (at_login.result != Result::pass) return at_login;
  return expect_refreshed_token_unused(trial, "token_type", "\"DPoP\"");
}

Verdict token_type_case(Trial& trial) {
  trial.control();
  for (const std::string_view type : {"bearer", "BEARER", "bEaReR"}) {
    const Login login =
        login_answered_with(trial, patched("token_type", quoted(type)).once(), type);
    Verdict verdict = expect_logged_in(trial, login);
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

// Refused or taken for Bearer: both will do.
Verdict token_type_missing(Trial& trial) {
  trial.control();
  const Tokens good = access_tokens(trial);
  for (const Fault& fault : {Fault::at(Endpoint::token).without("token_type").first(10),
                             patched("token_type", "null").first(10)}) {
    (void)login_answered_with(trial, fault);
    const Mark before = trial.mark();
    (void)trial.call_api();
    for (const Seen& request : trial.api_requests(before)) {
      if (request.header("Authorization").empty() || request.bearer()) continue;
      return failed("Authorization: Bearer, or no use of the token", "another scheme");
    }
  }
  trial.control();
  return passed();
}

// A header whose value holds a control character reaches nobody's code: the server refuses the
// request, and keeps why.
bool sent_a_control(Trial& trial, Mark since) {
  return std::ranges::any_of(trial.seen(since), [](const Seen& request) {
    return request.entry().why.find(mock::wire::kControlInField) != std::string::npos;
  });
}

Verdict header_unsafe(Trial& trial) {
  const Mark start = trial.mark();
  const auto sent = [&] {
    return failed("no token with a control character in a header", "one was sent");
  };
  Verdict at_login = expect_tokens_unused(
      trial, {patched("access_token", R"("abc\r\nX-Canary: 1")"),
              patched("access_token", R"("abc\nX-Canary: 1")"),
              patched("access_token", R"("a\u0000b")"), patched("access_token", R"("a\u007fb")")});
  for (const Seen& request : trial.seen(start)) {
    if (!request.header("X-Canary").empty()) {
      return failed("no header of the token's making", "X-Canary reached the server");
    }
  }
  if (sent_a_control(trial, start)) return sent();
  if (at_login.result != Result::pass) return at_login;
  for (const char* const token : {R"("abc\r\nX-Canary: 1")", R"("a\u0000b")"}) {
    Verdict refreshed = expect_refreshed_token_unused(trial, "access_token", token);
    if (sent_a_control(trial, start)) return sent();
    if (refreshed.result != Result::pass) return refreshed;
  }
  // A field's value may hold these (RFC 9110 §5.5), and nothing comes of it: not a danger, but no
  // token.
  const Verdict odd = expect_tokens_unused(
      trial, {patched("access_token", R"("a\tb")"), patched("access_token", R"("tok\u00e9n")")});
  return odd.result == Result::fail
             ? warned(
                   "a token with a tab or a letter outside ASCII is sent: no server may issue one")
             : odd;
}

Verdict long_token(Trial& trial) {
  trial.control();
  const std::string token(8192, 'a');
  const std::string refresh_token(2048, 'r');
  Tokens good = access_tokens(trial);
  good.push_back(token);
  const Login login = login_answered_with(
      trial, exchange_answer(R"({"token_type":"Bearer","expires_in":864000,"access_token":")" +
                             token + R"(","refresh_token":")" + refresh_token + "\"}"));
  if (!login.done()) return passed("the login was refused");
  const Mark before = trial.mark();
  (void)trial.call_api();
  const Verdict whole = expect_only_tokens(trial, before, good);
  if (whole.result != Result::pass) {
    return failed("all 8192 characters of the token", "a part of it");
  }
  // The server knows neither, so that the call is followed by a refresh.
  for (const Seen& refresh : trial.refreshes(before)) {
    if (refresh.param("refresh_token") == refresh_token) continue;
    return failed("all 2048 characters of the refresh token", "a part of it");
  }
  return passed();
}

constexpr Check kResponseTokenChecks[] = {
    {.id = "response.happy",
     .title = "The vendor's answer makes a login whose token is sent as it is",
     .clause = "RFC 6749 §5.1; vendor's guide, step 3",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "a login and a call",
     .requires_ = "The session is logged in, and the call carries the access token unchanged.",
     .mend = "Take access_token from the JSON answer and send it as it stands.",
     .needs = kNeeds,
     .run = &happy},
    {.id = "response.missing-access-token",
     .title = "An answer without an access token is no login",
     .clause = "RFC 6749 §5.1",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "200 with access_token left out, empty, null, a number, or an object; with an "
                 "id_token, another name, or a nested one in its place",
     .requires_ = "The login fails, and no such token is sent to the API.",
     .mend = "Require a non-empty string before anything is stored.",
     .motive = "golang/oauth2#441",
     .needs = kNeeds,
     .run = &access_token_missing},
    {.id = "response.token-type.unknown",
     .title = "A token of an unknown type is not used",
     .clause = "RFC 6749 §7.1",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "token_type mac, DPoP, N_A and Bearerish at a login, DPoP at a refresh",
     .requires_ = "No API request carries the token.",
     .mend = "Compare token_type with Bearer, whole and in any case, and refuse the rest; at each "
             "answer, a refresh's too.",
     .needs = kNeeds,
     .run = &token_type_unknown},
    {.id = "response.token-type.case",
     .title = "token_type is compared in any case",
     .clause = "RFC 6749 §5.1",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "token_type bearer, BEARER and bEaReR",
     .requires_ = "The login works.",
     .mend = "Compare without regard to case.",
     .motive = "oauthlib#674; spring-security-oauth#354, #470",
     .needs = kNeeds,
     .run = &token_type_case},
    {.id = "response.missing-token-type",
     .title = "Without a token_type the token is a Bearer token or none",
     .clause = "RFC 6749 §5.1",
     .level = Level::should,
     .phase = Phase::response,
     .provokes = "an answer without token_type, and one where it is null",
     .requires_ = "The answer is refused or its token sent as Bearer; nothing breaks.",
     .mend = "Refuse the answer, or take a missing token_type for Bearer.",
     .motive = "openid/AppAuth-Android#233 (crash)",
     .needs = kNeeds,
     .run = &token_type_missing},
    {.id = "response.header-unsafe-token",
     .title = "A token with a line break or another odd character never reaches a header",
     .clause = "RFC 6749 Appendix A.12; CWE-113",
     .level = Level::must,
     .phase = Phase::response,
     .provokes = "access tokens with CR LF and a header after it, LF, tab, NUL, DEL and é; at a "
                 "refresh too",
     .requires_ = "No API request carries such a token, whole or in part; a tab or a letter "
                  "outside ASCII that is sent is a warning.",
     .mend = "Accept visible ASCII alone (VSCHAR) before the token is stored.",
     .motive = "heygen-com/heygen-cli isHeaderSafe",
     .needs = kNeeds,
     .run = &header_unsafe},
    {.id = "response.long-token",
     .title = "A long access token is sent whole",
     .clause = "RFC 6749 §5.1",
     .level = Level::should,
     .phase = Phase::response,
     .provokes = "an access token of 8192 characters, and a refresh token of 2048",
     .requires_ = "They are sent whole, or the login fails cleanly; neither is ever cut.",
     .mend = "Assume nothing about a token's length.",
     .needs = kNeeds,
     .run = &long_token},
};

}  // namespace

std::span<const Check> response_token_checks() { return kResponseTokenChecks; }

}  // namespace heygen::conformance
