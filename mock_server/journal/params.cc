#include "mock_server/journal/params.h"

namespace heygen::mock {

bool is_form(const wire::Request& request) {
  constexpr std::string_view kForm = "application/x-www-form-urlencoded";
  const auto type = request.headers.get("Content-Type");
  const auto end = std::min(type.find_first_of("; \t"), type.size());
  return wire::iequals(type.substr(0, end), kForm);
}

Fields query_fields(const wire::Request& request) {
  return loosely_parsed(request.query(), kMostFieldsShown);
}

Fields form_fields(const wire::Request& request) {
  return is_form(request) ? loosely_parsed(request.body, kMostFieldsShown) : Fields{};
}

}  // namespace heygen::mock
