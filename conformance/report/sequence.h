// An exchange as a sequence diagram in SVG, to stand inside an HTML page.
#pragma once

#include <string>
#include <vector>

#include "conformance/exchange.h"

namespace heygen::conformance {

// A lifeline for each party that takes part, an arrow for each request, a dashed one for each
// answer. Whole texts are in the tooltips. Colours come from the page: the classes are `line`,
// `party`, `arrow`, `answer`, `label` and `detail`.
std::string sequence_svg(const std::vector<Step>& steps);

}  // namespace heygen::conformance
