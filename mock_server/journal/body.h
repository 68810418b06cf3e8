// A body as it may be shown: JSON redacted member by member, other text redacted and cut; what
// cannot be read at an endpoint where every byte may be part of a secret, by size and fingerprint.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "mock_server/core/endpoint.h"
#include "mock_server/journal/redact.h"

namespace heygen::mock {

inline constexpr std::size_t kMostBodyShown = std::size_t{4} * 1024;  // of text that is not JSON
inline constexpr std::size_t kMostJsonShown = std::size_t{64} * 1024;

enum class BodyShown : std::uint8_t { json, text, opaque };

// The body in `shown`: an object or array; UTF-8 text, which ends in "…" when it was cut; or
// {"bytes", "fingerprint"}. Never throws for any body.
BodyShown show_body(std::string_view body, Endpoint endpoint, Redactor::JsonOf of,
                    const Redactor& redactor, nlohmann::ordered_json& shown);

}  // namespace heygen::mock
