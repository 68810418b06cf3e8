#include "mock_server/notation/json_quote.h"

#include <cstdint>

#include "mock_server/notation/utf8.h"

namespace heygen::mock {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

void append_escape(std::string& out, std::uint32_t unit) {
  out += "\\u";
  for (unsigned shift = 16; shift != 0;) {
    shift -= 4;
    out += kHexDigits[(unit >> shift) & 0xFU];
  }
}

}  // namespace

std::string json_quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  while (!text.empty()) {
    const char c = text.front();
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c >= ' ' && c <= '~' && c != '<' && c != '>' && c != '&') {
      out += c;
    } else {
      const std::uint32_t point = take_code_point(text);
      if (point >= 0x10000) {
        append_escape(out, 0xD7C0U + (point >> 10U));
        append_escape(out, 0xDC00U + (point & 0x3FFU));
      } else {
        append_escape(out, point);
      }
      continue;
    }
    text.remove_prefix(1);
  }
  return out += '"';
}

}  // namespace heygen::mock
