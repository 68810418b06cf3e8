// The authorization response (RFC 6749 §4.1.2, §4.1.2.1): what a client must refuse, and what it
// must not.

#include "conformance/checks/checks.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kLogin{Capability::begin, Capability::callback, Capability::state};
constexpr Capabilities kLoginAndCall{Capability::begin, Capability::callback, Capability::state,
                                     Capability::call_api};

Verdict code_missing(Trial& trial) {
  return expect_callback_rejected(trial, [](CallbackUrl& url) { url.drop("code"); });
}

Verdict code_empty(Trial& trial) {
  return expect_callbacks_rejected(trial,
                                   {[](CallbackUrl& url) { url.set("code", ""); },
                                    [](CallbackUrl& url) { url.drop("code").append_raw("code"); }});
}

// Longer than any buffer that somebody thought enough, and of all that a code may be made of.
Verdict code_opaque(Trial& trial) {
  trial.control();
  const std::string odd = "a+b/c=d%e&f~g.h:i!j*k(l)m'n;o,p@q$r?s[t]u|v^w`x{y}z\"<>\\-_%2F%00";
  const std::vector<std::string> codes{odd, odd + std::string(4096, 'x'), "0012", "null"};
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::string session = "odd-" + std::to_string(i + 1);
    CallbackUrl url = trial.authorize(trial.begin(session));
    url.set("code", codes[i]);
    const Mark before = trial.mark();
    (void)trial.callback(url, session);
    const auto requests = trial.code_requests(before);
    if (requests.size() != 1) {
      trial.control();
      return failed(
          "one token request with the code of " + std::to_string(codes[i].size()) + " characters",
          std::to_string(requests.size()));
    }
    const Verdict verdict =
        expect_equal("the code at the token endpoint", codes[i], requests[0].param("code"));
    if (verdict.result != Result::pass) return verdict;
  }
  return passed();
}

// The issued code and another one, in both orders. One of the two alone may be used.
Verdict duplicate_code(Trial& trial) {
  trial.control();
  constexpr std::string_view kOther = "another-code-0123456789abcdef";
  bool used = false;
  for (const bool good_first : {true, false}) {
    const std::string session = good_first ? "good-first" : "good-last";
    CallbackUrl url = trial.authorize(trial.begin(session));
    const std::string good = url.get("code");
    good_first ? url.append("code", kOther) : url.prepend("code", kOther);
    const Mark before = trial.mark();
    (void)trial.callback(url, session);
    const auto requests = trial.code_requests(before);
    if (requests.size() > 1) {
      return failed("at most one token request", std::to_string(requests.size()));
    }
    for (const Seen& request : requests) {
      used = true;
      const std::string sent = request.param("code");
      const bool one_of_both =
          request.form().count("code") == 1 && (sent == good || sent == kOther);
      if (!one_of_both) return failed("no code, or one of the two", "something made of both");
    }
  }
  trial.control();
  return used ? warned("of two codes one is used; a response with two is to be refused") : passed();
}

// A client that looks at the first one or at the last one alone can be forgiven; one that takes
// whichever fits cannot.
Verdict duplicate_state(Trial& trial) {
  trial.control();
  int taken = 0;
  for (const bool good_first : {true, false}) {
    const std::string session = good_first ? "good-first" : "good-last";
    CallbackUrl url = trial.authorize(trial.begin(session));
    const std::string foreign = flip_last(url.get("state"));
    good_first ? url.append("state", foreign) : url.prepend("state", foreign);
    const Mark before = trial.mark();
    (void)trial.callback(url, session);
    if (!trial.code_requests(before).empty()) ++taken;
  }
  trial.control();
  if (taken == 2) return failed("no token request", "one, wherever the foreign state stands");
  return taken == 1 ? warned("of two states one counts; a response with two is to be refused")
                    : passed();
}

Verdict code_and_error(Trial& trial) {
  return expect_callbacks_rejected(
      trial, {[](CallbackUrl& url) { url.append("error", "access_denied"); },
              [](CallbackUrl& url) { url.prepend("error", "access_denied"); },
              [](CallbackUrl& url) {
                url.append("error", "server_error").append("error_description", "try again");
              },
              // One that is in nobody's list.
              [](CallbackUrl& url) { url.append("error", "heygen_weird"); }});
}

// Tokens in the response itself: beside the code, in its place, and in the fragment.
Verdict token_in_callback(Trial& trial) {
  trial.control();
  constexpr std::string_view kPlanted = "EVILEVILEVILEVILEVILEVILEVILEVILEVILEVILEV";
  const auto plant = [&](CallbackUrl& url) {
    url.append("access_token", kPlanted).append("token_type", "Bearer");
    url.append("refresh_token", kPlanted).append("expires_in", "864000");
  };
  const std::vector<Spoil> spoils{[&](CallbackUrl& url) {
                                    url.drop("code");
                                    plant(url);
                                  },
                                  plant,
                                  [&](CallbackUrl& url) {
                                    plant(url);
                                    url.as_fragment();
                                  }};
  const Mark before = trial.mark();
  Mark last = before;
  for (std::size_t i = 0; i < spoils.size(); ++i) {
    last = trial.mark();
    const std::string session = "planted-" + std::to_string(i + 1);
    CallbackUrl url = trial.authorize(trial.begin(session));
    spoils[i](url);
    (void)trial.callback(url, session);
    (void)trial.call_api(session);
  }
  if (!trial.code_requests(last).empty()) {
    return failed("no token request for a code in the fragment", "one");
  }
  const Verdict verdict = expect_never_sent(trial, before, "the planted token", kPlanted);
  if (verdict.result == Result::pass) trial.control();
  return verdict;
}

Verdict unknown_params(Trial& trial) {
  return expect_callback_accepted(trial, [](CallbackUrl& url) {
    url.append("foo", "bar").append("scope", "openid profile").append("session_state", "y.z");
    url.append("utm_source", "z").append("hd", "").append_raw("flag");
  });
}

Verdict param_order(Trial& trial) {
  return expect_callback_accepted(
      trial, [](CallbackUrl& url) { url.move_to_end("code").prepend("foo", "bar"); });
}

constexpr Check kCallbackResponseChecks[] = {
    {.id = "callback.code.missing",
     .title = "A callback with neither code nor error is refused",
     .clause = "RFC 6749 §4.1.2",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "a response with the right state and nothing else",
     .requires_ = "No token request, and no login.",
     .mend = "Require a code before anything is sent.",
     .motive = "heygen-cli TestStartLoopbackServer_MissingCodeRejects",
     .needs = kLogin,
     .run = &code_missing},
    {.id = "callback.code.empty",
     .title = "An empty code is not exchanged",
     .clause = "RFC 6749 §3.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "good responses with code= and with code alone",
     .requires_ = "No token request, and no login: a parameter without a value counts as left out.",
     .mend = "Treat an empty code like a missing one.",
     .needs = kLogin,
     .run = &code_empty},
    {.id = "callback.code.opaque",
     .title = "The code is passed on unchanged, however long and odd",
     .clause = "RFC 6749 §4.1.2, §4.1.3, Appendix B",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "codes of digits, of every visible character, and of 4 KiB",
     .requires_ = "The token endpoint gets exactly that code.",
     .mend = "Decode the query once, and form-encode the value when you send it.",
     .needs = kLogin,
     .run = &code_opaque},
    {.id = "callback.duplicate-code",
     .title = "Of two codes none is made up",
     .clause = "RFC 6749 §3.1",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "responses with the good code and another, in both orders",
     .requires_ = "No token request; one of the two alone is a warning. (The clause binds the "
                  "sender; that a receiver refuses is the suite's demand.)",
     .mend = "Refuse a response in which a parameter occurs twice.",
     .motive = "OAuch, CodePollutionTest",
     .needs = kLogin,
     .run = &duplicate_code},
    {.id = "callback.duplicate-state",
     .title = "Two states are refused",
     .clause = "RFC 6749 §3.1, §10.12",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "responses with the right state and a foreign one, in both orders",
     .requires_ = "No token request; a client that always looks at the same one of them is warned.",
     .mend = "Refuse a response in which a parameter occurs twice.",
     .motive = "SecureBananaLabs#1986",
     .needs = kLogin,
     .run = &duplicate_state},
    {.id = "callback.code-and-error",
     .title = "A code that comes with an error is not used",
     .clause = "RFC 6749 §4.1.2.1",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "good responses with an error added, before and after the code",
     .requires_ = "The client treats the response as an error.",
     .mend = "Look for error before code.",
     .needs = kLogin,
     .run = &code_and_error},
    {.id = "callback.fragment-ignored",
     .title = "A token in the callback is not used",
     .clause = "RFC 6749 §4.1.2; RFC 9700 §2.1.2, §4.6",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "responses with access_token and refresh_token in place of the code, beside it, "
                 "and all in the fragment",
     .requires_ = "The client never sends that token anywhere, and exchanges no code from the "
                  "fragment.",
     .mend = "Take tokens from the token endpoint alone, and the code from the query.",
     .motive = "Eventra#3625",
     .needs = kLoginAndCall,
     .run = &token_in_callback},
    {.id = "callback.unknown-params-ignored",
     .title = "Unknown parameters do not break the callback",
     .clause = "RFC 6749 §4.1.2",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "a good response with foo, scope, session_state and more added",
     .requires_ = "The login succeeds.",
     .mend = "Ignore parameters that you do not know.",
     .needs = kLoginAndCall,
     .run = &unknown_params},
    {.id = "callback.param-order",
     .title = "The order of the parameters does not matter",
     .clause = "RFC 6749 §4.1.2",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "a good response whose code comes last",
     .requires_ = "The login succeeds.",
     .mend = "Read parameters by name.",
     .needs = kLoginAndCall,
     .run = &param_order},
};

}  // namespace

std::span<const Check> callback_response_checks() { return kCallbackResponseChecks; }

}  // namespace heygen::conformance
