// Stores that fail when a test says so. For tests only.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mock_server/core/stores.h"
#include "mock_server/store/memory.h"

namespace heygen::mock::testing {

// Lets so many verbs through and refuses all others, until it is mended.
class Gate {
 public:
  void fail_after(int verbs) { left_ = verbs; }
  void mend() { left_ = kOpen; }
  void verb() const {
    if (left_ == kOpen) return;
    if (left_ <= 0) throw StoreUnavailable("the disk is full");
    --left_;
  }

 private:
  static constexpr int kOpen = -1;
  mutable std::atomic<int> left_{kOpen};
};

class FlakyStore final : public Store {
 public:
  explicit FlakyStore(const Gate& gate) : gate_(gate) {}

  void put_client(Client client) override { pass().put_client(std::move(client)); }
  std::shared_ptr<const Client> find_client(std::string_view id) const override {
    return pass().find_client(id);
  }
  bool remove_client(std::string_view id) override { return pass().remove_client(id); }
  std::vector<std::shared_ptr<const Client>> clients() const override { return pass().clients(); }
  void put_consent(PendingConsent consent) override { pass().put_consent(std::move(consent)); }
  std::optional<PendingConsent> find_consent(std::string_view id) const override {
    return pass().find_consent(id);
  }
  std::optional<PendingConsent> take_consent(std::string_view id) override {
    return pass().take_consent(id);
  }
  void put_code(Code code) override { pass().put_code(std::move(code)); }
  std::optional<StoredCode> find_code(std::string_view value) const override {
    return pass().find_code(value);
  }
  bool has_challenge(std::string_view challenge) const override {
    return pass().has_challenge(challenge);
  }
  RedeemOutcome redeem_code(std::string_view value, const TokenSet& tokens,
                            TimePoint now) override {
    return pass().redeem_code(value, tokens, now);
  }
  bool fail_code(std::string_view value, int limit) override {
    return pass().fail_code(value, limit);
  }
  bool put_device(DeviceRequest request) override { return pass().put_device(std::move(request)); }
  std::optional<StoredDevice> find_device(std::string_view user_code) const override {
    return pass().find_device(user_code);
  }
  DeviceDecision decide_device(std::string_view user_code, std::optional<std::string_view> user,
                               TimePoint now) override {
    return pass().decide_device(user_code, user, now);
  }
  DevicePoll poll_device(std::string_view device_code, std::string_view client_id,
                         const TokenSet& tokens, TimePoint now) override {
    return pass().poll_device(device_code, client_id, tokens, now);
  }
  GrantId put_grant(std::string_view client_id, std::string_view user, std::string_view scope,
                    const TokenSet& tokens) override {
    return pass().put_grant(client_id, user, scope, tokens);
  }
  std::optional<TokenView> find_token(std::string_view value, TimePoint now) const override {
    return pass().find_token(value, now);
  }
  RotateOutcome rotate_refresh(std::string_view value, const TokenSet& tokens, const Rotation& how,
                               TimePoint now) override {
    return pass().rotate_refresh(value, tokens, how, now);
  }
  bool revoke(std::string_view value) override { return pass().revoke(value); }
  QuotaAnswer take_quota(std::string_view key, std::int64_t limit, std::chrono::seconds window,
                         TimePoint now) override {
    return pass().take_quota(key, limit, window, now);
  }
  CallOutcome begin_call(std::string_view key, std::string_view digest, std::chrono::seconds lease,
                         TimePoint now) override {
    return pass().begin_call(key, digest, lease, now);
  }
  void end_call(std::string_view key, std::optional<KeptAnswer> answer, TimePoint until) override {
    pass().end_call(key, std::move(answer), until);
  }
  std::vector<TokenView> tokens(TimePoint now) const override { return pass().tokens(now); }
  bool revoke_by_id(std::string_view id) override { return pass().revoke_by_id(id); }
  bool expire_by_id(std::string_view id, TimePoint now) override {
    return pass().expire_by_id(id, now);
  }
  std::size_t expire_all(TimePoint now) override { return pass().expire_all(now); }
  void clear() override { pass().clear(); }
  std::optional<std::string> find_note(std::string_view key) const override {
    return pass().find_note(key);
  }
  void keep(const std::vector<Client>& clients, const Notes& notes) override {
    pass().keep(clients, notes);
  }
  std::uint64_t count_up(std::string_view key, std::uint64_t limit) override {
    return pass().count_up(key, limit);
  }
  std::uint64_t count(std::string_view key) const override { return pass().count(key); }

 private:
  MemoryStore& pass() {
    gate_.verb();
    return inside_;
  }
  const MemoryStore& pass() const {
    gate_.verb();
    return inside_;
  }

  const Gate& gate_;
  MemoryStore inside_;
};

// As if they outlived the process, so that sandboxes keep their own in them too.
class FlakyStores final : public Stores {
 public:
  OpenedStore open(std::string_view) override {
    gate.verb();
    return {std::make_unique<FlakyStore>(gate), 1};
  }
  void forget(std::string_view) override { gate.verb(); }
  std::vector<std::string> names() override {
    gate.verb();
    return {};
  }
  [[nodiscard]] bool lasting() const noexcept override { return true; }

  Gate gate;
};

}  // namespace heygen::mock::testing
