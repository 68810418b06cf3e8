#include "mock_server/store/memory.h"

#include <algorithm>
#include <utility>

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
    const auto grant = grants_.find(code.grant);
    if (grant == grants_.end()) return AlreadyRedeemed{0};
    const std::size_t died = count_active(grant->second, now);
    revoke_grant(grant->second, RevokedBy::code_replay);
    return AlreadyRedeemed{died};
  }
  if (now >= code.expires_at) return CodeExpired{};
  code.spent = true;
  Grant& grant = add_grant(code.client_id, code.user, code.scope);
  code.grant = grant.id;
  add_tokens(grant, fingerprint_of(value), tokens);
  make_room(tokens.issued_at);
  return Redeemed{code.grant};
}

bool MemoryStore::fail_code(std::string_view value, int limit) {
  const Lock lock(mutex_);
  const auto it = codes_.find(value);
  if (it == codes_.end()) return true;
  if (++it->second.failures >= limit) it->second.spent = true;
  return it->second.spent;
}

}  // namespace heygen::mock
