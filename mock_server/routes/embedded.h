// Files of fixtures/ that are part of the program. The build writes the definitions (embed.cmake).
#pragma once

#include <span>

#include "mock_server/notation/embedded_file.h"

namespace heygen::mock {

std::span<const EmbeddedFile> embedded_pages() noexcept;
std::span<const EmbeddedFile> embedded_api() noexcept;

}  // namespace heygen::mock
