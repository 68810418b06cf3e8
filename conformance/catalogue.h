// Every check, in the order of a report.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "conformance/check.h"

namespace heygen::conformance {

// By phase, and within it in the order of the files. Ids are unique and well-formed: the first call
// throws std::logic_error when they are not.
const std::vector<const Check*>& all_checks();

// Null when there is none of that id.
const Check* find_check(std::string_view id);

// Dotted kebab-case of two parts or more: "callback.state.mismatch-rejected".
bool is_check_id(std::string_view id) noexcept;

}  // namespace heygen::conformance
