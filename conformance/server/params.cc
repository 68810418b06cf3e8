#include "conformance/server/params.h"

#include <algorithm>

#include "client_under_test/lib/form.h"

namespace heygen::conformance {

std::string Params::get(std::string_view name) const {
  const auto found = std::ranges::find(fields_, name, &std::pair<std::string, std::string>::first);
  return found == fields_.end() ? std::string() : found->second;
}

Params& Params::set(std::string_view name, std::string_view value) {
  const auto found = std::ranges::find(fields_, name, &std::pair<std::string, std::string>::first);
  if (found == fields_.end()) return add(name, value);
  found->second = value;
  return *this;
}

Params& Params::drop(std::string_view name) {
  std::erase_if(fields_, [name](const auto& field) { return field.first == name; });
  return *this;
}

Params& Params::add(std::string_view name, std::string_view value) {
  fields_.emplace_back(name, value);
  return *this;
}

Params Params::with(std::string_view name, std::string_view value) const {
  Params copy = *this;
  copy.set(name, value);
  return copy;
}

Params Params::without(std::string_view name) const {
  Params copy = *this;
  copy.drop(name);
  return copy;
}

Params Params::twice(std::string_view name, std::string_view value) const {
  Params copy = *this;
  copy.add(name, value);
  return copy;
}

std::string Params::encoded() const { return client::form_encode(fields_); }

std::string with_query(const std::string& url, const Params& params) {
  return url + (url.find('?') == std::string::npos ? "?" : "&") + params.encoded();
}

}  // namespace heygen::conformance
