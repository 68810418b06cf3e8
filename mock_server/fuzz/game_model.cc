#include "mock_server/fuzz/game_model.h"

#include <algorithm>

namespace heygen::mock::game {
namespace {

constexpr int kFailuresThatBurn = 10;  // DECISIONS.md 10

}  // namespace

TokenState Model::state(const std::string& token, TimePoint now) const {
  const TokenFacts& facts = tokens.at(token);
  if (facts.revoked || grants[static_cast<std::size_t>(facts.grant)].revoked) {
    return TokenState::revoked;
  }
  if (facts.used) return TokenState::used;
  return now >= facts.expires_at ? TokenState::expired : TokenState::active;
}

bool Model::may_redeem(const std::string& code, const std::string& client,
                       const std::string& redirect, const std::string& verifier,
                       TimePoint now) const {
  const auto found = codes.find(code);
  if (found == codes.end()) return false;
  const CodeFacts& facts = found->second;
  return facts.client == client && !facts.spent && now < facts.expires_at &&
         facts.redirect == redirect && facts.verifier == verifier;
}

Model::Refresh Model::may_refresh(const std::string& token, const std::string& client,
                                  const Policy& policy, TimePoint now) const {
  const auto found = tokens.find(token);
  if (found == tokens.end() || found->second.access) return Refresh::refused;
  const TokenFacts& facts = found->second;
  if (grants[static_cast<std::size_t>(facts.grant)].client != client) return Refresh::refused;
  const TokenState now_is = state(token, now);
  if (now_is == TokenState::active) return Refresh::fresh;
  if (now_is != TokenState::used) return Refresh::refused;
  if (policy.reuse == ReusePolicy::ignore) return Refresh::fresh;
  const bool in_grace =
      policy.reuse_grace.count() > 0 && now < saturating_add(facts.used_at, policy.reuse_grace);
  return in_grace ? Refresh::again : Refresh::refused;
}

bool Model::opens_the_api(const std::string& token, TimePoint now) const {
  const auto found = tokens.find(token);
  return found != tokens.end() && found->second.access && state(token, now) == TokenState::active;
}

int Model::add_grant(const std::string& client) {
  grants.push_back({client});
  return static_cast<int>(grants.size()) - 1;
}

void Model::give(int grant, const TokenSet& given) {
  TokenFacts facts;
  facts.grant = grant;
  facts.expires_at = given.access.expires_at;
  tokens.emplace(given.access.value, facts);
  if (!given.refresh) return;
  facts.access = false;
  facts.expires_at = given.refresh->expires_at;
  tokens.emplace(given.refresh->value, facts);  // one that is given again stays as it was
}

void Model::redeemed(const std::string& code, const TokenSet& given) {
  CodeFacts& facts = codes.at(code);
  facts.spent = true;
  facts.grant = add_grant(facts.client);
  give(facts.grant, given);
}

// RFC 6749 §4.1.2: whoever brings a spent code back, and is its client, ends what it gave.
void Model::not_redeemed(const std::string& code, const std::string& client,
                         const std::string& redirect, TimePoint now) {
  const auto found = codes.find(code);
  if (found == codes.end() || found->second.client != client) return;
  CodeFacts& facts = found->second;
  if (facts.spent) {
    if (facts.grant >= 0) grants[static_cast<std::size_t>(facts.grant)].revoked = true;
    return;
  }
  // All was right but the proof.
  if (now >= facts.expires_at || facts.redirect != redirect) return;
  if (++facts.failures >= kFailuresThatBurn) facts.spent = true;
}

void Model::refreshed(const std::string& token, const TokenSet& given, const Policy& policy,
                      TimePoint now) {
  TokenFacts& presented = tokens.at(token);
  const int grant = presented.grant;
  if (policy.rotation == RotationPolicy::rotate) {
    presented.used = true;
    presented.used_at = now;
    presented.next_access = given.access.value;
    presented.next_refresh = given.refresh ? given.refresh->value : "";
  }
  if (policy.old_access == OldAccessPolicy::revoke) {
    for (auto& [value, facts] : tokens) {
      if (facts.access && facts.grant == grant) facts.revoked = true;
    }
  }
  give(grant, given);
}

// RFC 9700 §4.14.2.
void Model::not_refreshed(const std::string& token, const std::string& client, const Policy& policy,
                          TimePoint now) {
  const auto found = tokens.find(token);
  if (found == tokens.end() || found->second.access) return;
  GrantFacts& grant = grants[static_cast<std::size_t>(found->second.grant)];
  if (grant.client != client || state(token, now) != TokenState::used) return;
  if (policy.reuse == ReusePolicy::revoke_family) grant.revoked = true;
}

// RFC 7009 §2.1.
void Model::revoked(const std::string& token) {
  TokenFacts& facts = tokens.at(token);
  facts.revoked = true;
  if (!facts.access) grants[static_cast<std::size_t>(facts.grant)].revoked = true;
}

void Model::expired(const std::string& token, TimePoint now) {
  TokenFacts& facts = tokens.at(token);
  facts.expires_at = std::min(facts.expires_at, now);
}

}  // namespace heygen::mock::game
