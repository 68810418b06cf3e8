// The default store: hash maps under one mutex. Nothing outlives the process.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "mock_server/core/store.h"
#include "mock_server/store/token_table.h"

namespace heygen::mock {

// How much is remembered at the most. Beyond it the oldest goes; of tokens, one that was used or
// revoked before any other.
struct MemoryLimits {
  std::size_t codes = 65'536;
  std::size_t consents = 4'096;
  std::size_t devices = 4'096;
  std::size_t tokens = 1'048'576;
  std::size_t spent_tokens = 65'536;  // of these, used or revoked: they are kept to be recognised
  std::size_t quotas = 4'096;
  std::size_t calls = 4'096;
};

class MemoryStore : public Store {
 public:
  explicit MemoryStore(MemoryLimits limits = {}) : limits_(limits) {}

  void put_client(Client client) override;
  [[nodiscard]] std::shared_ptr<const Client> find_client(std::string_view id) const override;
  bool remove_client(std::string_view id) override;
  [[nodiscard]] std::vector<std::shared_ptr<const Client>> clients() const override;

  void put_consent(PendingConsent consent) override;
  [[nodiscard]] std::optional<PendingConsent> find_consent(std::string_view id) const override;
  std::optional<PendingConsent> take_consent(std::string_view id) override;

  void put_code(Code code) override;
  [[nodiscard]] std::optional<StoredCode> find_code(std::string_view value) const override;
  [[nodiscard]] bool has_challenge(std::string_view challenge) const override;
  RedeemOutcome redeem_code(std::string_view value, const TokenSet& tokens, TimePoint now) override;
  bool fail_code(std::string_view value, int limit) override;

  bool put_device(DeviceRequest request) override;
  [[nodiscard]] std::optional<StoredDevice> find_device(std::string_view user_code) const override;
  DeviceDecision decide_device(std::string_view user_code, std::optional<std::string_view> user,
                               TimePoint now) override;
  DevicePoll poll_device(std::string_view device_code, std::string_view client_id,
                         const TokenSet& tokens, TimePoint now) override;

  GrantId put_grant(std::string_view client_id, std::string_view user, std::string_view scope,
                    const TokenSet& tokens) override;
  [[nodiscard]] std::optional<TokenView> find_token(std::string_view value,
                                                    TimePoint now) const override;
  RotateOutcome rotate_refresh(std::string_view value, const TokenSet& tokens, const Rotation& how,
                               TimePoint now) override;
  bool revoke(std::string_view value) override;

  QuotaAnswer take_quota(std::string_view key, std::int64_t limit, std::chrono::seconds window,
                         TimePoint now) override;

  CallOutcome begin_call(std::string_view key, std::string_view digest, std::chrono::seconds lease,
                         TimePoint now) override;
  void end_call(std::string_view key, std::optional<KeptAnswer> answer, TimePoint until) override;

  [[nodiscard]] std::vector<TokenView> tokens(TimePoint now) const override;
  [[nodiscard]] std::optional<TokenView> find_token_by_id(std::string_view id,
                                                          TimePoint now) const override;
  [[nodiscard]] TokenCounts count_tokens(TimePoint now) const override;
  bool revoke_by_id(std::string_view id) override;
  bool expire_by_id(std::string_view id, TimePoint now) override;
  std::size_t expire_all(TimePoint now) override;
  void clear() override;

  [[nodiscard]] std::optional<std::string> find_note(std::string_view key) const override;
  void keep(const std::vector<Client>& clients, const Notes& notes) override;
  std::uint64_t count_up(std::string_view key, std::uint64_t limit) override;
  [[nodiscard]] std::uint64_t count(std::string_view key) const override;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept {
      return std::hash<std::string_view>{}(s);
    }
  };
  template <typename T>
  using Table = std::unordered_map<std::string, T, Hash, std::equal_to<>>;

  // Whose a grant is, and for what: kept once for all grants that are alike.
  struct Owner {
    std::string client_id;
    std::string user;
    std::string scope;
    auto operator<=>(const Owner&) const = default;
  };
  using Owners = std::map<Owner, std::size_t>;  // and how many grants are
  struct Grant : TokenFamily {
    GrantId id = 0;
    Owners::iterator owner;
    RevokedBy revoked_by = RevokedBy::nobody;
    std::uint32_t access_floor = 0;  // access tokens of an earlier generation are dead
    std::uint32_t generation = 0;
  };
  struct CodeRecord : StoredCode {
    GrantId grant = 0;  // 0: nothing was given for it
  };
  struct DeviceRecord : StoredDevice {
    std::optional<TimePoint> polled_at;
  };
  struct Added {
    TokenRecord* access = nullptr;
    TokenRecord* refresh = nullptr;
  };

  struct Quota {
    TimePoint begun;
    std::int64_t taken = 0;
  };
  struct RepeatableCall {
    std::string digest;
    TimePoint begun;
    TimePoint expires_at;
    std::optional<KeptAnswer> answer;  // absent: under way
  };

  // All of these want the mutex held.
  Grant& add_grant(std::string_view client_id, std::string_view user, std::string_view scope);
  static Grant& grant_of(const TokenRecord& token) { return static_cast<Grant&>(*token.family); }
  // Of a value that is there already nothing is added. Whoever adds makes room afterwards.
  Added add_tokens(Grant& grant, const std::optional<Fingerprint>& parent, const TokenSet& tokens);
  void make_room(TimePoint now);
  void forget_token(TokenRecord& token);  // and with the last of them its grant
  void mark_spent(TokenRecord* token);
  void revoke_grant(Grant& grant, RevokedBy by);
  void revoke_token(TokenRecord& token, RevokedBy by);
  [[nodiscard]] static RevokedBy revoked_by(const TokenRecord& token);
  [[nodiscard]] static TokenState state_of(const TokenRecord& token, TimePoint now);
  [[nodiscard]] static TokenView view(const TokenRecord& token, TimePoint now);
  [[nodiscard]] static std::size_t count_active(const Grant& grant, TimePoint now);
  [[nodiscard]] TokenRecord* find_by_id(std::string_view id) const;

  const MemoryLimits limits_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const Client>, std::less<>> clients_;
  Table<PendingConsent> consents_;
  std::deque<std::string> consent_order_;
  Table<CodeRecord> codes_;
  std::deque<std::string> code_order_;
  Table<DeviceRecord> devices_;    // by user code
  Table<std::string> user_codes_;  // by device code
  std::deque<std::string> device_order_;
  Owners owners_;
  std::unordered_map<GrantId, Grant> grants_;
  TokenTable tokens_;
  std::deque<TokenRecord*> spent_order_;  // those of them that no clock brings back
  Table<Quota> quotas_;
  std::deque<std::string> quota_order_;
  Table<RepeatableCall> calls_;
  std::deque<std::string> call_order_;
  Table<std::string> notes_;
  Table<std::uint64_t> counts_;
  GrantId last_grant_ = 0;
};

}  // namespace heygen::mock
