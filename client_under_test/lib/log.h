// Where the library says what it does. Lines are for people: no secret, no line break.
#pragma once

#include <functional>
#include <string_view>

namespace heygen::client {

enum class LogLevel { info, warning };

// Must be callable from any thread. An empty function discards.
using Log = std::function<void(LogLevel level, std::string_view line)>;

}  // namespace heygen::client
