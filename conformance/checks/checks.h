// The files of this folder, each a span of checks. catalogue.cc lists them.
#pragma once

#include <span>

#include "conformance/check.h"

namespace heygen::conformance {

std::span<const Check> tour_checks();

}  // namespace heygen::conformance
