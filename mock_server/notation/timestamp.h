// Instants as text: RFC 3339, "2030-01-01T00:00:00Z".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mock_server/core/clock.h"

namespace heygen::mock {

// Date and time with 'Z' or an offset ("+02:00"), years 0001 to 9999, fractions cut to
// milliseconds. Nothing on anything else.
std::optional<TimePoint> parse_timestamp(std::string_view text);
// "2030-01-01T00:00:00Z", with ".123" only where there are milliseconds. Instants outside the years
// 1 to 9999 are written as the nearest instant inside them.
std::string format_timestamp(TimePoint time);

inline constexpr std::string_view kTimestampForm =
    "write an instant such as \"2030-01-01T00:00:00Z\", in the years 0001 to 9999";

}  // namespace heygen::mock
