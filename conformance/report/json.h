// The report as JSON: the contract's shape, version 1, and nothing else.
#pragma once

#include <string>

#include "conformance/report/model.h"

namespace heygen::conformance {

std::string json_report(const Report& report);

}  // namespace heygen::conformance
