#include "mock_server/routes/template.h"

#include <stdexcept>

namespace heygen::mock {
namespace {

// The views from the innermost outwards.
struct Scope {
  const View& view;
  const Scope* outer = nullptr;

  [[nodiscard]] const std::string& text(std::string_view name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer) {
      const auto it = scope->view.texts.find(name);
      if (it != scope->view.texts.end()) return it->second;
    }
    throw std::logic_error("a page names the unknown value " + std::string{name});
  }
  [[nodiscard]] const std::vector<View>* list(std::string_view name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer) {
      const auto it = scope->view.lists.find(name);
      if (it != scope->view.lists.end()) return &it->second;
    }
    return nullptr;
  }
};

// Takes what stands before `mark` off the text, and the mark.
std::string_view take_until(std::string_view& text, std::string_view mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) throw std::logic_error("a page lacks " + std::string{mark});
  const auto taken = text.substr(0, at);
  text.remove_prefix(at + mark.size());
  return taken;
}

void render_into(std::string& out, std::string_view text, const Scope& scope) {
  while (true) {
    const auto open = text.find("{{");
    out.append(text.substr(0, open));
    if (open == std::string_view::npos) return;
    text.remove_prefix(open + 2);
    if (text.starts_with('{')) {
      text.remove_prefix(1);
      out.append(scope.text(take_until(text, "}}}")));
      continue;
    }
    const auto tag = take_until(text, "}}");
    if (!tag.starts_with('#') && !tag.starts_with('^')) {
      out.append(html_escape(scope.text(tag)));
      continue;
    }
    const auto name = tag.substr(1);
    const auto inner = take_until(text, "{{/" + std::string{name} + "}}");
    const std::vector<View>* const items = scope.list(name);
    const bool empty = items == nullptr || items->empty();
    if (tag.front() == '^') {
      if (empty) render_into(out, inner, scope);
    } else if (!empty) {
      for (const View& item : *items) render_into(out, inner, Scope{item, &scope});
    }
  }
}

}  // namespace

std::vector<View> View::maybe(std::string text) {
  if (text.empty()) return {};
  View view;
  view.texts.emplace("text", std::move(text));
  return {std::move(view)};
}

std::string html_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string render(std::string_view text, const View& view) {
  std::string out;
  out.reserve(text.size() * 2);
  render_into(out, text, Scope{view});
  return out;
}

}  // namespace heygen::mock
