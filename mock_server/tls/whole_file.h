// Files that are written whole or not at all.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace heygen::mock::tls {

// Beside the file and renamed over it, so that nobody sees the half of it. 0, or errno.
[[nodiscard]] int write_whole(const std::string& file, std::string_view text, mode_t mode);

}  // namespace heygen::mock::tls
