// The report as JUnit XML, for a CI that knows no other: a suite for each phase, a case for each
// check. What fails as expected is skipped with its reason; a stale expectation is a failure.
#pragma once

#include <string>

#include "conformance/report/model.h"

namespace heygen::conformance {

std::string junit_report(const Report& report);

}  // namespace heygen::conformance
