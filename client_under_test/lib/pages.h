// What the browser shows at the end of a login. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "client_under_test/lib/http.h"

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

// They keep the page, and the code in its URL, to this browser: not cached, no Referer, no
// sniffing, nothing loaded (RFC 9700 §4.2.4, §4.3.1).
[[nodiscard]] Headers page_headers();

// RFC 6749 §4.1.2: a response is a redirect, and so a GET. Scanners of links ask with HEAD.
[[nodiscard]] bool is_get(std::string_view method);

struct PageRules {
  std::function<std::string(const Page&)> render = &render_page;
  std::function<Headers()> headers = &page_headers;
  std::function<bool(std::string_view method)> ends_login = &is_get;
};

}  // namespace heygen::client
