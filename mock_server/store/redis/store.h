// A sandbox's store on a Redis server, which several processes share. Every verb is one script, and
// Redis runs one script at a time: that is the atomic promise.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "mock_server/core/store.h"

namespace heygen::mock::redis {

class Pool;
struct Reply;

// How much is remembered at the most, in each sandbox, as the memory store does. Beyond it the
// oldest goes; of tokens, one that was used or revoked before any other.
struct Limits {
  std::size_t codes = 65'536;
  std::size_t consents = 4'096;
  std::size_t devices = 4'096;
  std::size_t tokens = 1'048'576;
  std::size_t spent_tokens = 65'536;
  std::size_t quotas = 4'096;
  std::size_t calls = 4'096;
};

class RedisStore final : public Store {
 public:
  // `incarnation` says which of the sandboxes that had this name; once it is gone, all of this
  // throws StoreUnavailable.
  RedisStore(std::shared_ptr<Pool> pool, std::string prefix, std::string incarnation,
             Limits limits);

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
  bool revoke_by_id(std::string_view id) override;
  bool expire_by_id(std::string_view id, TimePoint now) override;
  std::size_t expire_all(TimePoint now) override;
  void clear() override;

  [[nodiscard]] std::optional<std::string> find_note(std::string_view key) const override;
  void keep(const std::vector<Client>& clients, const Notes& notes) override;
  std::uint64_t count_up(std::string_view key, std::uint64_t limit) override;
  [[nodiscard]] std::uint64_t count(std::string_view key) const override;

  [[nodiscard]] bool is_behind() const override;
  void catch_up(const std::function<void(const Notes&)>& adopt) override;

 private:
  [[nodiscard]] std::optional<std::string> caught_up_with() const;
  void now_caught_up_with(std::optional<std::string> revision);
  using Arguments = std::vector<std::string>;
  Reply run(std::string_view script, Arguments arguments) const;
  void append(Arguments& arguments, const TokenSet& tokens) const;

  const std::shared_ptr<Pool> pool_;
  const std::string prefix_;
  const std::string incarnation_;
  const Limits limits_;
  std::mutex catching_up_;  // held by whoever does, from reading to having adopted
  mutable std::mutex mutex_;
  // Of what is kept: "" before anything is; nothing while somebody catches up.
  std::optional<std::string> revision_ = "";
};

}  // namespace heygen::mock::redis
