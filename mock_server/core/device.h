// The device flow (RFC 8628): a program without a browser gets in while its user approves
// elsewhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mock_server/core/context.h"
#include "mock_server/core/result.h"

namespace heygen::mock {

// §3.1, §3.2
DeviceRequest start_device(const Context& context, const Client& client, std::string_view scope);

// §3.4, §3.5
Result<TokenSet> poll_device(const Context& context, const Client& client,
                             std::optional<std::string_view> device_code);

// What a user typed, as the store knows it: case, hyphens and spaces do not matter (§6.1).
std::string canonical_user_code(std::string_view typed);
// As it is shown: "WDJB-MJHT".
std::string display_user_code(std::string_view user_code);

}  // namespace heygen::mock
