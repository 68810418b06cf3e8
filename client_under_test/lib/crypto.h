// The hash, encoding and comparison that PKCE and state need. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace heygen::client {

using Sha256Digest = std::array<std::byte, 32>;

[[nodiscard]] Sha256Digest sha256(std::string_view text);

// RFC 4648 §5 without padding, as RFC 7636 §3 wants it.
[[nodiscard]] std::string base64url(std::span<const std::byte> bytes);
// RFC 4648 §4 with padding: HTTP Basic.
[[nodiscard]] std::string base64(std::string_view text);

// Takes the same time wherever the texts differ; a difference in length shows.
[[nodiscard]] bool constant_time_equal(std::string_view a, std::string_view b) noexcept;

}  // namespace heygen::client
