// What must be true of codes and tokens, written down a second time and without a look at the
// core: who holds what, and what has died of what. It knows values and clients, no rules of HTTP.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mock_server/core/policy.h"
#include "mock_server/core/types.h"

namespace heygen::mock::game {

struct CodeFacts {
  std::string client;
  std::string redirect;
  std::string verifier;  // "": no challenge was sent
  TimePoint expires_at;
  int failures = 0;
  bool spent = false;
  int grant = -1;  // -1: nothing was given for it
};

struct TokenFacts {
  bool access = true;
  int grant = 0;
  TimePoint expires_at;
  bool revoked = false;  // by itself, or replaced
  bool used = false;
  TimePoint used_at;
  std::string next_access;  // what it was exchanged for
  std::string next_refresh;
};

struct GrantFacts {
  std::string client;
  bool revoked = false;
};

class Model {
 public:
  void add_code(const std::string& value, CodeFacts facts) { codes[value] = std::move(facts); }

  // --- what must happen ---
  [[nodiscard]] bool may_redeem(const std::string& code, const std::string& client,
                                const std::string& redirect, const std::string& verifier,
                                TimePoint now) const;
  enum class Refresh : std::uint8_t { refused, fresh, again };  // again: the grace window's answer
  [[nodiscard]] Refresh may_refresh(const std::string& token, const std::string& client,
                                    const Policy& policy, TimePoint now) const;
  [[nodiscard]] bool opens_the_api(const std::string& token, TimePoint now) const;
  [[nodiscard]] TokenState state(const std::string& token, TimePoint now) const;

  // --- what has happened ---
  int add_grant(const std::string& client);
  void give(int grant, const TokenSet& tokens);
  void redeemed(const std::string& code, const TokenSet& tokens);
  void not_redeemed(const std::string& code, const std::string& client, const std::string& redirect,
                    TimePoint now);
  void refreshed(const std::string& token, const TokenSet& tokens, const Policy& policy,
                 TimePoint now);
  void not_refreshed(const std::string& token, const std::string& client, const Policy& policy,
                     TimePoint now);
  void revoked(const std::string& token);
  void expired(const std::string& token, TimePoint now);

  std::map<std::string, CodeFacts> codes;
  std::map<std::string, TokenFacts> tokens;
  std::vector<GrantFacts> grants;
};

}  // namespace heygen::mock::game
