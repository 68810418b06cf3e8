// A GET to another server: enough for a health probe.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace heygen::mock::wire {

// The status, or nothing when there is no answer within the time. Follows no redirects; verifies no
// certificate (a probe sends no secret). `base` is "http://HOST:PORT".
std::optional<int> http_get_status(const std::string& base, const std::string& path,
                                   std::chrono::milliseconds timeout);

}  // namespace heygen::mock::wire
