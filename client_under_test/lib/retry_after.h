// RFC 9110 §10.2.3. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "client_under_test/lib/clock.h"

namespace heygen::client {

// No server may lock a client out for longer than this.
inline constexpr std::chrono::hours kLongestRetryAfter{24};

// Seconds or an IMF-fixdate, as an instant of the client's clock; nothing when it is neither.
[[nodiscard]] std::optional<Instant> parse_retry_after(std::string_view value, Instant now);

}  // namespace heygen::client
