// The flags that name an authorization server.
#pragma once

#include "conformance/server/target.h"

namespace CLI {
class App;
}

namespace heygen::conformance {

void add_server_flags(CLI::App& app, ServerTarget& target);

}  // namespace heygen::conformance
