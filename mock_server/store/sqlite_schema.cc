#include "mock_server/store/sqlite_schema.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>

#include "mock_server/core/store.h"

namespace heygen::mock {
namespace {

constexpr int kApplicationId = 0x4847'4D4B;  // "HGMK": tells our files from other programs'

// Version n+1 is what step n leaves. A step that was released is never edited: add another.
//
// Every row belongs to a sandbox and goes with it. A sandbox's id is not given again, so that a
// request that is under way in one that was dropped cannot write into its successor. `seq` is the
// order of arrival: the oldest rows make room. `digest` is the SHA-256 of what its owner holds,
// where that is enough to know it again.
constexpr std::array kSteps{R"sql(
CREATE TABLE sandboxes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  opened INTEGER NOT NULL DEFAULT 0,
  last_grant INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE notes (
  sandbox INTEGER NOT NULL REFERENCES sandboxes ON DELETE CASCADE,
  key TEXT NOT NULL,
  text BLOB NOT NULL,
  PRIMARY KEY (sandbox, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE counts (
  sandbox INTEGER NOT NULL REFERENCES sandboxes ON DELETE CASCADE,
  key TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (sandbox, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE clients (
  sandbox INTEGER NOT NULL REFERENCES sandboxes ON DELETE CASCADE,
  id TEXT NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (sandbox, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE consents (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  sandbox INTEGER NOT NULL REFERENCES sandboxes ON DELETE CASCADE,
  digest TEXT NOT NULL,
  challenge TEXT NOT NULL,
  record BLOB NOT NULL,
  UNIQUE (sandbox, digest)
) STRICT;
CREATE INDEX consents_by_challenge ON consents (sandbox, challenge);

CREATE TABLE codes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  sandbox INTEGER NOT NULL REFERENCES sandboxes ON DELETE CASCADE,
  digest TEXT NOT NULL,
  challenge TEXT NOT NULL,
  record BLOB NOT NULL,
  spent INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  grant_id INTEGER NOT NULL DEFAULT 0,
  UNIQUE (sandbox, digest)
) STRICT;
CREATE INDEX codes_by_challenge ON codes (sandbox, challenge) WHERE spent = 0;

CREATE TABLE devices (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  sandbox INTEGER NOT NULL REFERENCES sandboxes ON DELETE CASCADE,
  user_code TEXT NOT NULL,
  digest TEXT NOT NULL,
  record BLOB NOT NULL,
  state INTEGER NOT NULL DEFAULT 0,
  user TEXT NOT NULL DEFAULT '',
  interval INTEGER NOT NULL,
  polled_at INTEGER,
  UNIQUE (sandbox, user_code),
  UNIQUE (sandbox, digest)
) STRICT;

CREATE TABLE grants (
  sandbox INTEGER NOT NULL REFERENCES sandboxes ON DELETE CASCADE,
  id INTEGER NOT NULL,
  client_id TEXT NOT NULL,
  user TEXT NOT NULL,
  scope TEXT NOT NULL,
  revoked_by INTEGER NOT NULL DEFAULT 0,
  access_floor INTEGER NOT NULL DEFAULT 0,
  generation INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (sandbox, id)
) STRICT, WITHOUT ROWID;

-- `dead` is set when no clock brings the token back: the number of the last token issued by then.
-- Dead tokens make room first, in the order of their death.
CREATE TABLE tokens (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  sandbox INTEGER NOT NULL REFERENCES sandboxes ON DELETE CASCADE,
  value TEXT NOT NULL,
  id TEXT NOT NULL,
  kind INTEGER NOT NULL,
  grant_id INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  parent TEXT NOT NULL,
  issued_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_by INTEGER NOT NULL DEFAULT 0,
  used_at INTEGER,
  next_access TEXT NOT NULL DEFAULT '',
  next_refresh TEXT NOT NULL DEFAULT '',
  dead INTEGER,
  UNIQUE (sandbox, value)
) STRICT;
CREATE INDEX tokens_by_id ON tokens (sandbox, id);
CREATE INDEX tokens_by_grant ON tokens (sandbox, grant_id, dead);
CREATE INDEX tokens_by_death ON tokens (sandbox, dead) WHERE dead IS NOT NULL;

-- With what its grant says: whose it is, and what took it (a RevokedBy; 4: the refresh that
-- replaced it).
CREATE VIEW all_tokens AS
SELECT t.seq, t.value, t.id, t.kind, t.grant_id, g.client_id, g.user, g.scope,
  CASE
    WHEN t.revoked_by <> 0 THEN t.revoked_by
    WHEN g.revoked_by <> 0 THEN g.revoked_by
    WHEN t.kind = 0 AND t.generation < g.access_floor THEN 4
    ELSE 0
  END AS taken_by,
  t.used_at, t.issued_at, t.expires_at, t.parent, t.next_access, t.next_refresh, t.sandbox, t.dead
FROM tokens t JOIN grants g ON g.sandbox = t.sandbox AND g.id = t.grant_id;

CREATE TABLE quotas (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  sandbox INTEGER NOT NULL REFERENCES sandboxes ON DELETE CASCADE,
  key TEXT NOT NULL,
  begun INTEGER NOT NULL,
  taken INTEGER NOT NULL,
  UNIQUE (sandbox, key)
) STRICT;

CREATE TABLE calls (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  sandbox INTEGER NOT NULL REFERENCES sandboxes ON DELETE CASCADE,
  key TEXT NOT NULL,
  digest TEXT NOT NULL,
  begun INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  answer BLOB,
  UNIQUE (sandbox, key)
) STRICT;
)sql"};

}  // namespace

void migrate(SQLite::Database& database, const std::string& file) {
  constexpr int kNewest = static_cast<int>(kSteps.size());
  const auto version = [&] { return database.execAndGet("PRAGMA user_version").getInt(); };
  if (version() == kNewest &&
      database.execAndGet("PRAGMA application_id").getInt() == kApplicationId) {
    return;
  }
  SQLite::Transaction transaction{database, SQLite::TransactionBehavior::IMMEDIATE};
  const bool empty = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
  if (!empty && database.execAndGet("PRAGMA application_id").getInt() != kApplicationId) {
    throw StoreUnavailable(file + " is another program's database: name another file");
  }
  const int before = version();
  if (before > kNewest) {
    throw StoreUnavailable("a newer heygen-mock-server has written " + file +
                           " (its tables are version " + std::to_string(before) +
                           ", this one knows " + std::to_string(kNewest) +
                           "): run that one, or name another file");
  }
  for (int step = before; step < kNewest; ++step) {
    database.exec(kSteps.at(static_cast<std::size_t>(step)));
  }
  database.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
  database.exec("PRAGMA user_version = " + std::to_string(kNewest));
  transaction.commit();
}

}  // namespace heygen::mock
