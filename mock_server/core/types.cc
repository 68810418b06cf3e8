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

}  // namespace heygen::mock
