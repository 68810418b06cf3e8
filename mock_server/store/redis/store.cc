#include "mock_server/store/redis/store.h"

#include <algorithm>
#include <utility>

#include "mock_server/core/crypto.h"
#include "mock_server/store/records.h"
#include "mock_server/store/redis/answers.h"
#include "mock_server/store/redis/script.h"

namespace heygen::mock::redis {

RedisStore::RedisStore(std::shared_ptr<Pool> pool, std::string prefix, std::string incarnation,
                       Limits limits)
    : pool_(std::move(pool)),
      prefix_(std::move(prefix)),
      incarnation_(std::move(incarnation)),
      limits_(limits) {}

Reply RedisStore::run(std::string_view script, Arguments arguments) const {
  arguments.insert(arguments.begin(), incarnation_);
  return run_script(*pool_, script, prefix_, arguments);
}

// As set_at() of tokens.lua reads it.
void RedisStore::append(Arguments& arguments, const TokenSet& tokens) const {
  const auto add = [&](const std::string& text) { arguments.push_back(text); };
  add(records::write_time(tokens.issued_at));
  add(tokens.access.value);
  add(fingerprint(tokens.access.value));
  add(records::write_time(tokens.access.expires_at));
  add(tokens.refresh ? tokens.refresh->value : "");
  add(tokens.refresh ? fingerprint(tokens.refresh->value) : "");
  add(tokens.refresh ? records::write_time(tokens.refresh->expires_at) : "");
  add(std::to_string(limits_.tokens));
  add(std::to_string(limits_.spent_tokens));
}

// --- clients -----------------------------------------------------------------------------------

void RedisStore::put_client(Client client) {
  run("put_client", {client.id, records::write(client)});
}

std::shared_ptr<const Client> RedisStore::find_client(std::string_view id) const {
  const auto record = optional_text_at(run("find_client", {std::string{id}}), 1);
  return record ? std::make_shared<const Client>(records::read_client(*record)) : nullptr;
}

bool RedisStore::remove_client(std::string_view id) {
  return flag_at(run("remove_client", {std::string{id}}), 1);
}

std::vector<std::shared_ptr<const Client>> RedisStore::clients() const {
  const Reply reply = run("clients", {});
  std::vector<std::shared_ptr<const Client>> all;
  for (const Reply& record : part(reply, 1).list) {
    all.push_back(std::make_shared<const Client>(records::read_client(record.text)));
  }
  std::ranges::sort(all, {}, [](const auto& client) { return client->id; });
  return all;
}

// --- consents ----------------------------------------------------------------------------------

void RedisStore::put_consent(PendingConsent consent) {
  run("put_consent", {consent.id, records::write(consent), consent.request.challenge.value,
                      std::to_string(limits_.consents)});
}

std::optional<PendingConsent> RedisStore::find_consent(std::string_view id) const {
  const auto record = optional_text_at(run("find_consent", {std::string{id}}), 1);
  return record ? std::optional{records::read_consent(*record)} : std::nullopt;
}

std::optional<PendingConsent> RedisStore::take_consent(std::string_view id) {
  const auto record = optional_text_at(run("take_consent", {std::string{id}}), 1);
  return record ? std::optional{records::read_consent(*record)} : std::nullopt;
}

// --- codes -------------------------------------------------------------------------------------

void RedisStore::put_code(Code code) {
  run("put_code",
      {code.value, records::write(code), code.challenge.value, code.client_id, code.user,
       code.scope, records::write_time(code.expires_at), std::to_string(limits_.codes)});
}

std::optional<StoredCode> RedisStore::find_code(std::string_view value) const {
  const Reply reply = run("find_code", {std::string{value}});
  const auto record = optional_text_at(reply, 1);
  if (!record) return std::nullopt;
  StoredCode code;
  static_cast<Code&>(code) = records::read_code(*record);
  code.spent = flag_at(reply, 2);
  code.failures = static_cast<int>(integer_at(reply, 3));
  return code;
}

bool RedisStore::has_challenge(std::string_view challenge) const {
  return flag_at(run("has_challenge", {std::string{challenge}}), 1);
}

RedeemOutcome RedisStore::redeem_code(std::string_view value, const TokenSet& tokens,
                                      TimePoint now) {
  Arguments arguments{std::string{value}, records::write_time(now)};
  append(arguments, tokens);
  const Reply reply = run("redeem_code", std::move(arguments));
  const std::string_view what = outcome(reply);
  if (what == "redeemed") return Redeemed{grant_at(reply, 1)};
  if (what == "already_redeemed") {
    return AlreadyRedeemed{static_cast<std::size_t>(integer_at(reply, 1))};
  }
  if (what == "expired") return CodeExpired{};
  if (what == "unknown") return CodeUnknown{};
  refuse_outcome(what);
}

bool RedisStore::fail_code(std::string_view value, int limit) {
  return flag_at(run("fail_code", {std::string{value}, std::to_string(limit)}), 1);
}

// --- what the sandbox keeps of itself ----------------------------------------------------------

std::optional<std::string> RedisStore::find_note(std::string_view key) const {
  return optional_text_at(run("find_note", {std::string{key}}), 1);
}

void RedisStore::keep(const std::vector<Client>& clients, const Notes& notes) {
  const auto expected = caught_up_with();
  if (!expected) throw StoreBehind("another thread is catching up");
  Arguments arguments{*expected, std::to_string(clients.size())};
  for (const Client& client : clients) {
    arguments.push_back(client.id);
    arguments.push_back(records::write(client));
  }
  for (const auto& [key, text] : notes) {
    arguments.push_back(key);
    arguments.push_back(text);
  }
  const Reply reply = run("keep", std::move(arguments));
  if (outcome(reply) == "behind") throw StoreBehind("another process was first: try again");
  const std::lock_guard lock{mutex_};
  // Unless somebody has begun to catch up with less than this: then all of it is to be read again.
  if (revision_ == expected) revision_ = text_at(reply, 1);
}

std::uint64_t RedisStore::count_up(std::string_view key, std::uint64_t limit) {
  const Reply reply = run("count_up", {std::string{key}, std::to_string(limit)});
  return static_cast<std::uint64_t>(integer_at(reply, 1));
}

std::uint64_t RedisStore::count(std::string_view key) const {
  return static_cast<std::uint64_t>(integer_at(run("count", {std::string{key}}), 1));
}

// --- other processes ---------------------------------------------------------------------------

std::optional<std::string> RedisStore::caught_up_with() const {
  const std::lock_guard lock{mutex_};
  return revision_;
}

void RedisStore::now_caught_up_with(std::optional<std::string> revision) {
  const std::lock_guard lock{mutex_};
  revision_ = std::move(revision);
}

bool RedisStore::is_behind() const {
  const Reply reply = run("revision", {});
  return text_at(reply, 1) != caught_up_with();
}

void RedisStore::catch_up(const std::function<void(const Notes&)>& adopt) {
  const std::lock_guard one_at_a_time{catching_up_};
  // What is written while the old and the new are mixed would be neither.
  now_caught_up_with(std::nullopt);
  const Reply reply = run("notes", {});
  Notes notes;
  const auto& texts = part(reply, 2).list;
  for (std::size_t i = 0; i + 1 < texts.size(); i += 2) {
    notes.emplace_back(texts[i].text, texts[i + 1].text);
  }
  adopt(notes);
  now_caught_up_with(text_at(reply, 1));
}

}  // namespace heygen::mock::redis
