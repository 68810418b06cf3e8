// Durations as people write them: "10d", "36h", "1h30m", "1.5s", "250ms".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace heygen::mock {

// Units d, h, m, s, ms, each at most once and in this order, a fraction in the last one only, a '-'
// in front where `signed_ok`. Nothing on anything else, or beyond 10,000 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text,
                                                        bool signed_ok = false);
// The shortest such text: "10d", "1h30m", "0s".
std::string format_duration(std::chrono::milliseconds duration);

// What a refusal says: the mend.
inline constexpr std::string_view kDurationForm =
    "write a duration such as \"10d\", \"36h\", \"1h30m\" or \"250ms\"";

}  // namespace heygen::mock
