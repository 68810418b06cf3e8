// The report as Markdown (GitHub's), for a comment on a pull request: the sum, what did not hold,
// and the rest folded away.
#pragma once

#include <string>

#include "conformance/report/model.h"

namespace heygen::conformance {

std::string markdown_report(const Report& report);

}  // namespace heygen::conformance
