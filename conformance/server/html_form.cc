#include "conformance/server/html_form.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "conformance/url.h"

namespace heygen::conformance {
namespace {

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

struct Tag {
  std::string name;  // lower case; "/form" for an end tag
  std::vector<std::pair<std::string, std::string>> attributes;

  [[nodiscard]] const std::string* find(std::string_view attribute) const {
    for (const auto& [name_, value] : attributes) {
      if (name_ == attribute) return &value;
    }
    return nullptr;
  }
  [[nodiscard]] std::string get(std::string_view attribute) const {
    const std::string* const value = find(attribute);
    return value == nullptr ? std::string() : *value;
  }
};

// Walks over tags, and hands out the text between them.
class Scanner {
 public:
  explicit Scanner(std::string_view html) : rest_(html) {}

  // The next tag; `text` is what stood before it.
  std::optional<Tag> next(std::string& text) {
    const std::size_t open = rest_.find('<');
    text = rest_.substr(0, open);
    if (open == std::string_view::npos) return std::nullopt;
    rest_.remove_prefix(open + 1);
    Tag tag;
    tag.name = lowered(take([](char c) { return is_space(c) || c == '>'; }));
    while (true) {
      while (!rest_.empty() && (is_space(rest_.front()) || rest_.front() == '/')) {
        rest_.remove_prefix(1);
      }
      if (rest_.empty()) return tag;
      if (rest_.front() == '>') {
        rest_.remove_prefix(1);
        return tag;
      }
      attribute(tag);
    }
  }

 private:
  template <typename Ends>
  std::string_view take(Ends ends) {
    const auto end = std::ranges::find_if(rest_, ends);
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  void attribute(Tag& tag) {
    std::string name =
        lowered(take([](char c) { return is_space(c) || c == '=' || c == '>' || c == '/'; }));
    if (name.empty()) rest_.remove_prefix(1);  // '=' where none belongs
    std::string value;
    if (rest_.starts_with('=')) {
      rest_.remove_prefix(1);
      if (rest_.starts_with('"') || rest_.starts_with('\'')) {
        const char quote = rest_.front();
        rest_.remove_prefix(1);
        value = unescape_html(take([quote](char c) { return c == quote; }));
        rest_.remove_prefix(std::min<std::size_t>(1, rest_.size()));
      } else {
        value = unescape_html(take([](char c) { return is_space(c) || c == '>'; }));
      }
    }
    tag.attributes.emplace_back(std::move(name), std::move(value));
  }

  std::string_view rest_;
};

HtmlForm::Field field_of(const Tag& tag) {
  HtmlForm::Field field;
  field.type = lowered(tag.get("type"));
  if (field.type.empty()) field.type = tag.name == "button" ? "submit" : "text";
  field.name = tag.get("name");
  field.value = tag.get("value");
  field.checked = tag.find("checked") != nullptr;
  if (field.type == "submit") field.text = field.value;
  return field;
}

std::vector<HtmlForm> all_forms(std::string_view html) {
  std::vector<HtmlForm> forms;
  Scanner scanner(html);
  std::string text;
  bool inside = false;
  bool in_button = false;
  while (const auto tag = scanner.next(text)) {
    if (in_button) forms.back().fields.back().text += text;
    if (tag->name == "form") {
      forms.push_back({tag->get("action"), lowered(tag->get("method")) == "post", {}});
      inside = true;
      in_button = false;  // one that was left open in the form before
    } else if (tag->name == "/form") {
      inside = false;
    }
    if (tag->name == "/button") in_button = false;
    if (!inside || (tag->name != "input" && tag->name != "button")) continue;
    forms.back().fields.push_back(field_of(*tag));
    in_button = tag->name == "button";
  }
  return forms;
}

bool says_no(const HtmlForm::Field& button) {
  const std::string words = lowered(button.value + " " + button.name + " " + button.text);
  return std::ranges::any_of(
      std::array{"deny", "cancel", "reject", "decline", "refuse", "disallow"},
      [&](const char* word) { return words.find(word) != std::string::npos; });
}

}  // namespace

std::optional<HtmlForm::Values> HtmlForm::filled(bool approve, const Values& given) const {
  Values values;
  bool pressed = false;
  for (const Field& field : fields) {
    if (field.type == "submit" || field.type == "image") {
      if (pressed || says_no(field) == approve) continue;
      pressed = true;
      if (!field.name.empty()) values.emplace_back(field.name, field.value);
      continue;
    }
    const bool ticked = field.type != "radio" && field.type != "checkbox";
    if (field.name.empty() || field.type == "button" || field.type == "reset") continue;
    const auto own = std::ranges::find(given, field.name, &Values::value_type::first);
    if (own != given.end()) {
      if (std::ranges::find(values, *own) == values.end()) values.push_back(*own);
    } else if (ticked || field.checked) {
      values.emplace_back(field.name, field.value);
    }
  }
  if (!pressed && !approve) return std::nullopt;
  return values;
}

std::optional<HtmlForm> find_form(std::string_view html) {
  const auto forms = all_forms(html);
  if (forms.empty()) return std::nullopt;
  const auto post = std::ranges::find(forms, true, &HtmlForm::post);
  return post == forms.end() ? forms.front() : *post;
}

std::string unescape_html(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 7> kNames{{{"&lt;", '<'},
                                                                     {"&gt;", '>'},
                                                                     {"&quot;", '"'},
                                                                     {"&#39;", '\''},
                                                                     {"&#x27;", '\''},
                                                                     {"&#34;", '"'},
                                                                     {"&amp;", '&'}}};
  std::string out;
  while (!text.empty()) {
    const auto* const name = std::ranges::find_if(
        kNames, [text](const auto& entry) { return text.starts_with(entry.first); });
    if (name == kNames.end()) {
      out += text.front();
      text.remove_prefix(1);
    } else {
      out += name->second;
      text.remove_prefix(name->first.size());
    }
  }
  return out;
}

}  // namespace heygen::conformance
