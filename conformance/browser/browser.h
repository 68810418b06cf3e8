// One user's browser, without scripts: it keeps cookies, follows redirects and meta refreshes by
// hand, and stops where it is told to, so that the caller sees every address on the way.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/browser/cookie_jar.h"
#include "conformance/browser/fetch.h"
#include "conformance/browser/html.h"

namespace heygen::conformance {

// The reference made absolute; nothing when it is no http or https URL.
std::optional<std::string> resolve(std::string_view base, std::string_view reference);

// An answer, and the address it came from.
struct Answered {
  std::string url;
  Fetched answer;

  [[nodiscard]] bool is_html() const;
  // Where it sends the browser by itself: Location of a 3xx, Refresh, or a meta refresh.
  [[nodiscard]] std::optional<std::string> onward() const;
};

// A way through pages.
struct Visit {
  std::vector<Answered> pages;         // never empty; in their order
  std::optional<std::string> left_to;  // the address that was not followed any more

  [[nodiscard]] const Answered& first() const { return pages.front(); }
  [[nodiscard]] const Answered& last() const { return pages.back(); }
};

struct BrowserOptions {
  FetchLimits limits;
  // May the browser go there by itself? Where it may not, the visit ends with `left_to`.
  std::function<bool(const std::string& url)> may_follow;
  std::size_t most_pages = 20;
};

// Thread-safe: several visits may be under way.
class Browser {
 public:
  explicit Browser(BrowserOptions options) : options_(std::move(options)) {}

  // Fails with the first request that brings no answer, or when pages lead to one another for ever.
  Outcome<Visit> visit(FetchRequest request, std::chrono::steady_clock::time_point deadline,
                       const std::stop_token& stop) const;

  // The request that sends this form of this page; nothing when its action is no URL.
  static std::optional<FetchRequest> submission(const Answered& page, const PageForm& form);

 private:
  const BrowserOptions options_;
  CookieJar jar_;
};

}  // namespace heygen::conformance
