// MemoryStore: grants and tokens.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <thread>
#include <utility>

#include "mock_server/core/crypto.h"
#include "mock_server/store/memory.h"

namespace heygen::mock {
namespace {

using Lock = std::lock_guard<std::mutex>;

// Among how many of the oldest an expired token is looked for before a live one has to go.
constexpr int kSearched = 8;

// Slots of the index: some ten microseconds under the lock, of the tens of milliseconds that a
// million tokens take.
constexpr std::size_t kCountedAtOnce = 1024;

}  // namespace

MemoryStore::Grant& MemoryStore::add_grant(std::string_view client_id, std::string_view user,
                                           std::string_view scope) {
  Grant& grant = grants_[++last_grant_];
  grant.id = last_grant_;
  grant.owner =
      owners_.try_emplace({std::string{client_id}, std::string{user}, std::string{scope}}).first;
  ++grant.owner->second;
  return grant;
}

// Used or revoked for good. Such tokens make room first, in the order of their death.
void MemoryStore::mark_spent(TokenRecord* token) {
  if (token == nullptr || token->spent) return;
  token->spent = true;
  spent_order_.push_back(token);
}

MemoryStore::Added MemoryStore::add_tokens(Grant& grant, const std::optional<Fingerprint>& parent,
                                           const TokenSet& tokens) {
  const auto add = [&](const NewToken& token, TokenKind kind) {
    TokenRecord* const record = tokens_.add(token.value, kind, grant);
    if (record == nullptr) return record;
    record->issued_at = tokens.issued_at;
    record->expires_at = token.expires_at;
    record->generation = grant.generation;
    record->parent = parent;
    return record;
  };
  Added added;
  added.access = add(tokens.access, TokenKind::access);
  if (tokens.refresh) added.refresh = add(*tokens.refresh, TokenKind::refresh);
  return added;
}

void MemoryStore::make_room(TimePoint now) {
  const auto forget_spent = [&] {
    TokenRecord& token = *spent_order_.front();
    spent_order_.pop_front();
    forget_token(token);
  };
  while (spent_order_.size() > limits_.spent_tokens) forget_spent();
  while (tokens_.size() > limits_.tokens) {
    if (!spent_order_.empty()) {
      forget_spent();
      continue;
    }
    TokenRecord* goes = tokens_.oldest();
    TokenRecord* next = goes;
    for (int i = 0; i < kSearched && next != nullptr; ++i, next = TokenTable::newer(*next)) {
      if (state_of(*next, now) == TokenState::active) continue;
      goes = next;
      break;
    }
    forget_token(*goes);
  }
}

void MemoryStore::forget_token(TokenRecord& token) {
  Grant& grant = grant_of(token);
  tokens_.erase(token);
  if (grant.size > 0) return;
  if (--grant.owner->second == 0) owners_.erase(grant.owner);
  grants_.erase(grant.id);
}

RevokedBy MemoryStore::revoked_by(const TokenRecord& token) {
  if (token.revoked_by != RevokedBy::nobody) return token.revoked_by;
  const Grant& grant = grant_of(token);
  if (grant.revoked_by != RevokedBy::nobody) return grant.revoked_by;
  const bool replaced = token.kind == TokenKind::access && token.generation < grant.access_floor;
  return replaced ? RevokedBy::refresh : RevokedBy::nobody;
}

TokenState MemoryStore::state_of(const TokenRecord& token, TimePoint now) {
  if (revoked_by(token) != RevokedBy::nobody) return TokenState::revoked;
  if (token.used()) return TokenState::used;
  return now >= token.expires_at ? TokenState::expired : TokenState::active;
}

TokenView MemoryStore::view(const TokenRecord& token, TimePoint now) {
  const Grant& grant = grant_of(token);
  const Owner& owner = grant.owner->first;
  TokenView out;
  out.id = to_string(token.fingerprint);
  out.kind = token.kind;
  out.value = token.value();
  out.client_id = owner.client_id;
  out.user = owner.user;
  out.scope = owner.scope;
  out.state = state_of(token, now);
  out.revoked_by = revoked_by(token);
  out.issued_at = token.issued_at;
  out.expires_at = token.expires_at;
  if (token.parent) out.parent = to_string(*token.parent);
  out.grant = grant.id;
  return out;
}

std::size_t MemoryStore::count_active(const Grant& grant, TimePoint now) {
  std::size_t active = 0;
  for (const auto* token = grant.youngest; token != nullptr; token = TokenTable::elder(*token)) {
    if (state_of(*token, now) == TokenState::active) ++active;
  }
  return active;
}

GrantId MemoryStore::put_grant(std::string_view client_id, std::string_view user,
                               std::string_view scope, const TokenSet& tokens) {
  const Lock lock(mutex_);
  Grant& grant = add_grant(client_id, user, scope);
  const GrantId id = grant.id;
  add_tokens(grant, std::nullopt, tokens);
  make_room(tokens.issued_at);
  return id;
}

std::optional<TokenView> MemoryStore::find_token(std::string_view value, TimePoint now) const {
  const Lock lock(mutex_);
  const TokenRecord* const token = tokens_.find(value);
  if (token == nullptr) return std::nullopt;
  return view(*token, now);
}

RotateOutcome MemoryStore::rotate_refresh(std::string_view value, const TokenSet& tokens,
                                          const Rotation& how, TimePoint now) {
  const Lock lock(mutex_);
  TokenRecord* const presented = tokens_.find(value);
  if (presented == nullptr || presented->kind != TokenKind::refresh) return RefreshUnknown{};
  Grant& grant = grant_of(*presented);
  const TokenState state = state_of(*presented, now);
  if (state == TokenState::revoked) return RefreshRevoked{};
  if (state == TokenState::expired) return RefreshExpired{};
  if (state == TokenState::used && how.reuse != ReusePolicy::ignore) {
    const TokenRecord* const access = presented->next_access;
    const TokenRecord* const refresh = presented->next_refresh;
    if (how.grace.count() > 0 && now < saturating_add(*presented->used_at, how.grace) &&
        access != nullptr && refresh != nullptr) {
      return GraceReplay{{{std::string{access->value()}, access->expires_at},
                          NewToken{std::string{refresh->value()}, refresh->expires_at},
                          access->issued_at}};
    }
    const bool revoke = how.reuse == ReusePolicy::revoke_family;
    if (revoke) revoke_grant(grant, RevokedBy::refresh_reuse);
    return RefreshReused{revoke};
  }

  ++grant.generation;
  if (how.old_access == OldAccessPolicy::revoke) {
    grant.access_floor = grant.generation;
    if (grant.access != nullptr) mark_spent(grant.access);
  }
  TokenSet given = tokens;
  if (how.rotation == RotationPolicy::rotate) {
    presented->used_at = now;
    mark_spent(presented);
    const auto added = add_tokens(grant, presented->fingerprint, given);
    TokenTable::link(*presented, added.access, added.refresh);
    make_room(now);
    return Rotated{std::move(given)};
  }
  given.refresh.reset();
  const NewToken kept{std::string{value}, presented->expires_at};
  add_tokens(grant, presented->fingerprint, given);
  make_room(now);
  if (how.rotation == RotationPolicy::reuse) given.refresh = kept;
  return Rotated{std::move(given)};
}

void MemoryStore::revoke_grant(Grant& grant, RevokedBy by) {
  grant.revoked_by = by;
  mark_spent(grant.access);
  mark_spent(grant.refresh);
}

void MemoryStore::revoke_token(TokenRecord& token, RevokedBy by) {
  token.revoked_by = by;
  mark_spent(&token);
  // RFC 7009 §2.1: with a refresh token goes all that its grant gave.
  if (token.kind == TokenKind::refresh) revoke_grant(grant_of(token), by);
}

bool MemoryStore::revoke(std::string_view value) {
  const Lock lock(mutex_);
  TokenRecord* const token = tokens_.find(value);
  if (token == nullptr) return false;
  revoke_token(*token, RevokedBy::client);
  return true;
}

// --- the control API ---------------------------------------------------------------------------

std::vector<TokenView> MemoryStore::tokens(TimePoint now) const {
  const Lock lock(mutex_);
  std::vector<TokenView> all;
  all.reserve(tokens_.size());
  for (const auto* token = tokens_.oldest(); token != nullptr; token = TokenTable::newer(*token)) {
    all.push_back(view(*token, now));
  }
  return all;
}

TokenRecord* MemoryStore::find_by_id(std::string_view id) const {
  const auto fingerprint = parse_fingerprint(id);
  return fingerprint ? tokens_.find(*fingerprint) : nullptr;
}

std::optional<TokenView> MemoryStore::find_token_by_id(std::string_view id, TimePoint now) const {
  const Lock lock(mutex_);
  const TokenRecord* const token = find_by_id(id);
  if (token == nullptr) return std::nullopt;
  return view(*token, now);
}

TokenCounts MemoryStore::count_tokens(TimePoint now) const {
  TokenCounts counts;
  std::optional<std::size_t> at = 0;
  while (at) {
    {
      const Lock lock(mutex_);
      counts.kept = tokens_.size();
      at = tokens_.visit_some(*at, kCountedAtOnce, [&](const TokenRecord& token) {
        if (state_of(token, now) != TokenState::active) return;
        ++(token.kind == TokenKind::access ? counts.live_access : counts.live_refresh);
      });
    }
    std::this_thread::yield();  // to whoever waits for the lock
  }
  return counts;
}

bool MemoryStore::revoke_by_id(std::string_view id) {
  const Lock lock(mutex_);
  TokenRecord* const token = find_by_id(id);
  if (token == nullptr) return false;
  revoke_token(*token, RevokedBy::control);
  return true;
}

bool MemoryStore::expire_by_id(std::string_view id, TimePoint now) {
  const Lock lock(mutex_);
  TokenRecord* const token = find_by_id(id);
  if (token == nullptr) return false;
  token->expires_at = std::min(token->expires_at, now);
  return true;
}

std::size_t MemoryStore::expire_all(TimePoint now) {
  const Lock lock(mutex_);
  std::size_t expired = 0;
  for (auto* token = tokens_.oldest(); token != nullptr; token = TokenTable::newer(*token)) {
    if (state_of(*token, now) != TokenState::active) continue;
    token->expires_at = now;
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
  spent_order_.clear();
  tokens_.clear();
  grants_.clear();
  owners_.clear();
  quotas_.clear();
  quota_order_.clear();
  calls_.clear();
  call_order_.clear();
  counts_.clear();
}

}  // namespace heygen::mock
