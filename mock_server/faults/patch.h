// Changes to JSON text that keep every other byte. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mock_server/faults/rule.h"

namespace heygen::mock {

// The object with members replaced in their places, added at the end or deleted; the order of the
// others and the text of every value stay (white space between members does not). The new values
// are put in as they are: "8.64e5" stays so. Nothing when the text is no JSON object.
[[nodiscard]] std::optional<std::string> patch_object(std::string_view object,
                                                      const JsonPatch& patch);

// The front half of a JSON object or array, which no parser can take for the whole; "{" for any
// other text.
[[nodiscard]] std::string cut_json(std::string_view text);

}  // namespace heygen::mock
