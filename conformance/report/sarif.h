// The report as SARIF 2.1.0 (OASIS), for code scanning and editors: a rule for each check that was
// judged, a result for each that speaks against the subject. What fails as expected is suppressed
// with its reason, what nobody could judge is `open`.
#pragma once

#include <string>

#include "conformance/report/model.h"

namespace heygen::conformance {

std::string sarif_report(const Report& report);

}  // namespace heygen::conformance
