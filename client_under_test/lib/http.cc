#include "client_under_test/lib/http.h"

#include <algorithm>

#include "client_under_test/lib/text.h"

namespace heygen::client {

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
  const auto found = std::ranges::find_if(
      headers, [&](const auto& header) { return equal_ignoring_case(header.first, name); });
  if (found == headers.end()) return std::nullopt;
  return found->second;
}

void remove_header(Headers& headers, std::string_view name) {
  std::erase_if(headers,
                [&](const auto& header) { return equal_ignoring_case(header.first, name); });
}

}  // namespace heygen::client
