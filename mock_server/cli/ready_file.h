// What --ready-file gets: where this process serves.
#pragma once

#include <optional>
#include <string>

namespace heygen::mock {

// JSON, written beside the file and renamed over it, readable by its owner alone (it may hold the
// admin token). Throws BadInput when the folder cannot be written to.
void write_ready_file(const std::string& file, const std::string& url,
                      const std::optional<std::string>& admin_token);

}  // namespace heygen::mock
