#include "conformance/url.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace heygen::conformance {
namespace {

using mock::wire::form_encode;
using mock::wire::parse_form;

bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::size_t origin_length(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return 0;
  return std::min(url.find_first_of("/?#", scheme + 3), url.size());
}

std::string name_of(std::string_view piece) {
  const auto form = parse_form(piece);
  return form.fields.empty() ? std::string(piece.substr(0, piece.find('='))) : form.fields[0].first;
}

std::string make_piece(std::string_view name, std::string_view value) {
  return form_encode(name) + "=" + form_encode(value);
}

}  // namespace

std::string origin_of(std::string_view url) {
  std::string origin(url.substr(0, origin_length(url)));
  std::ranges::transform(origin, origin.begin(), lower);
  return origin;
}

std::string_view target_of(std::string_view url) {
  url = url.substr(0, url.find('#'));
  url.remove_prefix(std::min(origin_length(url), url.size()));
  return url;
}

mock::wire::Form query_of(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const std::size_t mark = url.find('?');
  return parse_form(mark == std::string_view::npos ? std::string_view() : url.substr(mark + 1));
}

CallbackUrl::CallbackUrl(std::string_view url) {
  url = url.substr(0, url.find('#'));
  const std::size_t mark = url.find('?');
  before_ = url.substr(0, mark);
  if (mark == std::string_view::npos) return;
  std::string_view rest = url.substr(mark + 1);
  if (rest.empty()) return;
  while (true) {  // an empty last piece, "a=1&", is one as well: its '&' stays
    const std::size_t end = rest.find('&');
    pieces_.emplace_back(rest.substr(0, end));
    if (end == std::string_view::npos) return;
    rest.remove_prefix(end + 1);
  }
}

std::string CallbackUrl::get(std::string_view name) const {
  for (const std::string& piece : pieces_) {
    const auto form = parse_form(piece);
    if (const std::string* value = form.find(name)) return *value;
  }
  return {};
}

bool CallbackUrl::has(std::string_view name) const {
  return std::ranges::any_of(pieces_, [&](const auto& piece) { return name_of(piece) == name; });
}

CallbackUrl& CallbackUrl::set(std::string_view name, std::string_view value) {
  const auto found =
      std::ranges::find_if(pieces_, [&](const auto& piece) { return name_of(piece) == name; });
  if (found == pieces_.end()) return append(name, value);
  *found = make_piece(name, value);
  return *this;
}

CallbackUrl& CallbackUrl::drop(std::string_view name) {
  std::erase_if(pieces_, [&](const auto& piece) { return name_of(piece) == name; });
  return *this;
}

CallbackUrl& CallbackUrl::append(std::string_view name, std::string_view value) {
  pieces_.push_back(make_piece(name, value));
  return *this;
}

CallbackUrl& CallbackUrl::prepend(std::string_view name, std::string_view value) {
  pieces_.insert(pieces_.begin(), make_piece(name, value));
  return *this;
}

CallbackUrl& CallbackUrl::append_raw(std::string_view text) {
  pieces_.emplace_back(text);
  return *this;
}

CallbackUrl& CallbackUrl::move_to_end(std::string_view name) {
  std::stable_partition(pieces_.begin(), pieces_.end(),
                        [&](const auto& piece) { return name_of(piece) != name; });
  return *this;
}

CallbackUrl& CallbackUrl::as_fragment() {
  fragment_ = true;
  return *this;
}

std::string CallbackUrl::str() const {
  std::string url = before_;
  char separator = fragment_ ? '#' : '?';
  for (const std::string& piece : pieces_) {
    url += std::exchange(separator, '&');
    url += piece;
  }
  return url;
}

std::string flip_last(std::string_view text) {
  std::string flipped(text);
  const auto last = std::find_if(flipped.rbegin(), flipped.rend(), is_alnum);
  if (last == flipped.rend()) return flipped + "x";
  *last = *last == 'A' ? 'B' : 'A';
  return flipped;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

std::string swap_case(std::string_view text) {
  std::string swapped(text);
  for (char& c : swapped) {
    const auto u = static_cast<unsigned char>(c);
    c = static_cast<char>(std::isupper(u) != 0 ? std::tolower(u) : std::toupper(u));
  }
  return swapped;
}

}  // namespace heygen::conformance
