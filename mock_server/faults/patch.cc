#include "mock_server/faults/patch.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "mock_server/faults/natural.h"
#include "mock_server/notation/json_object.h"

namespace heygen::mock {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

struct Member {
  std::string name;         // decoded
  std::string_view quoted;  // as it stands, quotes included
  std::string value;        // as it stands
};

// What ends the token that begins at the front: one past the closing quote of a string, else the
// first of `stops` outside strings and brackets. The text is known to be valid JSON.
std::size_t string_end(std::string_view text) {
  std::size_t i = 1;
  while (text[i] != '"') i += text[i] == '\\' ? 2 : 1;
  return i + 1;
}

std::size_t value_end(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '"':
        i += string_end(text.substr(i)) - 1;
        break;
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        if (depth-- == 0) return i;
        break;
      case ',':
        if (depth == 0) return i;
        break;
      default:
        break;
    }
  }
  return text.size();
}

// Of an object that a parser has accepted.
std::vector<Member> members_of(std::string_view object) {
  std::vector<Member> out;
  auto rest = object.substr(1);
  for (;;) {
    const auto key = rest.find('"');
    if (key == std::string_view::npos) return out;  // "{}", or behind the last member
    rest.remove_prefix(key);
    Member member;
    member.quoted = rest.substr(0, string_end(rest));
    member.name = nlohmann::json::parse(member.quoted).get<std::string>();
    rest.remove_prefix(member.quoted.size());
    rest.remove_prefix(rest.find(':') + 1);
    const auto end = value_end(rest);
    member.value = trimmed(rest.substr(0, end));
    rest.remove_prefix(end);
    out.push_back(std::move(member));
  }
}

}  // namespace

std::optional<std::string> patch_object(std::string_view object, const JsonPatch& patch) {
  object = trimmed(object);
  if (!object.starts_with('{') || !is_json(object)) return std::nullopt;
  auto members = members_of(object);
  std::string added;
  for (const auto& [name, value] : patch) {
    const auto is_it = [&, &key = name](const Member& member) { return member.name == key; };
    if (!value) {
      std::erase_if(members, is_it);
      continue;
    }
    const auto found = std::find_if(members.begin(), members.end(), is_it);
    if (found != members.end()) {
      found->value = *value;
    } else {
      added += "," + json_quote(name) + ":" + *value;
    }
  }
  std::string out;
  for (const auto& member : members) {
    out += ',';
    out.append(member.quoted).append(":").append(member.value);
  }
  out += added;
  if (!out.empty()) out.erase(0, 1);
  return "{" + out + "}";
}

std::string cut_json(std::string_view text) {
  text = trimmed(text);
  if (!text.starts_with('{') && !text.starts_with('[')) return "{";
  return std::string{text.substr(0, std::max<std::size_t>(text.size() / 2, 1))};
}

}  // namespace heygen::mock
