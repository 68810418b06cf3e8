#include "conformance/checks/page_text.h"

#include <algorithm>
#include <array>

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

}  // namespace

bool has_live_markup(std::string_view page, std::string_view canary) {
  const std::string low = lowered(page);
  const std::string word = lowered(canary);
  constexpr std::array<std::string_view, 3> kTags{"<script>",
                                                  "<img src=x onerror=", "<svg onload="};
  for (const std::string_view tag : kTags) {
    if (low.find(std::string(tag) + word) != std::string::npos) return true;
  }
  for (const std::string_view quote : {"\" onfocus=", "' onfocus="}) {
    const bool broken_out = any_place_of(low, std::string(quote) + word, [&](std::size_t at) {
      return tag_around(low, at) != std::string_view::npos;
    });
    if (broken_out) return true;
  }
  return false;
}

bool has_attribute_value(std::string_view page, std::string_view start) {
  const std::string low = lowered(page);
  const std::string wanted = lowered(start);
  constexpr std::array<std::string_view, 4> kFollowed{
      " href=", " src=", " action=", " formaction="};
  return std::ranges::any_of(kFollowed, [&](std::string_view name) {
    return any_place_of(low, name, [&](std::size_t at) {
      return tag_around(low, at) != std::string_view::npos &&
             value_at(low, at + name.size()).starts_with(wanted);
    });
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
