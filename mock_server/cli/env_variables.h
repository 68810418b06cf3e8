// The variables that point clients at a mock, and how each shell wants them written.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mock_server/cli/options.h"
#include "mock_server/cli/served.h"

namespace heygen::mock {

using Variables = std::vector<std::pair<std::string, std::string>>;

// In the order in which they are printed. What trusts the CA is named when anything speaks TLS, a
// proxy when there is one.
[[nodiscard]] Variables variables_for(const Served& served);

// Ends in a newline. Throws BadInput for a value that the format cannot hold.
[[nodiscard]] std::string written_for(Shell shell, const Variables& variables);

}  // namespace heygen::mock
