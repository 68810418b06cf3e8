// SqliteStores; SqliteStore: clients, consents and codes.
#include "mock_server/store/sqlite.h"

#include <utility>

#include "mock_server/store/records.h"
#include "mock_server/store/sqlite_file.h"
#include "mock_server/store/sqlite_values.h"

namespace heygen::mock {

// --- the sandboxes -------------------------------------------------------------------------------

SqliteStores::SqliteStores(const std::string& file, SqliteLimits limits)
    : file_(std::make_shared<SqliteFile>(file)), limits_(limits) {}

OpenedStore SqliteStores::open(std::string_view sandbox) {
  const auto [id, times] = file_->transact([&](SqliteConnection& c) {
    Rows rows = c.query(
        "INSERT INTO sandboxes (name, opened) VALUES (?, 1) "
        "ON CONFLICT (name) DO UPDATE SET opened = opened + 1 RETURNING id, opened",
        sandbox);
    (void)rows.next();
    const std::pair opened{rows.number(0), rows.number(1)};
    // Who began these can end them no more.
    (void)c.change("DELETE FROM calls WHERE sandbox = ? AND answer IS NULL", opened.first);
    return opened;
  });
  return {std::make_unique<SqliteStore>(file_, id, limits_), static_cast<std::uint64_t>(times)};
}

void SqliteStores::forget(std::string_view sandbox) {
  file_->transact([&](SqliteConnection& c) {
    (void)c.change("DELETE FROM sandboxes WHERE name = ?", sandbox);  // and all that is its own
  });
}

std::vector<std::string> SqliteStores::names() {
  return file_->run([](SqliteConnection& c) {
    std::vector<std::string> out;
    for (Rows rows = c.query("SELECT name FROM sandboxes ORDER BY name"); rows.next();) {
      out.push_back(rows.text(0));
    }
    return out;
  });
}

SqliteStore::SqliteStore(std::shared_ptr<SqliteFile> file, std::int64_t sandbox,
                         SqliteLimits limits)
    : file_(std::move(file)), sandbox_(sandbox), limits_(limits) {}

// --- clients -------------------------------------------------------------------------------------

void SqliteStore::put_client(Client client) { keep({std::move(client)}, {}); }

std::shared_ptr<const Client> SqliteStore::find_client(std::string_view id) const {
  return file_->run([&](SqliteConnection& c) -> std::shared_ptr<const Client> {
    Rows rows = c.query("SELECT record FROM clients WHERE sandbox = ? AND id = ?", sandbox_, id);
    if (!rows.next()) return nullptr;
    return std::make_shared<const Client>(records::read_client(rows.text(0)));
  });
}

bool SqliteStore::remove_client(std::string_view id) {
  return file_->run([&](SqliteConnection& c) {
    return c.change("DELETE FROM clients WHERE sandbox = ? AND id = ?", sandbox_, id) > 0;
  });
}

std::vector<std::shared_ptr<const Client>> SqliteStore::clients() const {
  return file_->run([&](SqliteConnection& c) {
    std::vector<std::shared_ptr<const Client>> all;
    Rows rows = c.query("SELECT record FROM clients WHERE sandbox = ? ORDER BY id", sandbox_);
    while (rows.next()) {
      all.push_back(std::make_shared<const Client>(records::read_client(rows.text(0))));
    }
    return all;
  });
}

// --- consents ------------------------------------------------------------------------------------

void SqliteStore::put_consent(PendingConsent consent) {
  const std::string digest = digest_of(std::exchange(consent.id, {}));
  const std::string record = records::write(consent);
  file_->transact([&](SqliteConnection& c) {
    (void)c.change(
        "INSERT OR REPLACE INTO consents (sandbox, digest, challenge, record) VALUES (?, ?, ?, ?)",
        sandbox_, digest, consent.request.challenge.value, Blob{record});
    make_room_for(c,
                  "DELETE FROM consents WHERE seq IN (SELECT seq FROM consents WHERE sandbox = ? "
                  "ORDER BY seq DESC LIMIT -1 OFFSET ?)",
                  sandbox_, limits_.consents);
  });
}

std::optional<PendingConsent> SqliteStore::find_consent(std::string_view id) const {
  return file_->run([&](SqliteConnection& c) -> std::optional<PendingConsent> {
    Rows rows = c.query("SELECT record FROM consents WHERE sandbox = ? AND digest = ?", sandbox_,
                        digest_of(id));
    if (!rows.next()) return std::nullopt;
    auto found = records::read_consent(rows.text(0));
    found.id = id;
    return found;
  });
}

std::optional<PendingConsent> SqliteStore::take_consent(std::string_view id) {
  return file_->transact([&](SqliteConnection& c) -> std::optional<PendingConsent> {
    Rows rows = c.query("DELETE FROM consents WHERE sandbox = ? AND digest = ? RETURNING record",
                        sandbox_, digest_of(id));
    if (!rows.next()) return std::nullopt;
    auto taken = records::read_consent(rows.text(0));
    taken.id = id;
    return taken;
  });
}

// --- codes ---------------------------------------------------------------------------------------

void SqliteStore::put_code(Code code) {
  const std::string digest = digest_of(std::exchange(code.value, {}));
  const std::string record = records::write(code);
  file_->transact([&](SqliteConnection& c) {
    (void)c.change(
        "INSERT OR REPLACE INTO codes (sandbox, digest, challenge, record) VALUES (?, ?, ?, ?)",
        sandbox_, digest, code.challenge.value, Blob{record});
    make_room_for(c,
                  "DELETE FROM codes WHERE seq IN (SELECT seq FROM codes WHERE sandbox = ? "
                  "ORDER BY seq DESC LIMIT -1 OFFSET ?)",
                  sandbox_, limits_.codes);
  });
}

std::optional<StoredCode> SqliteStore::find_code(std::string_view value) const {
  return file_->run([&](SqliteConnection& c) -> std::optional<StoredCode> {
    Rows rows =
        c.query("SELECT record, spent, failures FROM codes WHERE sandbox = ? AND digest = ?",
                sandbox_, digest_of(value));
    if (!rows.next()) return std::nullopt;
    StoredCode code;
    static_cast<Code&>(code) = records::read_code(rows.text(0));
    code.value = value;
    code.spent = rows.number(1) != 0;
    code.failures = static_cast<int>(rows.number(2));
    return code;
  });
}

bool SqliteStore::has_challenge(std::string_view challenge) const {
  return file_->run([&](SqliteConnection& c) {
    Rows rows = c.query(
        "SELECT EXISTS (SELECT 1 FROM codes WHERE sandbox = ?1 AND challenge = ?2 AND spent = 0) "
        "OR EXISTS (SELECT 1 FROM consents WHERE sandbox = ?1 AND challenge = ?2)",
        sandbox_, challenge);
    return rows.next() && rows.number(0) != 0;
  });
}

RedeemOutcome SqliteStore::redeem_code(std::string_view value, const TokenSet& tokens,
                                       TimePoint now) {
  const std::string digest = digest_of(value);
  return file_->transact([&](SqliteConnection& c) -> RedeemOutcome {
    Code code;
    {
      Rows rows =
          c.query("SELECT record, spent, grant_id FROM codes WHERE sandbox = ? AND digest = ?",
                  sandbox_, digest);
      if (!rows.next()) return CodeUnknown{};
      if (rows.number(1) != 0) {
        // RFC 6749 §4.1.2: a code used more than once takes down what it gave.
        const auto grant = static_cast<GrantId>(rows.number(2));
        const std::size_t died = count_active(c, grant, now);
        revoke_grant(c, grant, RevokedBy::code_replay);
        return AlreadyRedeemed{died};
      }
      code = records::read_code(rows.text(0));
    }
    if (now >= code.expires_at) return CodeExpired{};
    const GrantId grant = add_grant(c, code.client_id, code.user, code.scope);
    (void)c.change("UPDATE codes SET spent = 1, grant_id = ? WHERE sandbox = ? AND digest = ?",
                   static_cast<std::int64_t>(grant), sandbox_, digest);
    add_tokens(c, grant, value, tokens);
    return Redeemed{grant};
  });
}

bool SqliteStore::fail_code(std::string_view value, int limit) {
  return file_->transact([&](SqliteConnection& c) {
    Rows rows = c.query(
        "UPDATE codes SET failures = failures + 1, spent = spent OR failures + 1 >= ? "
        "WHERE sandbox = ? AND digest = ? RETURNING spent",
        std::int64_t{limit}, sandbox_, digest_of(value));
    return !rows.next() || rows.number(0) != 0;
  });
}

}  // namespace heygen::mock
