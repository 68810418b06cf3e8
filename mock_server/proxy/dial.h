// Connections to other hosts: what the proxy makes when it is told to let clients through.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "mock_server/proxy/target.h"
#include "mock_server/wire/unique_fd.h"

namespace heygen::mock::proxy {

// A connected, non-blocking socket, or one line that says why there is none. Blocks for the look-up
// of the name and for at most `timeout` for each of its addresses. A loopback address with
// `own_port` is this proxy itself, and is not called.
[[nodiscard]] std::variant<wire::UniqueFd, std::string> dial(const Target& target,
                                                             std::uint16_t own_port,
                                                             std::chrono::milliseconds timeout);

}  // namespace heygen::mock::proxy
