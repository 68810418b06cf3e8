#include "conformance/browser/plain_browser.h"

#include <utility>

#include "conformance/browser/html.h"

namespace heygen::conformance {
namespace {

// RFC 9110 §15.4, as browsers do it: 307 and 308 keep method and body, the others become GET.
FetchRequest redirected(const FetchRequest& request, int status, std::string url) {
  FetchRequest next{"GET", std::move(url)};
  if (status == 307 || status == 308) {
    next.method = request.method;
    next.body = request.body;
    next.headers = request.headers;
  } else if (request.method == "HEAD") {
    next.method = "HEAD";
  }
  return next;
}

std::string base_of(const Answered& page, const HtmlPage& html) {
  return html.base.empty() ? page.url : resolve(page.url, html.base).value_or(page.url);
}

// What the page has to press that is wanted, as the request that it sends; each once.
std::optional<FetchRequest> wanted_on(const Answered& page, const Wanted& wanted,
                                      std::set<std::string>& pressed) {
  if (!page.is_html()) return std::nullopt;
  const HtmlPage html = read_html(page.answer.body);
  const auto fresh = [&pressed](const FetchRequest& request) {
    return pressed.insert(request.method + " " + request.url).second;
  };
  for (const PageForm& form : html.forms) {
    if (!wanted({form.text, form.action, true, form.asks_user})) continue;
    auto request = submission(page, form);
    if (request && fresh(*request)) return request;
  }
  for (const HtmlLink& link : html.links) {
    const auto url = resolve(base_of(page, html), link.href);
    if (!url || !wanted({link.text, *url})) continue;
    FetchRequest request{"GET", *url};
    if (fresh(request)) return request;
  }
  return std::nullopt;
}

}  // namespace

Outcome<Visit> PlainBrowser::visit(FetchRequest request, Deadline deadline,
                                   const std::stop_token& stop) {
  Visit visit;
  while (visit.pages.size() < options_.most_pages) {
    auto answer = fetch(request, jar_, options_.limits, deadline, stop);
    if (!answer) return answer.failure();
    visit.pages.push_back({request.url, std::move(answer).value()});
    auto next = visit.last().onward();
    if (!next) return visit;
    if (!options_.may_follow(*next)) {
      visit.left_to = std::move(next);
      return visit;
    }
    request = redirected(request, visit.last().answer.status, *std::move(next));
  }
  return Failure{
      Failure::Origin::protocol, "redirect-loop",
      "it redirects in circles: " + std::to_string(visit.pages.size()) + " pages and no end"};
}

Outcome<std::optional<Visit>> PlainBrowser::press(const Visit& at, const Wanted& wanted,
                                                  std::set<std::string>& pressed, Deadline deadline,
                                                  const std::stop_token& stop) {
  auto request = wanted_on(at.last(), wanted, pressed);
  if (!request) return std::optional<Visit>();
  auto reached = visit(*std::move(request), deadline, stop);
  if (!reached) return reached.failure();
  return std::optional<Visit>(std::move(reached).value());
}

Outcome<std::unique_ptr<Browser>> PlainBrowser::with_same_cookies(const std::stop_token& /*stop*/) {
  auto twin = std::make_unique<PlainBrowser>(options_);
  twin->jar_.add_all_of(jar_);
  return std::unique_ptr<Browser>(std::move(twin));
}

}  // namespace heygen::conformance
