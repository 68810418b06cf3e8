// application/x-www-form-urlencoded, RFC 6749 Appendix B. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heygen::client {

using Fields = std::vector<std::pair<std::string, std::string>>;

// Everything but the unreserved characters of RFC 3986 §2.3 is percent-encoded, a space as %20:
// right in a form body and in a query alike.
[[nodiscard]] std::string percent_encode(std::string_view text);
[[nodiscard]] std::string form_encode(const Fields& fields);

struct FormField {
  std::string name;
  std::string value;
  bool malformed = false;  // holds a broken percent escape, kept as it came
};

// Order and duplicates are kept; '+' is a space.
[[nodiscard]] std::vector<FormField> form_decode(std::string_view text);

}  // namespace heygen::client
