// Parameters of the callback that were made to do harm: in pages, in headers and logs, to the
// browser's way.

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "conformance/browser/fetch.h"
#include "conformance/checks/checks.h"
#include "conformance/checks/page_text.h"
#include "conformance/checks/pages.h"
#include "conformance/expect.h"
#include "mock_server/wire/form.h"
#include "mock_server/wire/message.h"

namespace heygen::conformance {
namespace {

constexpr Capabilities kPage{Capability::callback, Capability::page};
constexpr std::string_view kCanary = "canary7f3a91";

// Text that no browser takes for a page is no danger.
bool is_page(const Landing& page) {
  const std::string_view type = header_of(page.headers, "Content-Type");
  if (type.empty()) return true;
  const bool text = type.starts_with("text/plain") || type.starts_with("application/json");
  return !text ||
         (type.starts_with("text/plain") &&
          !mock::wire::iequals(header_of(page.headers, "X-Content-Type-Options"), "nosniff"));
}

// A response to a login of the session; without a way to begin one, a response out of the blue.
CallbackUrl response_for(Trial& trial, std::string_view session) {
  if (trial.has(Capability::begin)) return trial.authorize(trial.begin(session));
  CallbackUrl url(trial.setup().redirect_uri);
  return url.set("code", "unasked-for").set("state", "unasked-for");
}

// What is wrong with an answer; "" when nothing is.
using WrongWith = std::function<std::string(const Landing&)>;

// Answers as they come, until one of them is wrong.
class Pages {
 public:
  explicit Pages(WrongWith wrong_with) : wrong_with_(std::move(wrong_with)) {}

  void look_at(const Outcome<Landing>& landed) {
    if (!landed) return;
    for (const Landing& page : all_of(*landed)) {
      if (page.status > 0) ++shown_;
      if (wrong_.empty()) wrong_ = wrong_with_(page);
    }
  }
  [[nodiscard]] bool wrong() const { return !wrong_.empty(); }
  [[nodiscard]] Verdict verdict(Trial& trial) const {
    if (wrong()) return failed(wrong_);
    require(trial, shown_ > 0, "no answer to the callback was seen");
    if (trial.has(Capability::begin) && trial.has(Capability::state)) trial.control();
    return passed();
  }

 private:
  const WrongWith wrong_with_;
  std::string wrong_;
  int shown_ = 0;
};

// Each spoiled response in a session of its own.
void show_all(Trial& trial, const std::vector<Spoil>& spoils, Pages& pages) {
  for (std::size_t i = 0; i < spoils.size() && !pages.wrong(); ++i) {
    const std::string session = "page-" + std::to_string(i + 1);
    CallbackUrl url = response_for(trial, session);
    spoils[i](url);
    pages.look_at(trial.visit("GET", url.str(), session));
  }
}

std::vector<std::string> payloads() {
  const std::string canary(kCanary);
  return {"<script>" + canary + "</script>",
          "\"><img src=x onerror=" + canary + ">",
          "</title></textarea><svg onload=" + canary + ">",
          "\" onfocus=" + canary + " autofocus x=\"",
          "' onfocus=" + canary + " autofocus x='",
          "zq onfocus=" + canary + " autofocus x=",
          "zq';" + canary + ";'",
          "zq\";" + canary + ";\""};
}

std::vector<Spoil> spoils_of(const std::string& payload) {
  return {[payload](CallbackUrl& url) {
            url.drop("code").append("error", "access_denied").append("error_description", payload);
            url.append("error_uri", "https://docs.test/" + payload);
          },
          [payload](CallbackUrl& url) { url.drop("code").append("error", payload); },
          [payload](CallbackUrl& url) { url.set("code", payload); },
          [payload](CallbackUrl& url) { url.set("state", payload); },
          // A good one.
          [payload](CallbackUrl& url) {
            url.append("scope", payload).append("session_state", payload).set("iss", payload);
          }};
}

// The token endpoint's words are no more to be trusted.
void show_descriptions(Trial& trial, Pages& pages) {
  if (!trial.has(Capability::begin)) return;
  int sessions = 0;
  for (const std::string& payload : payloads()) {
    if (pages.wrong()) return;
    const std::string session = "described-" + std::to_string(++sessions);
    const CallbackUrl url = trial.authorize(trial.begin(session));
    trial.arm(Fault::at(Endpoint::token).error("invalid_grant", payload).first(10));
    pages.look_at(trial.visit("GET", url.str(), session));
    trial.disarm();
  }
}

Verdict no_xss(Trial& trial) {
  std::vector<Spoil> spoils;
  for (const std::string& payload : payloads()) {
    for (Spoil& spoil : spoils_of(payload)) spoils.push_back(std::move(spoil));
  }
  const std::string script = "javascript:" + std::string(kCanary);
  for (const std::string_view start : {"javascript:", " JaVaScRiPt:", "java\tscript:"}) {
    const std::string uri = std::string(start) + std::string(kCanary);
    spoils.push_back([uri](CallbackUrl& url) {
      url.drop("code").append("error", "access_denied").append("error_uri", uri);
    });
  }
  Pages pages([&](const Landing& page) -> std::string {
    if (!is_page(page)) return "";
    if (has_live_markup(page.body, kCanary)) return "a parameter stands in the page unescaped";
    return has_attribute_value(page.body, script) ? "error_uri became a link that runs a script"
                                                  : "";
  });
  show_all(trial, spoils, pages);
  show_descriptions(trial, pages);
  return pages.verdict(trial);
}

bool has_line(std::string_view text, std::string_view start) {
  return text.starts_with(start) || text.find("\n" + std::string(start)) != std::string_view::npos;
}

// The adapter's own lines must stay whole as well: a line that is no answer fails the check.
Verdict no_header_injection(Trial& trial) {
  trial.control();
  const std::vector<std::string> broken{
      "error=access_denied&error_description=x%0D%0AX-Canary:%201", "error=x%0AX-Canary:%201",
      "error=access_denied&error_uri=x%0DX-Canary:%201", "state=x%0AX-Canary:%201&code=x",
      "code=x%0AX-Canary:%201"};
  for (std::size_t i = 0; i < broken.size(); ++i) {
    const std::string session = "broken-" + std::to_string(i + 1);
    CallbackUrl url = trial.authorize(trial.begin(session));
    url.drop("code");
    if (broken[i].starts_with("state")) url.drop("state");
    url.append_raw(broken[i]);
    if (!trial.has(Capability::page)) {
      (void)trial.callback(url, session);
      continue;
    }
    const auto landed = trial.visit("GET", url.str(), session);
    if (!landed) continue;
    for (const Landing& page : all_of(*landed)) {
      if (!header_of(page.headers, "X-Canary").empty()) {
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

// Where a browser goes by this Location, as far as a slash is a slash to it.
std::string as_browsers_read(std::string_view location) {
  std::string url(location);
  std::erase_if(url, [](char c) { return c == '\t' || c == ' '; });
  std::ranges::replace(url, '\\', '/');
  return url;
}

constexpr std::array<std::string_view, 10> kWhereTo{
    "next",     "redirect", "redirect_to", "return_to", "returnTo",
    "continue", "url",      "target",      "error_uri", "redirect_uri"};

std::vector<Spoil> lures_to(const std::string& target) {
  const auto lure = [target](CallbackUrl& url) {
    for (const std::string_view name : kWhereTo) url.append(name, target);
  };
  return {lure,
          [lure](CallbackUrl& url) {
            url.drop("code").append("error", "access_denied");
            lure(url);
          },
          [target](CallbackUrl& url) { url.set("state", target); }};
}

// The link to the start names the trap, and the login ends well.
void show_end_of_lured_login(Trial& trial, const std::string& target, const std::string& session,
                             Pages& pages) {
  if (!trial.has(Capability::begin)) return;
  std::string text;
  for (const std::string_view name : kWhereTo) {
    if (name != "redirect_uri")
      text += (text.empty() ? "" : "&") + std::string(name) + "=" + mock::wire::form_encode(target);
  }
  if (const auto begun = trial.begin_with({text}, session)) {
    pages.look_at(trial.visit("GET", trial.authorize(*begun).str(), session));
  }
}

Verdict no_open_redirect(Trial& trial) {
  const std::string evil = trial.evil().url();
  const std::string host = evil.substr(evil.find("//"));
  Pages pages([&](const Landing& page) -> std::string {
    const std::string location = as_browsers_read(header_of(page.headers, "Location"));
    const bool leads_there = location.starts_with(evil) || location.starts_with(host);
    return leads_there
               ? "the browser is sent to a URL that the response, or the link to the start, "
                 "named"
               : "";
  });
  std::vector<Spoil> spoils;
  int starts = 0;
  for (const std::string& target :
       {evil + "/trap", host + "/trap", "/\\" + host.substr(2) + "/trap"}) {
    for (Spoil& spoil : lures_to(target)) spoils.push_back(std::move(spoil));
    show_end_of_lured_login(trial, target, "lured-" + std::to_string(++starts), pages);
  }
  show_all(trial, spoils, pages);
  const Verdict verdict = pages.verdict(trial);
  if (verdict.result != Result::pass || trial.evil().seen().empty()) return verdict;
  return failed("no request to the origin that the response named", "one");
}

constexpr Check kCallbackHostileChecks[] = {
    {.id = "callback.error.no-xss",
     .title = "No parameter of the callback comes to life in a page",
     .clause = "RFC 6749 §4.1.2.1, §10.14; CWE-79",
     .source = Source::judgement,
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "tags, attributes, scripts' strings and javascript: in error, error_description, "
                 "error_uri, code and state, in scope, session_state and iss of a good response, "
                 "and in the token endpoint's error_description",
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
     .provokes = "line ends in error, error_description, error_uri, state and code",
     .requires_ = "No header and no line of the log is of the response's making.",
     .mend = "Replace control characters before anything is logged or sent.",
     .needs = {Capability::begin, Capability::callback, Capability::state},
     .run = &no_header_injection},
    {.id = "callback.error.no-open-redirect",
     .title = "The callback sends the browser nowhere that its parameters name",
     .clause = "RFC 9700 §4.11.1",
     .level = Level::must,
     .phase = Phase::callback,
     .provokes = "good, bad and error responses with error_uri, next, return_to and the like, a "
                 "URL for a state, and a link to the start with next; with the scheme, as "
                 "//host and as /\\host",
     .requires_ = "No redirect leads to that origin.",
     .mend = "Redirect to paths of your own, kept with the pending login.",
     .needs = kPage,
     .run = &no_open_redirect},
};

}  // namespace

std::span<const Check> callback_hostile_checks() { return kCallbackHostileChecks; }

}  // namespace heygen::conformance
