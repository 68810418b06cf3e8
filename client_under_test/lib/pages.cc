#include "client_under_test/lib/pages.h"

namespace heygen::client {

std::string html_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out.append("&amp;");
        break;
      case '<':
        out.append("&lt;");
        break;
      case '>':
        out.append("&gt;");
        break;
      case '"':
        out.append("&quot;");
        break;
      case '\'':
        out.append("&#39;");
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

std::string render_page(const Page& page) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>";
  html.append(html_escape(page.heading))
      .append("</title></head>\n<body><main><h1>")
      .append(html_escape(page.heading))
      .append("</h1>\n<p>")
      .append(html_escape(page.detail))
      .append("</p></main></body></html>\n");
  return html;
}

bool is_get(std::string_view method) { return method == "GET"; }

Headers page_headers() {
  return {{"Content-Type", "text/html; charset=utf-8"},
          {"Cache-Control", "no-store"},
          {"Referrer-Policy", "no-referrer"},
          {"X-Content-Type-Options", "nosniff"},
          {"X-Frame-Options", "DENY"},
          {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"}};
}

}  // namespace heygen::client
