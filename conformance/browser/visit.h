// What a browser came by on its way through pages.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  // Never empty; in their order. With scripts the last is the page as they made it.
  std::vector<Answered> pages;
  std::optional<std::string> left_to;  // the address that was not followed any more
  // With scripts:
  std::vector<Answered> loaded;  // what they fetched of the app
  std::string kept;              // what they can read afterwards: address, cookies, storage
  int tab = 0;                   // of the browser

  [[nodiscard]] const Answered& first() const { return pages.front(); }
  [[nodiscard]] const Answered& last() const { return pages.back(); }
};

// The request that sends this form of this page; nothing when its action is no URL.
std::optional<FetchRequest> submission(const Answered& page, const PageForm& form);

}  // namespace heygen::conformance
