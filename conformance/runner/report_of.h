// From the outcomes of a run to its report.
#pragma once

#include <span>

#include "conformance/report/model.h"
#include "conformance/runner/expected_failures.h"
#include "conformance/runner/run.h"

namespace heygen::conformance {

CheckReport report_of(const CheckOutcome& outcome, const ExpectedFailures& expected);

}  // namespace heygen::conformance
