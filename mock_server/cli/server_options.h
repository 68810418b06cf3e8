// From the command line to a server.
#pragma once

#include <memory>
#include <string>

#include "mock_server/cli/access_log.h"
#include "mock_server/cli/blueprint.h"
#include "mock_server/cli/options.h"
#include "mock_server/cli/served.h"
#include "mock_server/server.h"

namespace heygen::mock {

// The log must outlive the server. A listener beyond loopback gets a new admin token, unless there
// is one.
[[nodiscard]] ServerOptions server_options(const ServeCommand& command, const Start& start,
                                           AccessLog& log);

// Null after a line on stderr.
[[nodiscard]] std::unique_ptr<Server> start_server(const ServerOptions& options);

[[nodiscard]] Served served_by(const Server& server);

}  // namespace heygen::mock
