#include "conformance/server/reply.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "conformance/url.h"

namespace heygen::conformance {
namespace {

using nlohmann::json;

std::string names_of(const mock::wire::Form& form) {
  std::string names;
  for (const auto& [name, value] : form.fields) {
    names += (names.empty() ? "" : ", ") + name;
    if (name == "error") names += "=" + value;
  }
  return names;
}

}  // namespace

bool Reply::is_html() const {
  const std::string_view type = header("Content-Type");
  return mock::wire::iequals(type.substr(0, 9), "text/html") || (type.empty() && !body().empty());
}

bool Reply::redirects() const { return status() / 100 == 3 && !header("Location").empty(); }

std::string Reply::param(std::string_view name) const {
  const auto query = query_of(header("Location"));
  const std::string* const value = query.find(name);
  return value == nullptr ? std::string() : *value;
}

std::size_t Reply::count(std::string_view name) const {
  return query_of(header("Location")).count(name);
}

bool Reply::is_json_object() const { return json_object(body()).is_object(); }

bool Reply::has(std::string_view member) const { return json_object(body()).contains(member); }

std::string Reply::text(std::string_view member) const {
  return json_text(seen_.response(), member);
}

std::optional<double> Reply::number(std::string_view member) const {
  const json object = json_object(body());
  const auto found = object.find(member);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::string Reply::error() const { return redirects() ? param("error") : text("error"); }

bool Reply::has_error(std::initializer_list<std::string_view> wanted) const {
  return std::ranges::find(wanted, error()) != wanted.end();
}

std::string Reply::describe() const {
  std::string text = std::to_string(status());
  if (redirects()) {
    const std::string to = location();
    text += " to " + to.substr(0, to.find_first_of("?#"));
    const std::string names = names_of(query_of(to));
    return names.empty() ? text : text + " with " + names;
  }
  if (const std::string code = error(); !code.empty()) return text + " " + code;
  if (!access_token().empty()) return text + " with tokens";
  const std::string_view type = header("Content-Type");
  return type.empty() ? text : text + " " + std::string(type.substr(0, type.find(';')));
}

}  // namespace heygen::conformance
