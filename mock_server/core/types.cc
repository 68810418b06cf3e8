#include "mock_server/core/types.h"

namespace heygen::mock {

std::string_view to_string(TokenKind kind) noexcept {
  return kind == TokenKind::access ? "access" : "refresh";
}

std::string_view to_string(TokenState state) noexcept {
  switch (state) {
    case TokenState::active:
      return "active";
    case TokenState::expired:
      return "expired";
    case TokenState::revoked:
      return "revoked";
    case TokenState::used:
      break;
  }
  return "used";
}

std::string_view explain(RevokedBy by) noexcept {
  switch (by) {
    case RevokedBy::nobody:
      return "";
    case RevokedBy::client:
      return "by the revocation endpoint";
    case RevokedBy::code_replay:
      return "since its code was redeemed a second time (RFC 6749 §4.1.2)";
    case RevokedBy::refresh_reuse:
      return "since a spent refresh token of its family was used again (RFC 9700 §4.14.2)";
    case RevokedBy::refresh:
      return "by the refresh that replaced it";
    case RevokedBy::control:
      break;
  }
  return "by the control API";
}

}  // namespace heygen::mock
