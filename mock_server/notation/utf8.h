// UTF-8 (RFC 3629), read one code point at a time.
#pragma once

#include <cstdint>
#include <string_view>

namespace heygen::mock {

inline constexpr std::uint32_t kReplacement = 0xFFFD;

// Takes the first code point off `text`, which is not empty. A byte that begins no well-formed
// sequence (overlong forms, surrogates and what lies beyond U+10FFFF are none) is taken alone, as
// kReplacement.
std::uint32_t take_code_point(std::string_view& text) noexcept;

}  // namespace heygen::mock
