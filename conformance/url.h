// URLs as a check looks at them and spoils them: one parameter is changed, every other byte stays.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/wire/form.h"

namespace heygen::conformance {

// "scheme://host:port" of an absolute URL, in lower case; "" of what is none.
std::string origin_of(std::string_view url);
// What comes after the origin, up to a fragment: "/path?query".
std::string_view target_of(std::string_view url);
// The decoded query; form.error says what is wrong with it.
mock::wire::Form query_of(std::string_view url);

// An authorization response on its way to the client, as the browser carries it.
class CallbackUrl {
 public:
  CallbackUrl() = default;
  explicit CallbackUrl(std::string_view url);

  // The decoded value of the first parameter of that name; "" when there is none.
  [[nodiscard]] std::string get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;

  // Each changes that parameter alone. Values are given decoded.
  CallbackUrl& set(std::string_view name, std::string_view value);  // in its place, or at the end
  CallbackUrl& drop(std::string_view name);
  CallbackUrl& append(std::string_view name, std::string_view value);  // even if there is one
  CallbackUrl& prepend(std::string_view name, std::string_view value);
  CallbackUrl& append_raw(std::string_view text);  // "a=b%0D%0A", as it stands
  CallbackUrl& move_to_end(std::string_view name);
  CallbackUrl& as_fragment();  // '#' instead of '?'

  [[nodiscard]] std::string str() const;

 private:
  std::string before_;               // up to the query, without '?'
  std::vector<std::string> pieces_;  // "name=value", as they stand
  bool fragment_ = false;
};

// The text with its last letter or digit changed into another; of the same length, never equal.
std::string flip_last(std::string_view text);
std::string swap_case(std::string_view text);
std::string lowered(std::string_view text);  // its ASCII letters

}  // namespace heygen::conformance
