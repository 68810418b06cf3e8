// Files of fixtures/ that the control API hands out. The build writes the definitions
// (routes/embed.cmake).
#pragma once

#include <span>

#include "mock_server/notation/embedded_file.h"

namespace heygen::mock {

std::span<const EmbeddedFile> embedded_documents() noexcept;  // openapi.json and the JSON Schemas
std::span<const EmbeddedFile> embedded_ui() noexcept;         // the dashboard

}  // namespace heygen::mock
