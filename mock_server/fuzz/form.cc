// Forms and queries: what was read is written and read again as the same.
#include "mock_server/wire/form.h"

#include <algorithm>

#include "mock_server/core/uri.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {

using namespace mock::wire;

void run(std::string_view input) {
  const Form form = parse_form(input);
  require(form.fields.size() <= kMaxFormFields, "no more fields than the limit");
  for (const auto& [name, value] : form.fields) {
    const std::string* const first = form.find(name);
    require(first != nullptr && form.count(name) >= 1, "what was read is found");
    require(value.find('\0') == std::string::npos, "no NUL comes out");
  }
  if (!form.error) {
    const Form again = parse_form(form_encode(form.fields));
    require(!again.error && again.fields == form.fields, "written and read again, the same");
  }

  const std::string encoded = percent_encode(input);
  require(encoded == mock::percent_encode(input), "the core's writer and this one agree");
  require(std::ranges::all_of(encoded, [](char c) { return c > ' ' && c < '\x7f' && c != '&'; }),
          "an encoded value cannot end its parameter");
  if (input.find('\0') == std::string_view::npos) {
    const Form one = parse_form("x=" + encoded);
    const std::string* const value = one.find("x");
    // Bytes that are no UTF-8 may be refused, never changed.
    require(one.error || (value != nullptr && *value == input), "a value survives its encoding");
  }
}

}  // namespace heygen::fuzz
