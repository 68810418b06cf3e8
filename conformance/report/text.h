// Text from outside, made fit for where it is written.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace heygen::conformance {

// Bytes that are no UTF-8 (RFC 3629) become U+FFFD; a code point beyond XML's or a surrogate too.
std::string valid_utf8(std::string_view text);
// The same, and control characters become "\x1B": a terminal or a one-line field does nothing with
// them. Line breaks are control characters.
std::string printable(std::string_view text);

// How many columns the text takes, each code point one.
std::size_t columns_of(std::string_view text) noexcept;
std::string pad(std::string_view text, std::size_t columns);
// Breaks at blanks; lines after the first begin with `indent` blanks.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent);

// For HTML and XML, text and attribute values alike.
std::string html_escaped(std::string_view text);

}  // namespace heygen::conformance
