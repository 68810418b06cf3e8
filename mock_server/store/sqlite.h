// Stores in a SQLite file: what a client was given outlives the process, kill -9 included.
//
// All sandboxes share the file. Every verb is one transaction.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "mock_server/core/stores.h"

namespace heygen::mock {

class SqliteFile;
class SqliteConnection;
struct TokenRow;

// How much is remembered at the most, in each sandbox. Beyond it the oldest goes, some time later;
// of tokens, one that is dead for good before any other.
struct SqliteLimits {
  std::int64_t codes = 65'536;
  std::int64_t consents = 4'096;
  std::int64_t devices = 4'096;
  std::int64_t tokens = 1'048'576;
  std::int64_t dead_tokens = 65'536;  // of these
  std::int64_t quotas = 4'096;
  std::int64_t calls = 4'096;
};

class SqliteStores final : public Stores {
 public:
  // Makes the file if there is none, readable to its owner alone; brings an older one up to date.
  // Throws StoreUnavailable when it cannot, when a newer program has written it, or when another
  // process has it open.
  explicit SqliteStores(const std::string& file, SqliteLimits limits = {});

  OpenedStore open(std::string_view sandbox) override;
  void forget(std::string_view sandbox) override;
  [[nodiscard]] std::vector<std::string> names() override;
  [[nodiscard]] bool lasting() const noexcept override { return true; }

 private:
  const std::shared_ptr<SqliteFile> file_;
  const SqliteLimits limits_;
};

// Fails when its sandbox was forgotten.
class SqliteStore final : public Store {
 public:
  SqliteStore(std::shared_ptr<SqliteFile> file, std::int64_t sandbox, SqliteLimits limits);

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
  // All of these belong into a transaction.
  GrantId add_grant(SqliteConnection& c, std::string_view client_id, std::string_view user,
                    std::string_view scope) const;
  void add_token(SqliteConnection& c, TokenKind kind, GrantId grant, std::string_view parent,
                 const NewToken& token, TimePoint issued_at) const;
  // `parent` is what they were given for; "": nothing.
  void add_tokens(SqliteConnection& c, GrantId grant, std::string_view parent,
                  const TokenSet& tokens) const;
  void make_room(SqliteConnection& c, std::int64_t last) const;
  [[nodiscard]] std::size_t count_active(SqliteConnection& c, GrantId grant, TimePoint now) const;
  void revoke_grant(SqliteConnection& c, GrantId grant, RevokedBy by) const;
  // False: there is no token to revoke.
  bool revoke_token(SqliteConnection& c, const std::optional<TokenRow>& token, RevokedBy by) const;

  const std::shared_ptr<SqliteFile> file_;
  const std::int64_t sandbox_;
  const SqliteLimits limits_;
};

}  // namespace heygen::mock
