// A web page as an attacker looks at it: what is live in it, and what it makes a browser load.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heygen::conformance {

// The text stands in the page so that a browser obeys it: as a tag, as a handler that broke out of
// the attribute it was put into (`onfocus=CANARY`), or as code behind a string that it ended
// (`';CANARY;'`), in a script or in a handler. Case does not matter; what is escaped for where it
// stands is not found.
[[nodiscard]] bool has_live_markup(std::string_view page, std::string_view canary);
// An address that a browser follows begins with this, whatever it leaves out:
// href="java\nscript:…".
[[nodiscard]] bool has_attribute_value(std::string_view page, std::string_view start);

// What is loaded with the page from elsewhere: the values of src, and of href in <link>, that are
// absolute and of another origin than `own`.
[[nodiscard]] std::vector<std::string> loaded_from_elsewhere(std::string_view page,
                                                             std::string_view own);

}  // namespace heygen::conformance
