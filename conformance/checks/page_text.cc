#include "conformance/checks/page_text.h"

#include <algorithm>
#include <array>

#include "conformance/browser/html.h"
#include "conformance/url.h"

namespace heygen::conformance {
namespace {

// Calls `look` with each place where the word stands.
template <typename Look>
bool any_place_of(std::string_view page, std::string_view word, Look look) {
  for (std::size_t at = page.find(word); at != std::string_view::npos;
       at = page.find(word, at + 1)) {
    if (look(at)) return true;
  }
  return false;
}

// The start of the tag that the place is in; npos outside of tags.
std::size_t tag_around(std::string_view page, std::size_t at) {
  const std::size_t open = page.substr(0, at).rfind('<');
  if (open == std::string_view::npos) return open;
  return page.substr(open, at - open).find('>') == std::string_view::npos ? open
                                                                          : std::string_view::npos;
}

// What an attribute is set to, from behind its '='.
std::string_view value_at(std::string_view page, std::size_t at) {
  std::string_view rest = page.substr(at);
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  if (rest.empty()) return rest;
  const char quote = rest.front();
  if (quote != '"' && quote != '\'') return rest.substr(0, rest.find_first_of(" >\n\t"));
  rest.remove_prefix(1);
  return rest.substr(0, rest.find(quote));
}

bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }

// Walks over a script, as far as that is needed to tell code from strings, comments and patterns.
class ScriptReader {
 public:
  explicit ScriptReader(std::string_view script) : script_(script) {}

  // A string was ended by a quote that came with the word: `var a = 'x';word;''`.
  bool runs(std::string_view word) {
    while (at_ < script_.size()) {
      if (script_.substr(at_).starts_with(word) && script_.substr(0, at_).ends_with(';') &&
          at_ > 1 && is_quote(script_[at_ - 2])) {
        return true;
      }
      step();
    }
    return false;
  }

 private:
  void step() {
    const std::string_view rest = script_.substr(at_);
    if (is_quote(rest.front())) {
      skip_quoted(rest.front());
    } else if (rest.starts_with("//")) {
      skip_past("\n");
    } else if (rest.starts_with("/*")) {
      skip_past("*/");
    } else if (rest.front() == '/' &&
               std::string_view("(,=:[!&|?{};").find(last_) != std::string_view::npos) {
      skip_quoted('/');
    } else {
      if (rest.front() != ' ' && rest.front() != '\n') last_ = rest.front();
      ++at_;
    }
  }

  // A backslash takes away the next character's meaning; a line's end ends all but `templates`.
  void skip_quoted(char quote) {
    last_ = quote;
    for (++at_; at_ < script_.size(); ++at_) {
      const char c = script_[at_];
      if (c == '\\') {
        ++at_;
      } else if (c == quote || (c == '\n' && quote != '`')) {
        ++at_;
        return;
      }
    }
  }

  void skip_past(std::string_view end) {
    const std::size_t found = script_.find(end, at_);
    at_ = found == std::string_view::npos ? script_.size() : found + end.size();
  }

  std::string_view script_;
  std::size_t at_ = 0;
  char last_ = ';';  // of the code, without blanks
};

// As a browser reads a URL: without what it leaves out.
std::string bare(std::string_view url) {
  std::string kept;
  for (const char c : url) {
    const bool left_out = c == '\t' || c == '\n' || c == '\r';
    const bool before = kept.empty() && static_cast<unsigned char>(c) <= ' ';
    if (!left_out && !before) kept += c;
  }
  return kept;
}

bool runs_in(const HtmlTag& tag, std::string_view word) {
  if (ScriptReader(tag.text).runs(word)) return true;
  return std::ranges::any_of(tag.attributes, [&](const auto& attribute) {
    const auto& [name, value] = attribute;
    return name.starts_with("on") &&
           (bare(value).starts_with(word) || ScriptReader(value).runs(word));
  });
}

}  // namespace

bool has_live_markup(std::string_view page, std::string_view canary) {
  const std::string low = lowered(page);
  const std::string word = lowered(canary);
  constexpr std::array<std::string_view, 3> kTags{"<script>",
                                                  "<img src=x onerror=", "<svg onload="};
  for (const std::string_view tag : kTags) {
    if (low.find(std::string(tag) + word) != std::string::npos) return true;
  }
  return std::ranges::any_of(read_tags(low),
                             [&](const HtmlTag& tag) { return runs_in(tag, word); });
}

bool has_attribute_value(std::string_view page, std::string_view start) {
  const std::string wanted = lowered(start);
  return std::ranges::any_of(read_tags(page), [&](const HtmlTag& tag) {
    return std::ranges::any_of(
        std::array{"href", "src", "action", "formaction", "xlink:href", "data"},
        [&](const char* name) { return lowered(bare(tag.get(name))).starts_with(wanted); });
  });
}

std::vector<std::string> loaded_from_elsewhere(std::string_view page, std::string_view own) {
  const std::string low = lowered(page);
  const std::string scheme(own.substr(0, own.find("//")));
  std::vector<std::string> found;
  const auto add = [&](std::size_t at) {
    std::string url(value_at(low, at));
    if (url.starts_with("//")) url.insert(0, scheme);
    const std::string origin = origin_of(url);
    if (!origin.empty() && origin != own) found.push_back(url);
    return false;
  };
  (void)any_place_of(low, " src=", [&](std::size_t at) {
    return tag_around(low, at) != std::string_view::npos && add(at + 5);
  });
  (void)any_place_of(low, " href=", [&](std::size_t at) {
    const std::size_t tag = tag_around(low, at);
    return tag != std::string_view::npos && low.substr(tag).starts_with("<link") && add(at + 6);
  });
  return found;
}

}  // namespace heygen::conformance
