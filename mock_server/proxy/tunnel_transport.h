// The inside of a tunnel: a connection that remembers what CONNECT asked for.
#pragma once

#include <memory>
#include <string>

#include "mock_server/wire/message.h"
#include "mock_server/wire/transport.h"

namespace heygen::mock::proxy {

// `early` came behind the request already, and is read before anything of `inner`.
[[nodiscard]] std::unique_ptr<wire::Transport> make_tunnel(std::unique_ptr<wire::Transport> inner,
                                                           wire::Tunnel tunnel, std::string early);

}  // namespace heygen::mock::proxy
