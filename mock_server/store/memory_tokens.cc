// MemoryStore: grants and tokens.
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "mock_server/core/crypto.h"
#include "mock_server/store/memory.h"

namespace heygen::mock {
namespace {

using Lock = std::lock_guard<std::mutex>;

// Among how many of the oldest a dead token is looked for before a live one has to go.
constexpr std::ptrdiff_t kSearched = 8;

}  // namespace

GrantId MemoryStore::add_grant(std::string_view client_id, std::string_view user,
                               std::string_view scope) {
  const GrantId id = ++last_grant_;
  Grant& grant = grants_[id];
  grant.client_id = client_id;
  grant.user = user;
  grant.scope = scope;
  return id;
}

void MemoryStore::add_token(std::string value, const Token& token) {
  const GrantId grant = token.grant;
  const auto [it, added] = tokens_.try_emplace(std::move(value), token);
  if (!added) return;
  token_order_.push_back(&it->first);
  ++grants_[grant].tokens;
}

void MemoryStore::add_tokens(GrantId grant, std::string_view parent, const TokenSet& tokens) {
  Token token;
  token.grant = grant;
  token.generation = grants_[grant].generation;
  token.issued_at = tokens.issued_at;
  token.parent = parent;
  token.expires_at = tokens.access.expires_at;
  add_token(tokens.access.value, token);
  if (tokens.refresh) {
    token.kind = TokenKind::refresh;
    token.expires_at = tokens.refresh->expires_at;
    add_token(tokens.refresh->value, token);
  }
  make_room(tokens.issued_at);
}

void MemoryStore::make_room(TimePoint now) {
  const auto dead = [&](const std::string* value) {
    return state_of(tokens_.find(*value)->second, now) != TokenState::active;
  };
  while (tokens_.size() > limits_.tokens) {
    const auto oldest = token_order_.begin();
    const auto end = oldest + std::min(kSearched, std::ssize(token_order_));
    auto goes = std::find_if(oldest, end, dead);
    if (goes == end) goes = oldest;
    forget_token(**goes);
    token_order_.erase(goes);
  }
}

void MemoryStore::forget_token(const std::string& value) {
  const auto it = tokens_.find(value);
  const auto grant = grants_.find(it->second.grant);
  if (grant != grants_.end() && --grant->second.tokens == 0) grants_.erase(grant);
  tokens_.erase(it);
}

RevokedBy MemoryStore::revoked_by(const Token& token) const {
  if (token.revoked_by != RevokedBy::nobody) return token.revoked_by;
  const auto it = grants_.find(token.grant);
  if (it == grants_.end()) return RevokedBy::control;
  if (it->second.revoked_by != RevokedBy::nobody) return it->second.revoked_by;
  const bool replaced =
      token.kind == TokenKind::access && token.generation < it->second.access_floor;
  return replaced ? RevokedBy::refresh : RevokedBy::nobody;
}

TokenState MemoryStore::state_of(const Token& token, TimePoint now) const {
  if (revoked_by(token) != RevokedBy::nobody) return TokenState::revoked;
  if (token.used) return TokenState::used;
  return now >= token.expires_at ? TokenState::expired : TokenState::active;
}

TokenView MemoryStore::view(const std::string& value, const Token& token, TimePoint now) const {
  TokenView out;
  out.id = fingerprint(value);
  out.kind = token.kind;
  out.value = value;
  if (const auto it = grants_.find(token.grant); it != grants_.end()) {
    out.client_id = it->second.client_id;
    out.user = it->second.user;
    out.scope = it->second.scope;
  }
  out.state = state_of(token, now);
  out.revoked_by = revoked_by(token);
  out.issued_at = token.issued_at;
  out.expires_at = token.expires_at;
  if (!token.parent.empty()) out.parent = fingerprint(token.parent);
  out.grant = token.grant;
  return out;
}

std::size_t MemoryStore::count_active(GrantId grant, TimePoint now) const {
  return static_cast<std::size_t>(std::ranges::count_if(tokens_, [&](const auto& entry) {
    return entry.second.grant == grant && state_of(entry.second, now) == TokenState::active;
  }));
}

GrantId MemoryStore::put_grant(std::string_view client_id, std::string_view user,
                               std::string_view scope, const TokenSet& tokens) {
  const Lock lock(mutex_);
  const GrantId grant = add_grant(client_id, user, scope);
  add_tokens(grant, {}, tokens);
  return grant;
}

std::optional<TokenView> MemoryStore::find_token(std::string_view value, TimePoint now) const {
  const Lock lock(mutex_);
  const auto it = tokens_.find(value);
  if (it == tokens_.end()) return std::nullopt;
  return view(it->first, it->second, now);
}

RotateOutcome MemoryStore::rotate_refresh(std::string_view value, const TokenSet& tokens,
                                          const Rotation& how, TimePoint now) {
  const Lock lock(mutex_);
  const auto it = tokens_.find(value);
  if (it == tokens_.end() || it->second.kind != TokenKind::refresh) return RefreshUnknown{};
  Token& presented = it->second;
  const GrantId grant_id = presented.grant;
  const TokenState state = state_of(presented, now);
  if (state == TokenState::revoked) return RefreshRevoked{};
  if (state == TokenState::expired) return RefreshExpired{};
  if (state == TokenState::used && how.reuse != ReusePolicy::ignore) {
    const auto access = tokens_.find(presented.successor_access);
    const auto refresh = tokens_.find(presented.successor_refresh);
    if (how.grace.count() > 0 && now < saturating_add(presented.used_at, how.grace) &&
        access != tokens_.end() && refresh != tokens_.end()) {
      return GraceReplay{{{access->first, access->second.expires_at},
                          NewToken{refresh->first, refresh->second.expires_at},
                          access->second.issued_at}};
    }
    const bool revoke = how.reuse == ReusePolicy::revoke_family;
    if (revoke) grants_[grant_id].revoked_by = RevokedBy::refresh_reuse;
    return RefreshReused{revoke};
  }

  Grant& grant = grants_[grant_id];
  ++grant.generation;
  if (how.old_access == OldAccessPolicy::revoke) grant.access_floor = grant.generation;
  TokenSet given = tokens;
  if (how.rotation == RotationPolicy::rotate) {
    presented.used = true;
    presented.used_at = now;
    presented.successor_access = given.access.value;
    presented.successor_refresh = given.refresh ? given.refresh->value : std::string{};
    add_tokens(grant_id, value, given);
    return Rotated{std::move(given)};
  }
  given.refresh.reset();
  const NewToken kept{std::string{value}, presented.expires_at};
  add_tokens(grant_id, value, given);
  if (how.rotation == RotationPolicy::reuse) given.refresh = kept;
  return Rotated{std::move(given)};
}

void MemoryStore::revoke_token(Token& token, RevokedBy by) {
  token.revoked_by = by;
  // RFC 7009 §2.1: with a refresh token goes all that its grant gave.
  if (token.kind == TokenKind::refresh) grants_[token.grant].revoked_by = by;
}

bool MemoryStore::revoke(std::string_view value) {
  const Lock lock(mutex_);
  const auto it = tokens_.find(value);
  if (it == tokens_.end()) return false;
  revoke_token(it->second, RevokedBy::client);
  return true;
}

// --- the control API ---------------------------------------------------------------------------

std::vector<TokenView> MemoryStore::tokens(TimePoint now) const {
  const Lock lock(mutex_);
  std::vector<TokenView> all;
  all.reserve(tokens_.size());
  for (const std::string* const value : token_order_) {
    const auto it = tokens_.find(*value);
    all.push_back(view(it->first, it->second, now));
  }
  return all;
}

MemoryStore::Token* MemoryStore::find_by_id(std::string_view id) {
  const auto it = std::ranges::find_if(
      tokens_, [&](const auto& entry) { return fingerprint(entry.first) == id; });
  return it == tokens_.end() ? nullptr : &it->second;
}

bool MemoryStore::revoke_by_id(std::string_view id) {
  const Lock lock(mutex_);
  Token* const token = find_by_id(id);
  if (token == nullptr) return false;
  revoke_token(*token, RevokedBy::control);
  return true;
}

bool MemoryStore::expire_by_id(std::string_view id, TimePoint now) {
  const Lock lock(mutex_);
  Token* const token = find_by_id(id);
  if (token == nullptr) return false;
  token->expires_at = std::min(token->expires_at, now);
  return true;
}

std::size_t MemoryStore::expire_all(TimePoint now) {
  const Lock lock(mutex_);
  std::size_t expired = 0;
  for (auto& [value, token] : tokens_) {
    if (state_of(token, now) != TokenState::active) continue;
    token.expires_at = now;
    ++expired;
  }
  return expired;
}

void MemoryStore::clear() {
  const Lock lock(mutex_);
  consents_.clear();
  consent_order_.clear();
  codes_.clear();
  code_order_.clear();
  devices_.clear();
  user_codes_.clear();
  device_order_.clear();
  grants_.clear();
  token_order_.clear();
  tokens_.clear();
  quotas_.clear();
  quota_order_.clear();
  calls_.clear();
  call_order_.clear();
}

}  // namespace heygen::mock
