// The characters of RFC 7636 §4.1 and of base64url (RFC 4648 §5).
#pragma once

namespace heygen::mock {

constexpr bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

constexpr bool is_base64url(char c) noexcept { return is_unreserved(c) && c != '.' && c != '~'; }

}  // namespace heygen::mock
