// Small text helpers. ASCII only, whatever the locale.
#pragma once

#include <string>
#include <string_view>

namespace heygen::client {

[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

// RFC 6749 Appendix A: every character is visible ASCII (0x21-0x7E).
[[nodiscard]] bool is_visible_ascii(std::string_view text) noexcept;

// Text from outside, made fit for one line of a log or terminal: control characters become spaces,
// bytes beyond ASCII become '?', and what exceeds the limit is cut.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t limit = 200);

}  // namespace heygen::client
