// Is this redirect URI one of the client's? (RFC 6749 §3.1.2, RFC 8252 §7.3, RFC 9700 §2.1)
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mock_server/core/policy.h"

namespace heygen::mock {

// A registered loopback URI that ends in this covers every path of its host.
inline constexpr std::string_view kAnyPath = "/*";

// `is_public`: the client has no secret; only such clients may choose a loopback port.
bool redirect_uri_matches(std::string_view registered, std::string_view asked,
                          RedirectPolicy policy, bool is_public);

// What may be registered: absolute, without a fragment. Nothing when it may; else why not.
std::string check_registrable(std::string_view redirect_uri);

// One sentence for the journal: what the nearest registered URI differs in.
std::string explain_mismatch(std::span<const std::string> registered, std::string_view asked);

}  // namespace heygen::mock
