// What a web app's browser was answered, as a check looks at it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/subject.h"

namespace heygen::conformance {

// The answer, and those that it led to.
[[nodiscard]] std::vector<Landing> all_of(const Landing& first);
// Everything of the answers that a script or a person could read.
[[nodiscard]] std::string readable(const Landing& landing);

// Names and values of the cookies that were set; of one name each value.
[[nodiscard]] HeaderFields cookies_of(const std::vector<Landing>& shown);
// The request header of a browser that has cookies of these names, and shaped like these, but with
// values that nobody has given it; none when no cookie was set.
[[nodiscard]] HeaderFields strange_cookies(const std::vector<Landing>& shown);

}  // namespace heygen::conformance
