// HTML from a template and values. A value is escaped, always; what is raw is named so.
//
//   {{name}}             the value, escaped
//   {{{name}}}           the value as it is: for what the program itself wrote
//   {{#name}}…{{/name}}  once for each item of a list; the item's values come before the outer ones
//   {{^name}}…{{/name}}  when the list is empty or unknown
//
// A list of one empty item is a condition that holds.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace heygen::mock {

struct View {
  std::map<std::string, std::string, std::less<>> texts;
  std::map<std::string, std::vector<View>, std::less<>> lists;

  static std::vector<View> when(bool holds) { return std::vector<View>(holds ? 1 : 0); }
  // A list of one item with the value "text"; empty for "".
  static std::vector<View> maybe(std::string text);
};

// &, <, >, " and ' as character references: safe in text and in quoted attributes.
std::string html_escape(std::string_view text);

// Throws std::logic_error for a template that names an unknown value or does not close a section.
std::string render(std::string_view text, const View& view);

}  // namespace heygen::mock
