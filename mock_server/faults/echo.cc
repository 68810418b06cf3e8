#include "mock_server/faults/echo.h"

#include <array>
#include <string_view>

#include "mock_server/wire/form.h"

namespace heygen::mock {
namespace {

constexpr std::size_t kMostBody = std::size_t{64} * 1024;

void append(std::string& out, std::string_view text) {
  if (!out.empty()) out += '&';
  out += text;
}

void append_fields(std::string& out, const wire::Form& form) {
  for (const auto& [name, value] : form.fields) {
    append(out, name);
    out.append("=").append(value);
  }
}

}  // namespace

std::string echo_of(const wire::Request& request) {
  constexpr std::array<std::string_view, 2> kCredentials{"Authorization", "X-API-KEY"};
  std::string out;
  append_fields(out, wire::parse_form(request.query()));
  if (is_form(request)) {
    append_fields(out, wire::parse_form(request.body));
  } else if (!request.body.empty()) {
    append(out, std::string_view{request.body}.substr(0, kMostBody));
  }
  for (const auto name : kCredentials) {
    if (const auto* const value = request.headers.find(name)) {
      append(out, std::string{name} + ": " + *value);
    }
  }
  return out;
}

}  // namespace heygen::mock
