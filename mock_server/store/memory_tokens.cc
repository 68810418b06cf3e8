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

// Among how many of the oldest an expired token is looked for before a live one has to go.
constexpr int kSearched = 8;

}  // namespace

GrantId MemoryStore::add_grant(std::string_view client_id, std::string_view user,
                               std::string_view scope) {
  const GrantId id = ++last_grant_;
  Grant& grant = grants_[id];
  grant.owner =
      owners_.try_emplace({std::string{client_id}, std::string{user}, std::string{scope}}).first;
  ++grant.owner->second;
  return id;
}

void MemoryStore::add_token(std::string value, const Token& token) {
  const GrantId grant = token.grant;
  const auto [it, added] = tokens_.try_emplace(std::move(value), token);
  if (!added) return;
  it->second.order = token_order_.insert(token_order_.end(), &*it);
  Grant& family = grants_[grant];
  ++family.tokens;
  (token.kind == TokenKind::access ? family.access : family.refresh) = &*it;
}

// Used or revoked for good. Such tokens make room first, in the order of their death.
void MemoryStore::mark_spent(Entry* entry) {
  if (entry == nullptr || entry->second.spent) return;
  entry->second.spent = true;
  spent_order_.push_back(entry);
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
  const auto forget_spent = [&] {
    Entry& entry = *spent_order_.front();
    spent_order_.pop_front();
    forget_token(entry);
  };
  while (spent_order_.size() > limits_.spent_tokens) forget_spent();
  while (tokens_.size() > limits_.tokens) {
    if (!spent_order_.empty()) {
      forget_spent();
      continue;
    }
    auto goes = token_order_.begin();
    auto next = goes;
    for (int i = 0; i < kSearched && next != token_order_.end(); ++i, ++next) {
      if (state_of((*next)->second, now) == TokenState::active) continue;
      goes = next;
      break;
    }
    forget_token(**goes);
  }
}

void MemoryStore::forget_token(Entry& entry) {
  if (const auto grant = grants_.find(entry.second.grant); grant != grants_.end()) {
    Grant& family = grant->second;
    if (family.access == &entry) family.access = nullptr;
    if (family.refresh == &entry) family.refresh = nullptr;
    if (--family.tokens == 0) {
      if (--family.owner->second == 0) owners_.erase(family.owner);
      grants_.erase(grant);
    }
  }
  token_order_.erase(entry.second.order);
  tokens_.erase(tokens_.find(entry.first));
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
  if (token.successors) return TokenState::used;
  return now >= token.expires_at ? TokenState::expired : TokenState::active;
}

TokenView MemoryStore::view(const std::string& value, const Token& token, TimePoint now) const {
  TokenView out;
  out.id = fingerprint(value);
  out.kind = token.kind;
  out.value = value;
  if (const auto it = grants_.find(token.grant); it != grants_.end()) {
    const Owner& owner = it->second.owner->first;
    out.client_id = owner.client_id;
    out.user = owner.user;
    out.scope = owner.scope;
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
    const auto access = tokens_.find(presented.successors->access);
    const auto refresh = tokens_.find(presented.successors->refresh);
    if (how.grace.count() > 0 && now < saturating_add(presented.successors->since, how.grace) &&
        access != tokens_.end() && refresh != tokens_.end()) {
      return GraceReplay{{{access->first, access->second.expires_at},
                          NewToken{refresh->first, refresh->second.expires_at},
                          access->second.issued_at}};
    }
    const bool revoke = how.reuse == ReusePolicy::revoke_family;
    if (revoke) revoke_grant(grants_[grant_id], RevokedBy::refresh_reuse);
    return RefreshReused{revoke};
  }

  Grant& grant = grants_[grant_id];
  ++grant.generation;
  if (how.old_access == OldAccessPolicy::revoke) {
    grant.access_floor = grant.generation;
    mark_spent(grant.access);
  }
  TokenSet given = tokens;
  if (how.rotation == RotationPolicy::rotate) {
    presented.successors = std::make_shared<const Successors>(
        Successors{given.access.value, given.refresh ? given.refresh->value : std::string{}, now});
    mark_spent(&*it);
    add_tokens(grant_id, value, given);
    return Rotated{std::move(given)};
  }
  given.refresh.reset();
  const NewToken kept{std::string{value}, presented.expires_at};
  add_tokens(grant_id, value, given);
  if (how.rotation == RotationPolicy::reuse) given.refresh = kept;
  return Rotated{std::move(given)};
}

void MemoryStore::revoke_grant(Grant& grant, RevokedBy by) {
  grant.revoked_by = by;
  mark_spent(grant.access);
  mark_spent(grant.refresh);
}

void MemoryStore::revoke_token(Token& token, RevokedBy by) {
  token.revoked_by = by;
  mark_spent(*token.order);
  // RFC 7009 §2.1: with a refresh token goes all that its grant gave.
  if (token.kind == TokenKind::refresh) revoke_grant(grants_[token.grant], by);
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
  for (const Entry* const entry : token_order_) {
    all.push_back(view(entry->first, entry->second, now));
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
  owners_.clear();
  token_order_.clear();
  spent_order_.clear();
  tokens_.clear();
  quotas_.clear();
  quota_order_.clear();
  calls_.clear();
  call_order_.clear();
  counts_.clear();
}

}  // namespace heygen::mock
