// JSON strings, written without a JSON library: for answers that must be fast.
#pragma once

#include <string>
#include <string_view>

namespace heygen::mock {

// The text as a JSON string, quotes included: ASCII alone, with <, > and & escaped as well, so that
// a browser that mistakes the body for HTML runs none of it. Bytes that are no UTF-8 become U+FFFD.
std::string json_quote(std::string_view text);

}  // namespace heygen::mock
