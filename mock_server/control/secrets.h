// What a sandbox knows to be a secret, so that it can be taken out of whatever is shown.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "mock_server/sandbox/sandbox.h"

namespace heygen::mock {

// True of the sandbox's tokens, codes, API keys and client secrets, dead ones too as long as they
// are remembered. Thread-safe. May throw StoreUnavailable.
bool is_known_secret(const Sandbox& box, std::string_view text);

// The same for whoever comes later. It does not keep the sandbox alive, and is false for all once
// it has gone.
std::function<bool(std::string_view)> secrets_of(std::weak_ptr<Sandbox> sandbox);

}  // namespace heygen::mock
