// What the browser shows at the end of a login. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace heygen::client {

struct Page {
  bool success = false;
  std::string heading;
  std::string detail;  // may hold text from the callback: untrusted
};

[[nodiscard]] std::string html_escape(std::string_view text);
// A whole page of its own: it loads nothing and links nowhere, so that the code in its URL reaches
// no third party (RFC 9700 §4.2.4).
[[nodiscard]] std::string render_page(const Page& page);

struct PageRules {
  std::function<std::string(const Page&)> render = &render_page;
};

}  // namespace heygen::client
