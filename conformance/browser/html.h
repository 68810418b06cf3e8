// What of a page a browser without scripts acts on: forms, links, meta refresh. Reads any text
// without failing; what is no HTML has nothing in it. Pure, O(n).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heygen::conformance {

struct HtmlLink {
  std::string href;  // as it stands, character references decoded
  std::string text;
};

struct PageForm {
  std::string action;  // "": the page's own address
  std::string method;  // "get" or "post"
  // What its first button would send.
  std::vector<std::pair<std::string, std::string>> fields;
  std::string text;        // of its buttons and labels
  bool asks_user = false;  // it has a visible field to fill in
};

struct HtmlPage {
  std::string base;                    // of <base href>; "" when there is none
  std::optional<std::string> refresh;  // the URL of <meta http-equiv=refresh>
  std::vector<HtmlLink> links;
  std::vector<PageForm> forms;
};

HtmlPage read_html(std::string_view html);

// An element's start, as a browser sees it.
struct HtmlTag {
  std::string name;                                             // in lower case; "/form" of an end
  std::vector<std::pair<std::string, std::string>> attributes;  // names in lower case; decoded
  std::string text;  // what stands in a <script>, as it is

  [[nodiscard]] const std::string* find(std::string_view attribute) const;
  [[nodiscard]] std::string get(std::string_view attribute) const;  // "" when there is none
};

// All of the page, in their order; what only looks like a tag (in comments, <textarea>, <title>,
// scripts, styles and templates) is none.
std::vector<HtmlTag> read_tags(std::string_view html);

// "&amp;", "&#x2F;" and the like, decoded; what is no reference stays.
std::string decode_references(std::string_view text);

// The URL of a refresh: "0; url=/next"; nothing when it only reloads.
std::optional<std::string> refresh_url(std::string_view content);

}  // namespace heygen::conformance
