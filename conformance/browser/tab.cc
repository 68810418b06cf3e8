#include "conformance/browser/tab.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "conformance/browser/tab_page.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A script may begin something after the last answer: a page is done when it has been quiet for
// that long, and has then shown that it has nothing to run.
constexpr milliseconds kQuiet{60};
constexpr std::chrono::seconds kSetUp{10};  // of a page that has nothing in it yet

std::string without_fragment(const std::string& url) { return url.substr(0, url.find('#')); }

}  // namespace

Tab::Tab(DevTools& browser, const std::string& context, const BrowserOptions& options,
         const std::stop_token& stop)
    : browser_(browser), options_(options) {
  const json made =
      browser_.ask("Target.createTarget",
                   {{"url", "about:blank"}, {"browserContextId", context}, {"hidden", true}}, stop);
  target_ = made.at("targetId").get<std::string>();
  const json attached =
      browser_.ask("Target.attachToTarget", {{"targetId", target_}, {"flatten", true}}, stop);
  session_id_ = attached.at("sessionId").get<std::string>();
  session_ = browser_.open(session_id_);
  // Each is answered before anything is loaded: what a page did before would go unseen.
  now_.deadline = steady_clock::now() + kSetUp;
  now_.stop = stop;
  call("Page.enable", json::object());
  call("Network.enable", json::object());
  call("Network.setCacheDisabled", {{"cacheDisabled", true}});
  // Chromium has a trust store of its own; the app's certificate was held against --ca before.
  call("Security.setIgnoreCertificateErrors", {{"ignore", true}});
  json patterns = json::array({{{"urlPattern", "*"}, {"requestStage", "Request"}}});
  for (const char* type : {"Document", "XHR", "Fetch"}) {
    patterns.push_back({{"urlPattern", "*"}, {"requestStage", "Response"}, {"resourceType", type}});
  }
  call("Fetch.enable", {{"patterns", patterns}});
}

Tab::~Tab() {
  browser_.close(session_id_);
  try {
    browser_.send("", "Target.closeTarget", {{"targetId", target_}});
  } catch (const BrowserGone&) {  // and the tab with it
  }
}

void Tab::begin(Deadline deadline, const std::stop_token& stop) {
  now_ = {};
  now_.deadline = deadline;
  now_.stop = stop;
  now_.busy = steady_clock::now();
  // What came since the last visit.
  while (const Message message = next(now_.busy)) take(*message);
  now_.visit = {};
  now_.failure.reset();
}

void Tab::navigate(const std::string& url) {
  now_.navigation = browser_.send(session_id_, "Page.navigate", {{"url", url}});
}

Outcome<Visit> Tab::visit(const FetchRequest& request, Deadline deadline,
                          const std::stop_token& stop) {
  begin(deadline, stop);
  if (without_fragment(request.url) == without_fragment(url_)) {
    // Another fragment alone would load nothing.
    navigate("about:blank");
    if (!wait_until_quiet()) return end(now_.failure ? *now_.failure : too_late());
  }
  now_.own = request;
  navigate(request.url);
  return end(settle());
}

Outcome<std::optional<Visit>> Tab::press(const Wanted& wanted, std::set<std::string>& pressed,
                                         Deadline deadline, const std::stop_token& stop) {
  begin(deadline, stop);
  const auto found = json::parse(evaluate(list_script()).value("value", "[]"), nullptr, false);
  for (std::size_t i = 0; found.is_array() && i < found.size(); ++i) {
    const json& one = found[i];
    const Pressable thing{one.value("text", ""), one.value("address", ""), one.value("form", false),
                          one.value("asks", false)};
    if (!wanted(thing) || !pressed.insert(thing.text + " " + thing.address).second) continue;
    evaluate(press_script(i));
    now_.busy = steady_clock::now();
    auto visit = end(settle());
    if (!visit) return visit.failure();
    return std::optional<Visit>(std::move(visit).value());
  }
  return std::optional<Visit>();
}

Outcome<Visit> Tab::end(Outcome<Visit> outcome) {
  broken_ = broken_ || !outcome;
  return outcome;
}

bool Tab::quiet() const { return !now_.navigation && !now_.own && !loading_ && in_flight_.empty(); }

Outcome<Visit> Tab::settle() {
  while (wait_until_quiet()) {
    if (now_.scheduled) {  // nobody waits for a meta refresh
      const std::string to = *std::exchange(now_.scheduled, std::nullopt);
      if (without_fragment(to) != without_fragment(url_)) {
        navigate(to);
        continue;
      }
    }
    look();
    if (!now_.visit.pages.empty()) return std::move(now_.visit);
    return Failure{Failure::Origin::protocol, "no-http", "the browser was shown nothing"};
  }
  if (now_.failure) return *now_.failure;
  if (!now_.visit.left_to) return too_late();
  // Something was pressed, and the page stayed as it was.
  if (now_.visit.pages.empty()) now_.visit.pages.push_back({url_, {status_, {}, ""}});
  return std::move(now_.visit);
}

// Quiet, and ready to go on: false when the visit is at its end.
bool Tab::wait_until_quiet() {
  bool asked = false;
  while (!now_.failure && !now_.visit.left_to) {
    const bool still = quiet();
    const auto until = still ? std::min(now_.busy + kQuiet, now_.deadline) : now_.deadline;
    if (const Message message = next(until)) {
      take(*message);
      now_.busy = steady_clock::now();
      asked = false;
    } else if (now_.stop.stop_requested() || steady_clock::now() >= now_.deadline) {
      return false;
    } else if (asked) {
      return true;
    } else {
      asked = true;
      evaluate("new Promise(done => setTimeout(done, 0))");
      now_.busy = steady_clock::now() - kQuiet;  // only what it has said since counts
    }
  }
  return false;
}

// The app, the page's script, or the browser as a whole?
Outcome<Visit> Tab::too_late() {
  if (now_.stop.stop_requested()) {
    return Failure{Failure::Origin::gone, "stopped", "it was stopped"};
  }
  if (!browser_.answers()) throw BrowserGone("chromium hung, and was ended");
  const std::string who = origin_of(url_).empty() ? "the app" : origin_of(url_);
  return Failure{Failure::Origin::timeout, "timeout", who + " did not answer in time"};
}

void Tab::look() {
  const json seen = json::parse(evaluate(kLookAtPage).value("value", "{}"), nullptr, false);
  if (!seen.is_object()) return;
  now_.visit.kept = seen.value("kept", "");
  std::string html = seen.value("html", "");
  if (html.empty()) return;
  html.resize(std::min(html.size(), options_.limits.body));
  now_.visit.pages.push_back(
      {seen.value("url", url_), {status_, {{"Content-Type", "text/html"}}, std::move(html)}});
}

void Tab::send(std::string_view method, const json& params) {
  browser_.send(session_id_, method, params);
}

json Tab::call(std::string_view method, const json& params) {
  const int id = browser_.send(session_id_, method, params);
  while (const Message message = session_->next(now_.deadline, now_.stop)) {
    if (message->value("id", 0) == id) return message->value("result", json());
    kept_.push_back(message);
    // A dialogue stops the script that is waited for.
    if (message->value("method", "") == "Page.javascriptDialogOpening") {
      send("Page.handleJavaScriptDialog", {{"accept", true}});
    }
    if (message->value("method", "") == "Inspector.targetCrashed") break;
  }
  return {};
}

json Tab::evaluate(const std::string& expression) {
  const json answer = call("Runtime.evaluate", {{"expression", expression},
                                                {"awaitPromise", true},
                                                {"returnByValue", true},
                                                {"userGesture", true}});
  return answer.is_object() ? answer.value("result", json::object()) : json::object();
}

Tab::Message Tab::next(Deadline until) {
  if (kept_.empty()) return session_->next(until, now_.stop);
  Message first = std::move(kept_.front());
  kept_.pop_front();
  return first;
}

}  // namespace heygen::conformance
