// The vendor's API errors, each family of paths in its own envelope (facts.md, heygen_api.md).
#pragma once

#include <cstdint>
#include <string_view>

#include "mock_server/wire/message.h"

namespace heygen::mock {

enum class ApiError : std::uint8_t {
  unauthorized,
  invalid_parameter,
  not_found,
  method_not_allowed,
  too_large,
  in_progress,
  key_reused,
  rate_limited,
  internal,
  unavailable,
};

// The code that v3 sends, and the journal's outcome: "unauthorized", "not_found", ...
std::string_view to_string(ApiError error) noexcept;
ApiError api_error_for(int status) noexcept;

// `path` tells the family; `message` "" is the error's own.
wire::Response api_error(std::string_view path, ApiError error, std::string_view message = {});

}  // namespace heygen::mock
