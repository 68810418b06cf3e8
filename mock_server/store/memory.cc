#include "mock_server/store/memory.h"

#include <algorithm>

#include "mock_server/core/crypto.h"

namespace heygen::mock {
namespace {

using Lock = std::lock_guard<std::mutex>;

}  // namespace

// --- clients -----------------------------------------------------------------------------------

void MemoryStore::put_client(Client client) {
  auto shared = std::make_shared<const Client>(std::move(client));
  const Lock lock(mutex_);
  clients_[shared->id] = shared;
}

std::shared_ptr<const Client> MemoryStore::find_client(std::string_view id) const {
  const Lock lock(mutex_);
  const auto it = clients_.find(id);
  return it == clients_.end() ? nullptr : it->second;
}

bool MemoryStore::remove_client(std::string_view id) {
  const Lock lock(mutex_);
  const auto it = clients_.find(id);
  if (it == clients_.end()) return false;
  clients_.erase(it);
  return true;
}

std::vector<std::shared_ptr<const Client>> MemoryStore::clients() const {
  const Lock lock(mutex_);
  std::vector<std::shared_ptr<const Client>> all;
  all.reserve(clients_.size());
  for (const auto& [id, client] : clients_) all.push_back(client);
  return all;
}

// --- consents ----------------------------------------------------------------------------------

void MemoryStore::put_consent(PendingConsent consent) {
  const Lock lock(mutex_);
  while (consent_order_.size() >= limits_.consents) {
    consents_.erase(consent_order_.front());
    consent_order_.pop_front();
  }
  consent_order_.push_back(consent.id);
  std::string id = consent.id;
  consents_.insert_or_assign(std::move(id), std::move(consent));
}

std::optional<PendingConsent> MemoryStore::find_consent(std::string_view id) const {
  const Lock lock(mutex_);
  const auto it = consents_.find(id);
  if (it == consents_.end()) return std::nullopt;
  return it->second;
}

std::optional<PendingConsent> MemoryStore::take_consent(std::string_view id) {
  const Lock lock(mutex_);
  const auto it = consents_.find(id);
  if (it == consents_.end()) return std::nullopt;
  std::optional<PendingConsent> taken = std::move(it->second);
  consents_.erase(it);
  return taken;
}

// --- codes -------------------------------------------------------------------------------------

void MemoryStore::put_code(Code code) {
  const Lock lock(mutex_);
  while (code_order_.size() >= limits_.codes) {
    codes_.erase(code_order_.front());
    code_order_.pop_front();
  }
  code_order_.push_back(code.value);
  CodeRecord record;
  static_cast<Code&>(record) = std::move(code);
  std::string value = record.value;
  codes_.insert_or_assign(std::move(value), std::move(record));
}

std::optional<StoredCode> MemoryStore::find_code(std::string_view value) const {
  const Lock lock(mutex_);
  const auto it = codes_.find(value);
  if (it == codes_.end()) return std::nullopt;
  return static_cast<const StoredCode&>(it->second);
}

bool MemoryStore::has_challenge(std::string_view challenge) const {
  const Lock lock(mutex_);
  return std::ranges::any_of(codes_,
                             [&](const auto& entry) {
                               return !entry.second.spent &&
                                      entry.second.challenge.value == challenge;
                             }) ||
         std::ranges::any_of(consents_, [&](const auto& entry) {
           return entry.second.request.challenge.value == challenge;
         });
}

RedeemOutcome MemoryStore::redeem_code(std::string_view value, const TokenSet& tokens,
                                       TimePoint now) {
  const Lock lock(mutex_);
  const auto it = codes_.find(value);
  if (it == codes_.end()) return CodeUnknown{};
  CodeRecord& code = it->second;
  if (code.spent) {
    // RFC 6749 §4.1.2: a code used more than once takes down what it gave.
    const std::size_t died = count_active(code.grant, now);
    if (const auto grant = grants_.find(code.grant); grant != grants_.end()) {
      grant->second.revoked = true;
    }
    return AlreadyRedeemed{died};
  }
  if (now >= code.expires_at) return CodeExpired{};
  code.spent = true;
  code.grant = add_grant(code.client_id, code.user, code.scope);
  add_tokens(code.grant, value, tokens);
  return Redeemed{code.grant};
}

bool MemoryStore::fail_code(std::string_view value, int limit) {
  const Lock lock(mutex_);
  const auto it = codes_.find(value);
  if (it == codes_.end()) return true;
  if (++it->second.failures >= limit) it->second.spent = true;
  return it->second.spent;
}

// --- tokens ------------------------------------------------------------------------------------

GrantId MemoryStore::add_grant(std::string_view client_id, std::string_view user,
                               std::string_view scope) {
  const GrantId id = ++last_grant_;
  grants_.emplace(id, Grant{std::string{client_id}, std::string{user}, std::string{scope}});
  return id;
}

void MemoryStore::add_token(std::string value, Token token) {
  token_order_.push_back(value);
  tokens_.insert_or_assign(std::move(value), std::move(token));
}

void MemoryStore::add_tokens(GrantId grant, std::string_view parent, const TokenSet& tokens) {
  forget_oldest_tokens();
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
    add_token(tokens.refresh->value, std::move(token));
  }
}

// The oldest go first; what is still alive among them gets a second turn, once a call.
void MemoryStore::forget_oldest_tokens() {
  for (int turns = 0; tokens_.size() >= limits_.tokens && turns < 8; ++turns) {
    tokens_.erase(token_order_.front());
    token_order_.pop_front();
  }
}

TokenState MemoryStore::state_of(const Token& token, TimePoint now) const {
  const auto it = grants_.find(token.grant);
  if (token.revoked || it == grants_.end() || it->second.revoked) return TokenState::revoked;
  if (token.used) return TokenState::used;
  if (token.kind == TokenKind::access && token.generation < it->second.access_floor) {
    return TokenState::revoked;
  }
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
  const GrantId grant_id = it->second.grant;
  const TokenState state = state_of(it->second, now);
  if (state == TokenState::revoked) return RefreshRevoked{};
  if (state == TokenState::expired) return RefreshExpired{};
  if (state == TokenState::used && how.reuse != ReusePolicy::ignore) {
    const Token& spent = it->second;
    const auto access = tokens_.find(spent.successor_access);
    const auto refresh = tokens_.find(spent.successor_refresh);
    if (how.grace.count() > 0 && now < saturating_add(spent.used_at, how.grace) &&
        access != tokens_.end() && refresh != tokens_.end()) {
      return GraceReplay{{{access->first, access->second.expires_at},
                          NewToken{refresh->first, refresh->second.expires_at},
                          access->second.issued_at}};
    }
    const bool revoke = how.reuse == ReusePolicy::revoke_family;
    if (revoke) grants_[grant_id].revoked = true;
    return RefreshReused{revoke};
  }

  Grant& grant = grants_[grant_id];
  ++grant.generation;
  if (how.old_access == OldAccessPolicy::revoke) grant.access_floor = grant.generation;
  TokenSet given = tokens;
  if (how.rotation == RotationPolicy::rotate) {
    it->second.used = true;
    it->second.used_at = now;
    it->second.successor_access = given.access.value;
    it->second.successor_refresh = given.refresh ? given.refresh->value : std::string{};
    add_tokens(grant_id, value, given);
    return Rotated{std::move(given)};
  }
  given.refresh.reset();
  const NewToken kept{std::string{value}, it->second.expires_at};
  add_tokens(grant_id, value, given);
  if (how.rotation == RotationPolicy::reuse) given.refresh = kept;
  return Rotated{std::move(given)};
}

bool MemoryStore::revoke(std::string_view value) {
  const Lock lock(mutex_);
  const auto it = tokens_.find(value);
  if (it == tokens_.end()) return false;
  it->second.revoked = true;
  if (it->second.kind == TokenKind::refresh) grants_[it->second.grant].revoked = true;
  return true;
}

// --- control -----------------------------------------------------------------------------------

std::vector<TokenView> MemoryStore::tokens(TimePoint now) const {
  const Lock lock(mutex_);
  std::vector<TokenView> all;
  all.reserve(tokens_.size());
  for (const std::string& value : token_order_) {
    if (const auto it = tokens_.find(value); it != tokens_.end()) {
      all.push_back(view(it->first, it->second, now));
    }
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
  token->revoked = true;
  if (token->kind == TokenKind::refresh) grants_[token->grant].revoked = true;
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
  grants_.clear();
  tokens_.clear();
  token_order_.clear();
}

}  // namespace heygen::mock
