#include "mock_server/core/store.h"

namespace heygen::mock {

std::optional<TokenView> Store::find_token_by_id(std::string_view id, TimePoint now) const {
  for (TokenView& token : tokens(now)) {
    if (token.id == id) return std::move(token);
  }
  return std::nullopt;
}

TokenCounts Store::count_tokens(TimePoint now) const {
  TokenCounts counts;
  for (const TokenView& token : tokens(now)) {
    ++counts.kept;
    if (token.state != TokenState::active) continue;
    ++(token.kind == TokenKind::access ? counts.live_access : counts.live_refresh);
  }
  return counts;
}

}  // namespace heygen::mock
