// The report as one HTML file: nothing is loaded from anywhere, nothing runs in it, and nothing in
// it is markup but ours. The sum fits one screen; below it what did not hold, each with its
// sequence diagram; then every check, to be filtered.
#pragma once

#include <string>

#include "conformance/report/model.h"

namespace heygen::conformance {

std::string html_report(const Report& report);

}  // namespace heygen::conformance
