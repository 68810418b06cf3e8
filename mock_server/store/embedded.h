// redis/scripts/*.lua, inside the program.
#pragma once

#include <span>

#include "mock_server/notation/embedded_file.h"

namespace heygen::mock {

std::span<const EmbeddedFile> redis_scripts() noexcept;

}  // namespace heygen::mock
