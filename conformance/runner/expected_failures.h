// Failures that are known, each with its reason: they do not fail the run, and a check of the list
// that passes does, because its line is stale.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace heygen::conformance {

using ExpectedFailures = std::map<std::string, std::string, std::less<>>;  // id → reason

// A line is an id, a blank and the reason; '#' begins a comment, at the start of a line. Throws
// mock::BadInput whose key is "line N": an id that the catalogue does not have, an id that came
// before, a missing reason.
ExpectedFailures parse_expected_failures(std::string_view text);

}  // namespace heygen::conformance
