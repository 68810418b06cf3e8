// The page at the end of a login: the browser's answer to the authorization response.

#include <array>
#include <functional>

#include "conformance/checks/checks.h"
#include "conformance/checks/page_headers.h"
#include "conformance/checks/page_text.h"
#include "conformance/expect.h"
#include "mock_server/wire/message.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kPage{Capability::callback, Capability::page};
constexpr Capabilities kLoginPage{Capability::begin, Capability::callback, Capability::state,
                                  Capability::page};
constexpr std::string_view kCanary = "canary7f3a91";

std::string_view header(const Landing& page, std::string_view name) {
  for (const auto& [known, value] : page.headers) {
    if (mock::wire::iequals(known, name)) return value;
  }
  return {};
}

// The answer, and those that it led to.
std::vector<Landing> all_of(const Landing& first) {
  std::vector<Landing> all{first};
  all.insert(all.end(), first.followed.begin(), first.followed.end());
  return all;
}

// Text that no browser takes for a page is no danger.
bool is_page(const Landing& page) {
  const std::string_view type = header(page, "Content-Type");
  if (type.empty()) return true;
  const bool text = type.starts_with("text/plain") || type.starts_with("application/json");
  return !text || (type.starts_with("text/plain") &&
                   !mock::wire::iequals(header(page, "X-Content-Type-Options"), "nosniff"));
}

// A response to a login of the session; without a way to begin one, a response out of the blue.
CallbackUrl response_for(Trial& trial, std::string_view session) {
  if (trial.has(Capability::begin)) return trial.authorize(trial.begin(session));
  CallbackUrl url(trial.setup().redirect_uri);
  return url.set("code", "unasked-for").set("state", "unasked-for");
}

// Each spoiled response in a session of its own, and what is wrong with the pages it leads to.
Verdict judge_pages(Trial& trial, const std::vector<Spoil>& spoils,
                    const std::function<std::string(const Landing&)>& wrong_with) {
  int shown = 0;
  for (std::size_t i = 0; i < spoils.size(); ++i) {
    const std::string session = "page-" + std::to_string(i + 1);
    CallbackUrl url = response_for(trial, session);
    spoils[i](url);
    const auto landed = trial.visit("GET", url.str(), session);
    if (!landed) continue;
    for (const Landing& page : all_of(*landed)) {
      if (page.status > 0) ++shown;
      if (std::string wrong = wrong_with(page); !wrong.empty()) return failed(std::move(wrong));
    }
  }
  require(trial, shown > 0, "no answer to the callback was seen");
  if (trial.has(Capability::begin) && trial.has(Capability::state)) trial.control();
  return passed();
}

Verdict no_xss(Trial& trial) {
  const std::string canary(kCanary);
  const std::array<std::string, 5> payloads{
      "<script>" + canary + "</script>", "\"><img src=x onerror=" + canary + ">",
      "</title></textarea><svg onload=" + canary + ">", "\" onfocus=" + canary + " autofocus x=\"",
      "' onfocus=" + canary + " autofocus x='"};
  std::vector<Spoil> spoils;
  for (const std::string& payload : payloads) {
    spoils.push_back([payload](CallbackUrl& url) {
      url.drop("code").append("error", "access_denied").append("error_description", payload);
      url.append("error_uri", "https://docs.test/" + payload);
    });
    spoils.push_back([payload](CallbackUrl& url) { url.drop("code").append("error", payload); });
    spoils.push_back([payload](CallbackUrl& url) { url.set("code", payload); });
    spoils.push_back([payload](CallbackUrl& url) { url.set("state", payload); });
  }
  const std::string script = "javascript:" + canary;
  spoils.push_back([script](CallbackUrl& url) {
    url.drop("code").append("error", "access_denied").append("error_uri", script);
  });
  return judge_pages(trial, spoils, [&](const Landing& page) -> std::string {
    if (!is_page(page)) return "";
    if (has_live_markup(page.body, kCanary)) return "a parameter stands in the page unescaped";
    return has_attribute_value(page.body, script) ? "error_uri became a link that runs a script"
                                                  : "";
  });
}

bool has_line(std::string_view text, std::string_view start) {
  return text.starts_with(start) || text.find("\n" + std::string(start)) != std::string_view::npos;
}

// The adapter's own lines must stay whole as well: a line that is no answer fails the check.
Verdict no_header_injection(Trial& trial) {
  trial.control();
  const std::vector<std::string> broken{
      "error=access_denied&error_description=x%0D%0AX-Canary:%201", "error=x%0AX-Canary:%201",
      "error=access_denied&error_uri=x%0DX-Canary:%201"};
  for (std::size_t i = 0; i < broken.size(); ++i) {
    const std::string session = "broken-" + std::to_string(i + 1);
    CallbackUrl url = trial.authorize(trial.begin(session));
    url.drop("code").append_raw(broken[i]);
    if (!trial.has(Capability::page)) {
      (void)trial.callback(url, session);
      continue;
    }
    const auto landed = trial.visit("GET", url.str(), session);
    if (!landed) continue;
    for (const Landing& page : all_of(*landed)) {
      if (!header(page, "X-Canary").empty()) {
        return failed("no header of the response's making", "X-Canary in the answer");
      }
    }
  }
  trial.control();
  if (has_line(trial.logs(), "X-Canary:")) {
    return failed("a parameter on one line of the log", "a line of its own making");
  }
  return passed();
}

Verdict no_open_redirect(Trial& trial) {
  const std::string evil = trial.evil().url();
  const auto lure = [evil](CallbackUrl& url) {
    for (const std::string_view name :
         {"error_uri", "next", "redirect", "redirect_to", "redirect_uri", "return_to", "returnTo",
          "continue", "url", "target"}) {
      url.append(name, evil + "/trap");
    }
  };
  const std::vector<Spoil> spoils{lure,
                                  [lure](CallbackUrl& url) {
                                    url.drop("code").append("error", "access_denied");
                                    lure(url);
                                  },
                                  [evil](CallbackUrl& url) { url.set("state", evil + "/trap"); }};
  const std::string host = evil.substr(evil.find("//"));
  const Verdict verdict = judge_pages(trial, spoils, [&](const Landing& page) -> std::string {
    const std::string_view location = header(page, "Location");
    const bool leads_there = location.starts_with(evil) || location.starts_with(host);
    return leads_there ? "the browser is sent to a URL that the response named" : "";
  });
  if (verdict.result != Result::pass || trial.evil().seen().empty()) return verdict;
  return failed("no request to the origin that the response named", "one");
}

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
  if (sends_no_referrer(header(page, "Referrer-Policy"))) return true;
  return page.body.find("name=\"referrer\" content=\"no-referrer\"") != std::string::npos;
}

// A redirect to a clean URL is best; a page with the code in its URL must keep it to itself.
Verdict no_code_leak(Trial& trial) {
  const Landing page = good_page(trial);
  const std::string own = origin_of(trial.setup().redirect_uri);
  if (page.status >= 300 && page.status < 400) {
    const std::string_view location = header(page, "Location");
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

Verdict no_store(Trial& trial) {
  const Landing page = good_page(trial);
  const std::string_view control = header(page, "Cache-Control");
  return control.find("no-store") != std::string_view::npos
             ? passed()
             : failed("Cache-Control: no-store", control.empty() ? "none" : control);
}

// Everything of the answers that a script or a person could read.
std::string readable(const Landing& landing) {
  std::string text = landing.kept + "\n";
  for (const Landing& page : all_of(landing)) {
    text += page.body + "\n";
    for (const auto& [name, value] : page.headers) {
      const bool cookie = mock::wire::iequals(name, "Set-Cookie");
      const bool hidden = cookie && value.find("HttpOnly") != std::string::npos;
      if (!hidden) text.append(name).append(": ").append(value).append("\n");
    }
  }
  return text;
}

Verdict no_tokens(Trial& trial) {
  std::string text = readable(good_page(trial));
  if (trial.has(Capability::call_api)) {
    if (const auto called = trial.call_api()) text += called->body;
  }
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
    {.id = "callback.error.no-xss",
     .title = "No parameter of the callback comes to life in a page",
     .clause = "RFC 6749 §4.1.2.1, §10.14; CWE-79",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "tags, attributes and javascript: in error, error_description, error_uri, code "
                 "and state",
     .requires_ = "The page holds none of them unescaped, or is plain text and says so.",
     .mend = "Escape & < > \" ' in whatever comes from the URL, or show texts of your own.",
     .motive = "googleapis/oauth2client#709; opencode#17364; GHSA-gh95-xx4q-qch8; mcp-remote#369",
     .needs = kPage,
     .run = &no_xss},
    {.id = "callback.error.no-header-injection",
     .title = "No parameter of the callback breaks a header or a log line",
     .clause = "CWE-113; CWE-117; RFC 6749 §10.14",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "line ends in error, error_description and error_uri",
     .requires_ = "No header and no line of the log is of the response's making.",
     .mend = "Replace control characters before anything is logged or sent.",
     .needs = {Capability::begin, Capability::callback, Capability::state},
     .run = &no_header_injection},
    {.id = "callback.error.no-open-redirect",
     .title = "The callback sends the browser nowhere that its parameters name",
     .clause = "RFC 9700 §4.11.1",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "good, bad and error responses with error_uri, next, return_to and the like, and "
                 "a URL for a state",
     .requires_ = "No redirect leads to that origin.",
     .mend = "Redirect to paths of your own, kept with the pending login.",
     .needs = kPage,
     .run = &no_open_redirect},
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
     .provokes = "a login; the callback's answer is read",
     .requires_ =
         "A redirect to a URL without the code; or a page that sends no Referer, and loads "
         "nothing from elsewhere.",
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
         "a login, and a call where one can be made; the answers are searched for the tokens",
     .requires_ = "No page, redirect or readable cookie holds one.",
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
