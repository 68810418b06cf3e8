// The page at the end of a login: the browser's answer to the authorization response.

#include "conformance/browser/fetch.h"
#include "conformance/checks/checks.h"
#include "conformance/checks/page_headers.h"
#include "conformance/checks/page_text.h"
#include "conformance/checks/pages.h"
#include "conformance/expect.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kLoginPage{Capability::begin, Capability::callback, Capability::state,
                                  Capability::page};

Landing good_page(Trial& trial) {
  const CallbackUrl url = trial.authorize(trial.begin());
  const Mark before = trial.mark();
  const auto landed = trial.visit("GET", url.str());
  // Whether it is logged in cannot be asked of every app; that it had its tokens is seen.
  const auto exchanges = trial.code_requests(before);
  if (!landed || exchanges.empty() || exchanges.back().status() != 200) {
    trial.give_up("a good login did not succeed");
  }
  require(trial, landed->status > 0, "no answer to the callback was seen");
  return *landed;
}

bool keeps_to_itself(const Landing& page) {
  if (sends_no_referrer(header_of(page.headers, "Referrer-Policy"))) return true;
  return page.body.find("name=\"referrer\" content=\"no-referrer\"") != std::string::npos;
}

// The page at the code's URL when the exchange failed: what it loads gets the code, which may be
// good still.
Verdict expect_error_page_loads_nothing(Trial& trial) {
  const CallbackUrl url = trial.authorize(trial.begin("failed"));
  trial.arm(Fault::at(Endpoint::token).status(500).first(10));
  const auto page = trial.visit("GET", url.str(), "failed");
  trial.disarm();
  if (!page || (page->status >= 300 && page->status < 400) || keeps_to_itself(*page)) {
    return passed();
  }
  const auto loaded = loaded_from_elsewhere(page->body, origin_of(trial.setup().redirect_uri));
  if (loaded.empty()) return passed();
  return failed("nothing from elsewhere in an error page with the code in its URL",
                origin_of(loaded.front()));
}

// A redirect to a clean URL is best; a page with the code in its URL must keep it to itself.
Verdict expect_code_kept(Trial& trial) {
  const Landing page = good_page(trial);
  const std::string own = origin_of(trial.setup().redirect_uri);
  if (page.status >= 300 && page.status < 400) {
    const std::string_view location = header_of(page.headers, "Location");
    return CallbackUrl(location).has("code")
               ? failed("a redirect to a URL without the code", "the code in Location")
               : passed();
  }
  if (keeps_to_itself(page)) return passed();
  const auto loaded = loaded_from_elsewhere(page.body, own);
  if (!loaded.empty()) {
    return failed("nothing from elsewhere in a page with the code in its URL",
                  origin_of(loaded.front()));
  }
  return failed("Referrer-Policy: no-referrer on a page with the code in its URL", "none");
}

Verdict no_code_leak(Trial& trial) {
  return worst_of({expect_code_kept(trial), expect_error_page_loads_nothing(trial)});
}

Verdict no_store(Trial& trial) {
  const Landing page = good_page(trial);
  const std::string_view control = header_of(page.headers, "Cache-Control");
  return forbids_storing(page.headers)
             ? passed()
             : failed("Cache-Control: no-store", control.empty() ? "none" : control);
}

// Calls that succeed, that bring a refresh, that fail; and the way out.
std::string shown_by_calls(Trial& trial) {
  std::string text;
  const auto call = [&] {
    if (const auto called = trial.call_api()) text += called->body + "\n";
  };
  call();
  trial.expire_access_tokens();
  call();
  trial.arm(Fault::at(Endpoint::api).status(500).first(10));
  call();
  trial.disarm();
  if (trial.has(Capability::logout)) (void)trial.logout();
  return text;
}

Verdict no_tokens(Trial& trial) {
  std::string text = readable(good_page(trial));
  if (trial.has(Capability::call_api)) text += shown_by_calls(trial);
  for (const Landing& page : trial.shown()) text += readable(page);
  return expect_no_secret_in(
      trial, "what the browser was shown", text,
      {SecretKind::code, SecretKind::state, SecretKind::verifier, SecretKind::device_code});
}

Verdict verifier_hidden(Trial& trial) {
  const Landing page = good_page(trial);
  require(trial, !trial.secrets().values(SecretKind::verifier).empty(), "no verifier was sent");
  return expect_no_secret_in(
      trial, "what the browser was shown", readable(page),
      {SecretKind::code, SecretKind::state, SecretKind::access_token, SecretKind::refresh_token});
}

// Scanners of links ask with HEAD, and forms of other sites with POST.
Verdict get_alone(Trial& trial) {
  trial.control();
  for (const std::string_view method : {"HEAD", "POST", "OPTIONS"}) {
    const CallbackUrl url = trial.authorize(trial.begin(method));
    const Mark before = trial.mark();
    (void)trial.visit(method, url.str(), method);
    if (!trial.code_requests(before).empty()) {
      return failed("the code exchanged for a GET alone",
                    "a token request after " + std::string(method));
    }
    (void)trial.visit("GET", url.str(), method);
    if (trial.state(method) == LoginState::logged_in) continue;
    trial.control();
    return failed("the GET to succeed after " + std::string(method), "no login");
  }
  return passed();
}

constexpr Check kCallbackPageChecks[] = {
    {.id = "callback.method",
     .title = "Only a GET ends a login",
     .clause = "RFC 6749 §4.1.2",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::callback,
     .provokes = "HEAD, POST and OPTIONS to the callback, and then the GET",
     .requires_ = "No token request before the GET, and a login after it.",
     .mend = "Answer other methods with 405, and leave the pending login alone.",
     .motive = "heygen-cli TestStartLoopbackServer_RejectsNonGet",
     .needs = kLoginPage,
     .run = &get_alone},
    {.id = "callback.page.no-code-leak",
     .title = "The page keeps the code in its URL to itself",
     .clause = "RFC 6749 §3.1.2.5; RFC 9700 §4.2.4",
     .level = Level::should,
     .phase = Phase::callback,
     .provokes = "a login, and one whose exchange fails; the callback's answers are read",
     .requires_ =
         "A redirect to a URL without the code; or a page that sends no Referer, and loads "
         "nothing from elsewhere. An error page that sends a Referer loads nothing from there "
         "either.",
     .mend = "Redirect to a clean URL, or send Referrer-Policy: no-referrer.",
     .needs = kLoginPage,
     .run = &no_code_leak},
    {.id = "callback.page.no-store",
     .title = "The answer to the callback is not stored",
     .clause = "RFC 9700 §4.3.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::callback,
     .provokes = "a login; the callback's answer is read",
     .requires_ = "Cache-Control: no-store.",
     .mend = "Send Cache-Control: no-store with it.",
     .motive = "heygen-cli sends it",
     .needs = kLoginPage,
     .run = &no_store},
    {.id = "callback.page.no-tokens",
     .title = "No token reaches the browser",
     .clause = "RFC 6749 §10.3, §10.4; RFC 6750 §5.3",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes =
         "a login, and where they can be made calls, with a refresh and with an error of the "
         "API, and a logout; the answers are searched for the tokens",
     .requires_ = "No page, header, redirect or readable cookie holds one.",
     .mend = "Keep tokens on your side; give the browser a session cookie with HttpOnly.",
     .needs = kLoginPage,
     .run = &no_tokens},
    {.id = "pkce.verifier.not-in-client-visible",
     .title = "The browser never sees the verifier",
     .clause = "RFC 7636 §7.1; RFC 9700 §2.1.1",
     .source = Source::judgement,
     .level = Level::should,
     .phase = Phase::pkce,
     .provokes = "a login; the callback's answers are searched for the verifier",
     .requires_ = "No page, redirect or readable cookie holds it.",
     .mend = "Keep it in the server's session, or in an encrypted cookie.",
     .needs = kLoginPage,
     .run = &verifier_hidden},
};

}  // namespace

std::span<const Check> callback_page_checks() { return kCallbackPageChecks; }

}  // namespace heygen::conformance
