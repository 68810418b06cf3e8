#include "conformance/browser/html.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "mock_server/wire/message.h"

namespace heygen::conformance {
namespace {

using mock::wire::iequals;

constexpr std::string_view kSpaces = " \t\r\n\f";

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

void append_utf8(std::string& out, std::uint32_t point) {
  const auto byte = [&out](std::uint32_t value) { out.push_back(static_cast<char>(value)); };
  if (point < 0x80U) {
    byte(point);
  } else if (point < 0x800U) {
    byte(0xC0U | point >> 6U);
    byte(0x80U | (point & 0x3FU));
  } else if (point < 0x10000U) {
    byte(0xE0U | point >> 12U);
    byte(0x80U | (point >> 6U & 0x3FU));
    byte(0x80U | (point & 0x3FU));
  } else if (point < 0x110000U) {
    byte(0xF0U | point >> 18U);
    byte(0x80U | (point >> 12U & 0x3FU));
    byte(0x80U | (point >> 6U & 0x3FU));
    byte(0x80U | (point & 0x3FU));
  }
}

// What stands between '&' and ';'; false when that is no reference.
bool append_reference(std::string& out, std::string_view name) {
  using Named = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Named, 8> kNamed{{{"amp", "&"},
                                         {"lt", "<"},
                                         {"gt", ">"},
                                         {"quot", "\""},
                                         {"apos", "'"},
                                         {"nbsp", " "},
                                         {"equals", "="},
                                         {"sol", "/"}}};
  if (!name.starts_with('#')) {
    const auto found = std::ranges::find(kNamed, name, &Named::first);
    if (found == kNamed.end()) return false;
    out += found->second;
    return true;
  }
  name.remove_prefix(1);
  const bool hex = name.starts_with('x') || name.starts_with('X');
  if (hex) name.remove_prefix(1);
  std::uint32_t point = 0;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), point, hex ? 16 : 10);
  if (error != std::errc{} || end != name.data() + name.size()) return false;
  append_utf8(out, point);
  return true;
}

using Tag = HtmlTag;

class Reader {
 public:
  explicit Reader(std::string_view html) : rest_(html) {}

  HtmlPage page() {
    while (const auto tag = next()) take(*tag);
    return std::move(page_);
  }

  std::vector<Tag> tags() {
    std::vector<Tag> all;
    while (auto tag = next()) {
      const bool script = tag->name == "script";
      if (script || tag->name == "style" || tag->name == "template" || tag->name == "textarea" ||
          tag->name == "title") {
        const std::string_view raw = until_end_of(tag->name);
        if (script) tag->text = raw;
      }
      all.push_back(*std::move(tag));
    }
    return all;
  }

 private:
  // Takes what stands before it as text.
  std::optional<Tag> next() {
    while (!rest_.empty()) {
      const std::size_t open = std::min(rest_.find('<'), rest_.size());
      text(rest_.substr(0, open));
      rest_.remove_prefix(open);
      if (rest_.starts_with("<!--")) {
        skip_past("-->");
      } else if (is_tag()) {
        rest_.remove_prefix(1);
        return read_tag();
      } else if (!rest_.empty()) {
        rest_.remove_prefix(1);
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_tag() const {
    return rest_.size() > 1 && (is_letter(rest_[1]) || rest_[1] == '/');
  }

  void skip_past(std::string_view end) {
    const std::size_t found = rest_.find(end);
    rest_.remove_prefix(found == std::string_view::npos ? rest_.size() : found + end.size());
  }

  // What an element holds that no tag but its own end ends.
  std::string_view until_end_of(std::string_view name) {
    std::size_t end = rest_.find("</");
    while (end != std::string_view::npos && !iequals(rest_.substr(end + 2, name.size()), name)) {
      end = rest_.find("</", end + 2);
    }
    const std::string_view held = rest_.substr(0, end);
    rest_.remove_prefix(held.size());
    return held;
  }

  void skip_spaces() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpaces), rest_.size()));
  }

  std::string_view until(std::string_view any) {
    const std::size_t end = std::min(rest_.find_first_of(any), rest_.size());
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return taken;
  }

  Tag read_tag() {
    Tag tag;
    if (rest_.starts_with('/')) {
      tag.name = "/";
      rest_.remove_prefix(1);
    }
    std::ranges::transform(until(" \t\r\n\f>/"), std::back_inserter(tag.name), lower);
    while (true) {
      rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n\f/"), rest_.size()));
      if (rest_.empty()) return tag;
      if (rest_.front() == '>') {
        rest_.remove_prefix(1);
        return tag;
      }
      read_attribute(tag);
    }
  }

  void read_attribute(Tag& tag) {
    std::string name;
    if (rest_.front() == '=') rest_.remove_prefix(1);  // a stray one
    std::ranges::transform(until(" \t\r\n\f>/="), std::back_inserter(name), lower);
    skip_spaces();
    std::string value;
    if (rest_.starts_with('=')) {
      rest_.remove_prefix(1);
      skip_spaces();
      value = decode_references(attribute_value());
    }
    if (!name.empty()) tag.attributes.emplace_back(std::move(name), std::move(value));
  }

  std::string_view attribute_value() {
    if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\''))
      return until(" \t\r\n\f>");
    const char quote = rest_.front();
    rest_.remove_prefix(1);
    const std::string_view value = until(std::string_view(&quote, 1));
    if (!rest_.empty()) rest_.remove_prefix(1);
    return value;
  }

  void text(std::string_view raw) {
    if (raw.find_first_not_of(kSpaces) == std::string_view::npos) return;
    const std::string decoded = decode_references(raw);
    if (in_link_) page_.links.back().text += decoded;
    if (in_form_) page_.forms.back().text += decoded + " ";
  }

  void take(const Tag& tag) {
    if (tag.name == "script" || tag.name == "style" || tag.name == "template") {
      (void)until_end_of(tag.name);
      skip_past(">");
    } else if (tag.name == "base" && page_.base.empty()) {
      page_.base = tag.get("href");
    } else if (tag.name == "meta" && iequals(tag.get("http-equiv"), "refresh")) {
      if (!page_.refresh) page_.refresh = refresh_url(tag.get("content"));
    } else if (tag.name == "a" && tag.find("href") != nullptr) {
      page_.links.push_back({tag.get("href"), tag.get("aria-label") + tag.get("title")});
      in_link_ = true;
    } else if (tag.name == "/a") {
      in_link_ = false;
    } else if (tag.name == "form") {
      page_.forms.push_back({tag.get("action"),
                             iequals(tag.get("method"), "post") ? "post" : "get",
                             {},
                             tag.get("aria-label"),
                             false});
      in_form_ = true;
      has_button_ = false;
    } else if (tag.name == "/form") {
      in_form_ = false;
    } else if (in_form_) {
      take_control(tag);
    }
  }

  void take_control(const Tag& tag) {
    PageForm& form = page_.forms.back();
    const bool is_button = tag.name == "button";
    if (tag.name != "input" && !is_button && tag.name != "textarea" && tag.name != "select") return;
    std::string type = tag.get("type");
    std::ranges::transform(type, type.begin(), lower);
    const bool submits =
        is_button ? type.empty() || type == "submit" : type == "submit" || type == "image";
    const std::string name = tag.get("name");
    if (submits) {
      form.text += tag.get("value") + " " + name + " ";
      if (has_button_) return;
      has_button_ = true;
    } else if (is_button || type == "button" || type == "reset") {
      return;
    } else if (type == "checkbox" || type == "radio") {
      if (tag.find("checked") == nullptr) return;
    } else if (type != "hidden") {
      form.asks_user = true;
    }
    if (!name.empty()) form.fields.emplace_back(name, tag.get("value"));
  }

  std::string_view rest_;
  HtmlPage page_;
  bool in_link_ = false;
  bool in_form_ = false;
  bool has_button_ = false;
};

}  // namespace

const std::string* HtmlTag::find(std::string_view attribute) const {
  const auto found = std::ranges::find_if(
      attributes, [attribute](const auto& one) { return one.first == attribute; });
  return found == attributes.end() ? nullptr : &found->second;
}

std::string HtmlTag::get(std::string_view attribute) const {
  const std::string* const value = find(attribute);
  return value == nullptr ? std::string() : *value;
}

std::string decode_references(std::string_view text) {
  constexpr std::size_t kLongestName = 10;
  std::string out;
  while (!text.empty()) {
    const std::size_t mark = std::min(text.find('&'), text.size());
    out += text.substr(0, mark);
    text.remove_prefix(mark);
    if (text.empty()) break;
    const std::size_t end = text.substr(0, kLongestName + 2).find(';');
    if (end != std::string_view::npos && append_reference(out, text.substr(1, end - 1))) {
      text.remove_prefix(end + 1);
    } else {
      out += '&';
      text.remove_prefix(1);
    }
  }
  return out;
}

std::optional<std::string> refresh_url(std::string_view content) {
  const std::size_t mark = content.find_first_of(";,");
  if (mark == std::string_view::npos) return std::nullopt;
  content.remove_prefix(mark + 1);
  content.remove_prefix(std::min(content.find_first_not_of(kSpaces), content.size()));
  if (content.size() >= 3 && iequals(content.substr(0, 3), "url")) {
    const std::size_t equals = content.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    content.remove_prefix(equals + 1);
    content.remove_prefix(std::min(content.find_first_not_of(kSpaces), content.size()));
  }
  while (!content.empty() && kSpaces.find(content.back()) != std::string_view::npos) {
    content.remove_suffix(1);
  }
  if (content.size() >= 2 && (content.front() == '"' || content.front() == '\'') &&
      content.back() == content.front()) {
    content = content.substr(1, content.size() - 2);
  }
  if (content.empty()) return std::nullopt;
  return std::string(content);
}

HtmlPage read_html(std::string_view html) { return Reader(html).page(); }

std::vector<HtmlTag> read_tags(std::string_view html) { return Reader(html).tags(); }

}  // namespace heygen::conformance
