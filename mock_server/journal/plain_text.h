// Text as anybody may send it, made fit to look through and to show. Pure functions; none throws
// for any input.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heygen::mock {

// UTF-8 with U+FFFD for what is not (Unicode 15, §3.9: one for each maximal subpart).
std::string to_utf8(std::string_view text);
// At most `bytes` of UTF-8 text, no character cut in two.
std::string_view cut_utf8(std::string_view text, std::size_t bytes) noexcept;

// %XX decoded; a '%' that begins no escape stands for itself. For showing, never for deciding.
std::string loosely_decoded(std::string_view text);
// The same, and '+' is a space.
std::string loosely_form_decoded(std::string_view text);

// The fields of a query or a form, loosely decoded, at most `limit` of them.
using Fields = std::vector<std::pair<std::string, std::string>>;
Fields loosely_parsed(std::string_view form, std::size_t limit);

}  // namespace heygen::mock
