#include "mock_server/control/query.h"

#include <charconv>

#include "mock_server/notation/json_object.h"

namespace heygen::mock::control {
namespace {

bool is_one_of(std::string_view name, std::string_view words) {
  while (!words.empty()) {
    const auto word = words.substr(0, words.find(' '));
    if (word == name) return true;
    words.remove_prefix(std::min(words.size(), word.size() + 1));
  }
  return false;
}

}  // namespace

Query::Query(std::string_view raw, std::string_view known) : form_(wire::parse_form(raw)) {
  if (form_.error) throw BadInput{"", "the URL's query cannot be read: " + *form_.error};
  for (const auto& [name, value] : form_.fields) {
    if (!is_one_of(name, known)) {
      throw BadInput{name, known.empty() ? "this call takes no parameters in its URL"
                                         : "unknown parameter; known here: " + std::string{known}};
    }
    if (form_.count(name) > 1) throw BadInput{name, "give the parameter once"};
  }
}

std::optional<std::string> Query::text(std::string_view name) const {
  const std::string* const found = form_.find(name);
  return found == nullptr ? std::nullopt : std::optional{*found};
}

std::optional<std::uint64_t> Query::number(std::string_view name, std::uint64_t most) const {
  const std::string* const found = form_.find(name);
  if (found == nullptr) return std::nullopt;
  std::uint64_t value = 0;
  const auto* const end = found->data() + found->size();
  const auto [stop, error] = std::from_chars(found->data(), end, value);
  if (error != std::errc{} || stop != end || value > most) {
    throw BadInput{std::string{name}, "write a whole number from 0 to " + std::to_string(most)};
  }
  return value;
}

bool Query::flag(std::string_view name) const {
  const std::string* const found = form_.find(name);
  if (found == nullptr || *found == "0") return false;
  if (*found != "1") throw BadInput{std::string{name}, "write 1, or leave it out"};
  return true;
}

}  // namespace heygen::mock::control
