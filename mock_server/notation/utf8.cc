#include "mock_server/notation/utf8.h"

#include <cstddef>

namespace heygen::mock {

std::uint32_t take_code_point(std::string_view& text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::uint32_t lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 1) {
    text.remove_prefix(1);
    return lead;
  }
  std::uint32_t point = lead & (0x7FU >> length);
  bool good = length != 0 && length <= text.size();
  for (std::size_t i = 1; good && i < length; ++i) {
    good = (byte(i) & 0xC0U) == 0x80U;
    point = (point << 6U) | (byte(i) & 0x3FU);
  }
  good = good && !(length == 3 && (point < 0x800 || (point >= 0xD800 && point <= 0xDFFF))) &&
         !(length == 4 && (point < 0x10000 || point > 0x10FFFF));
  text.remove_prefix(good ? length : 1);
  return good ? point : kReplacement;
}

}  // namespace heygen::mock
