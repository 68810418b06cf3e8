// What --ready-file gets: where this process serves; and what `env` learns from it.
#pragma once

#include <optional>
#include <string>

#include "mock_server/cli/served.h"

namespace heygen::mock {

// JSON, written beside the file and renamed over it, readable by its owner alone (it may hold the
// admin token). Throws BadInput when the folder cannot be written to.
void write_ready_file(const std::string& file, const Served& served,
                      const std::optional<std::string>& admin_token);

// Throws BadInput when there is none, or it is none.
[[nodiscard]] Served read_ready_file(const std::string& file);

}  // namespace heygen::mock
