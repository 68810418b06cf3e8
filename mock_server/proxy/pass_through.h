// Tunnels to other hosts, for those who ask for them on purpose.
#pragma once

#include <cstdint>

#include "mock_server/proxy/relay.h"
#include "mock_server/proxy/target.h"
#include "mock_server/wire/listener_options.h"
#include "mock_server/wire/message.h"

namespace heygen::mock::proxy {

// The answer to a CONNECT to `target`: 200 and a tunnel, or why not. For callers of this machine
// alone, so that nobody gets an open proxy. Blocks while it connects. The relay must outlive the
// connection.
[[nodiscard]] wire::Response open_tunnel(const wire::Request& connect, const Target& target,
                                         std::uint16_t own_port, Relay& relay,
                                         const wire::LogError& log);

}  // namespace heygen::mock::proxy
