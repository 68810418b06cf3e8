// The consent page's form, as far as a plain page has one: no script is run.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heygen::conformance {

struct HtmlForm {
  struct Field {
    std::string type;  // "hidden", "radio", "submit", …; lower case
    std::string name;
    std::string value;
    std::string text;  // of a button
    bool checked = false;
  };
  std::string action;  // as written; "": the page's own address
  bool post = false;
  std::vector<Field> fields;

  using Values = std::vector<std::pair<std::string, std::string>>;
  // What a browser sends when the user approves, or denies: `given` in place of what stands there.
  // Nothing when it has no button for that.
  [[nodiscard]] std::optional<Values> filled(bool approve, const Values& given) const;
};

// The first form that is sent by POST, or else the first.
std::optional<HtmlForm> find_form(std::string_view html);

// "&lt;", "&amp;", "&#39;", … as characters; others as they stand.
std::string unescape_html(std::string_view text);

}  // namespace heygen::conformance
