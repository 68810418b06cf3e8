#include "mock_server/faults/tamper.h"

#include <algorithm>
#include <array>
#include <vector>

#include "mock_server/core/uri.h"
#include "mock_server/wire/form.h"

namespace heygen::mock {
namespace {

// A query piece as it stands in the text: "name=value", undecoded.
using Pieces = std::vector<std::string>;

struct Split {
  std::string base;      // up to '?'
  Pieces query;          // without '?'
  std::string fragment;  // with '#', or ""
};

Split split(std::string_view location) {
  Split out;
  const auto hash = location.find('#');
  if (hash != std::string_view::npos) out.fragment = location.substr(hash);
  location = location.substr(0, hash);
  const auto question = location.find('?');
  out.base = location.substr(0, question);
  if (question == std::string_view::npos) return out;
  auto rest = location.substr(question + 1);
  for (;;) {
    const auto end = rest.find('&');
    out.query.emplace_back(rest.substr(0, end));
    if (end == std::string_view::npos) return out;
    rest.remove_prefix(end + 1);
  }
}

std::string join(const Pieces& pieces) {
  std::string out;
  for (const auto& piece : pieces) {
    if (&piece != &pieces.front()) out += '&';
    out += piece;
  }
  return out;
}

std::string name_of(std::string_view piece) {
  const auto form = wire::parse_form(piece.substr(0, piece.find('=')));
  return form.fields.empty() ? std::string{} : form.fields.front().first;
}

void set(Pieces& pieces, const std::string& name, const std::string& value) {
  const auto first = std::find_if(pieces.begin(), pieces.end(),
                                  [&](const auto& piece) { return name_of(piece) == name; });
  if (first == pieces.end()) {
    if (pieces.size() == 1 && pieces.front().empty()) pieces.clear();  // "https://client.example/?"
    pieces.push_back(percent_encode(name) + "=" + percent_encode(value));
    return;
  }
  *first = first->substr(0, first->find('=')) + "=" + percent_encode(value);
  pieces.erase(std::remove_if(std::next(first), pieces.end(),
                              [&](const auto& piece) { return name_of(piece) == name; }),
               pieces.end());
}

// Another character of the same kind of text, and never the same letter in the other case: a client
// that compares without case must see it too.
char other_character(char c) { return c == 'A' || c == 'a' ? 'B' : 'A'; }

// In the middle, since the last digit of a base64 text may carry bits that nobody reads. A percent
// escape is stepped over; a value of escapes alone has its last hex digit changed.
void flip(std::string& piece) {
  const auto equals = piece.find('=');
  if (equals == std::string::npos) return;
  std::vector<std::size_t> plain;
  for (std::size_t i = equals + 1; i < piece.size(); ++i) {
    if (piece[i] == '%') {
      i += 2;
    } else {
      plain.push_back(i);
    }
  }
  if (!plain.empty()) {
    char& c = piece[plain[plain.size() / 2]];
    c = other_character(c);
  } else if (piece.size() > equals + 1) {
    piece.back() = piece.back() == '1' ? '2' : '1';
  }
}

void duplicate(Pieces& pieces, const std::string& name) {
  const auto first = std::find_if(pieces.begin(), pieces.end(),
                                  [&](const auto& piece) { return name_of(piece) == name; });
  if (first == pieces.end()) return;
  auto copy = *first;
  pieces.insert(std::next(first), std::move(copy));
}

bool is_response_parameter(const std::string& name, const RedirectTampering& how) {
  constexpr std::array<std::string_view, 6> kNames{
      "code", "state", "error", "error_description", "error_uri", "iss"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         std::any_of(how.set.begin(), how.set.end(),
                     [&](const auto& pair) { return pair.first == name; });
}

}  // namespace

bool tampers(const RedirectTampering& how) noexcept {
  return !how.drop.empty() || !how.set.empty() || !how.flip.empty() || !how.duplicate.empty() ||
         how.fragment;
}

bool is_authorization_response(std::string_view location) {
  const auto parts = split(location);
  return std::any_of(parts.query.begin(), parts.query.end(), [](const auto& piece) {
    const auto name = name_of(piece);
    return name == "code" || name == "error";
  });
}

std::string tamper(std::string_view location, const RedirectTampering& how) {
  auto parts = split(location);
  auto& query = parts.query;
  for (const auto& name : how.drop) {
    std::erase_if(query, [&](const auto& piece) { return name_of(piece) == name; });
  }
  for (const auto& [name, value] : how.set) set(query, name, value);
  for (const auto& name : how.flip) {
    for (auto& piece : query) {
      if (name_of(piece) == name) flip(piece);
    }
  }
  for (const auto& name : how.duplicate) duplicate(query, name);

  if (how.fragment) {
    Pieces moved;
    for (const auto& piece : query) {
      if (is_response_parameter(name_of(piece), how)) moved.push_back(piece);
    }
    std::erase_if(query,
                  [&](const auto& piece) { return is_response_parameter(name_of(piece), how); });
    parts.fragment = "#" + join(moved);
  }
  std::string out = std::move(parts.base);
  if (!query.empty()) out += "?" + join(query);
  return out + parts.fragment;
}

}  // namespace heygen::mock
