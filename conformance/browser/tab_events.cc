// What a page of Chromium tells, and how its requests are answered.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "conformance/browser/tab.h"
#include "conformance/browser/tab_page.h"
#include "conformance/url.h"
#include "mock_server/core/crypto.h"

namespace heygen::conformance {
namespace {

using nlohmann::json;

constexpr std::size_t kMostLoaded = 64;  // answers that are kept, of what scripts fetch

Failure in_circles(std::size_t pages) {
  return {Failure::Origin::protocol, "redirect-loop",
          "it redirects in circles: " + std::to_string(pages) + " pages and no end"};
}

// What a page holds open for as long as it is there is nothing to wait for.
bool is_waited_for(const std::string& type) {
  return type != "EventSource" && type != "WebSocket" && type != "Ping" && type != "Preflight" &&
         type != "Other";
}

std::span<const unsigned char> bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

// Its body has no end, and is not to be waited for.
bool is_stream(const Fetched& answer) {
  return header_of(answer.headers, "Content-Type").starts_with("text/event-stream");
}

}  // namespace

void Tab::take(const json& message) {
  if (now_.navigation && message.value("id", 0) == *now_.navigation) {
    now_.navigation.reset();
    // Where nothing is loaded (a fragment, about:blank) no request is there to be altered.
    const json result = message.value("result", json::object());
    if (!result.contains("loaderId") || result.contains("errorText")) now_.own.reset();
    return;
  }
  const std::string method = message.value("method", "");
  const json params = message.value("params", json::object());
  const bool main = params.value("frameId", target_) == target_;
  if (method == "Fetch.requestPaused") {
    on_paused(params);
  } else if (method == "Network.requestWillBeSent") {
    const std::string id = params.value("requestId", "");
    if (params.value("type", "") == "Document" && main) now_.documents.insert(id);
    const bool waited_for = is_waited_for(params.value("type", "")) && !now_.answered.contains(id);
    if (waited_for) in_flight_.insert(id);
  } else if (method == "Network.responseReceivedExtraInfo") {
    heads_[params.value("requestId", "")] = header_fields(params.value("headers", json::object()));
  } else if (method == "Network.loadingFinished") {
    in_flight_.erase(params.value("requestId", ""));
  } else if (method == "Network.loadingFailed") {
    on_loading_failed(params);
  } else if (method == "Page.frameStartedLoading" && main) {
    loading_ = true;
  } else if (method == "Page.frameStoppedLoading" && main) {
    loading_ = false;
  } else if (method == "Page.frameScheduledNavigation" && main) {
    now_.scheduled = params.value("url", "");
  } else if (method == "Page.frameClearedScheduledNavigation" && main) {
    now_.scheduled.reset();
  } else if (method == "Page.frameNavigated") {
    const json frame = params.value("frame", json::object());
    if (frame.value("id", "") != target_) return;
    url_ = frame.value("url", "");
    in_flight_.clear();  // of the page before
    now_.scheduled.reset();
  } else if (method == "Page.navigatedWithinDocument" && main) {
    url_ = params.value("url", url_);
  } else if (method == "Page.javascriptDialogOpening") {
    send("Page.handleJavaScriptDialog", {{"accept", true}});
  } else if (method == "Inspector.targetCrashed" || method == "Inspector.detached") {
    now_.failure =
        Failure{Failure::Origin::gone, "crashed", "its page made the browser's tab crash"};
  }
}

void Tab::on_loading_failed(const json& params) {
  const std::string id = params.value("requestId", "");
  in_flight_.erase(id);
  if (!now_.documents.contains(id) || now_.failure) return;
  now_.failure = failure_of(params.value("errorText", ""), origin_of(url_));
}

void Tab::on_paused(const json& params) {
  const bool document =
      params.value("resourceType", "") == "Document" && params.value("frameId", "") == target_;
  if (params.contains("responseStatusCode")) {
    on_answer(params, document);
  } else if (params.contains("responseErrorReason")) {
    send("Fetch.continueRequest", {{"requestId", params.at("requestId")}});
  } else {
    on_request(params, document);
  }
}

void Tab::on_request(const json& params, bool document) {
  const json request = params.value("request", json::object());
  const std::string url = request.value("url", "") + request.value("urlFragment", "");
  json go{{"requestId", params.at("requestId")}};
  const auto refuse = [&](const char* reason) {
    go["errorReason"] = reason;
    send("Fetch.failRequest", go);
  };
  if (document && now_.own) {
    const FetchRequest own = *std::exchange(now_.own, std::nullopt);
    if (own.method != "GET") go["method"] = own.method;
    if (own.body) go["postData"] = mock::base64_padded(bytes_of(*own.body));
    if (!own.headers.empty()) {
      json fields = json::array();
      const json usual = request.value("headers", json::object());
      for (const auto& [name, value] : usual.items()) {
        fields.push_back({{"name", name}, {"value", value}});
      }
      for (const auto& [name, value] : own.headers) {
        fields.push_back({{"name", name}, {"value", value}});
      }
      go["headers"] = std::move(fields);
    }
    return send("Fetch.continueRequest", go);
  }
  const bool web = url.starts_with("http:") || url.starts_with("https:");
  if (!document) {
    const bool may =
        !web || options_.may_follow(url) || (options_.may_load && options_.may_load(url));
    // Nobody looks at an icon.
    if (!may || url.ends_with("/favicon.ico")) return refuse("BlockedByClient");
    return send("Fetch.continueRequest", go);
  }
  if (web && !options_.may_follow(url)) {
    if (!now_.visit.left_to) now_.visit.left_to = url;
    return refuse("Aborted");  // the page stays as it is
  }
  if (now_.visit.pages.size() >= options_.most_pages) {
    if (!now_.failure) now_.failure = in_circles(now_.visit.pages.size());
    return refuse("Aborted");
  }
  send("Fetch.continueRequest", go);
}

void Tab::on_answer(const json& params, bool document) {
  const json request = params.value("request", json::object());
  const std::string url = request.value("url", "") + request.value("urlFragment", "");
  Answered answered{url, {params.value("responseStatusCode", 0), {}, ""}};
  Fetched& answer = answered.answer;
  const auto head = heads_.find(params.value("networkId", ""));
  if (head != heads_.end()) {
    answer.headers = std::move(head->second);
    heads_.erase(head);
  } else {
    for (const json& field : params.value("responseHeaders", json::array())) {
      answer.headers.emplace_back(field.value("name", ""), field.value("value", ""));
    }
  }
  const bool redirect = answer.status >= 300 && answer.status < 400;
  if (!redirect && !is_stream(answer) && request.value("method", "") != "HEAD") {
    const json body = call("Fetch.getResponseBody", {{"requestId", params.at("requestId")}});
    if (body.is_object()) answer.body = body_of(body);
    if (answer.body.size() > options_.limits.body && !now_.failure) {
      now_.failure = Failure{Failure::Origin::protocol, "endless",
                             "the answer of " + origin_of(url) + " has no end"};
    }
  }
  send("Fetch.continueRequest", {{"requestId", params.at("requestId")}});
  // Chromium calls what a script fetches loaded when the script has read it, and it need not.
  if (!document && !redirect) {
    const std::string id = params.value("networkId", "");
    now_.answered.insert(id);
    in_flight_.erase(id);
  }
  if (document) {
    status_ = answer.status;
    now_.visit.pages.push_back(std::move(answered));
  } else if (options_.may_follow(url) && now_.visit.loaded.size() < kMostLoaded) {
    now_.visit.loaded.push_back(std::move(answered));  // of the app, not of the vendor
  }
}

}  // namespace heygen::conformance
