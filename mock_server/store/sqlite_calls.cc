// SqliteStore: quotas, calls that may be repeated, and what the sandbox keeps of itself.
#include <algorithm>
#include <limits>
#include <utility>

#include "mock_server/store/records.h"
#include "mock_server/store/sqlite.h"
#include "mock_server/store/sqlite_file.h"
#include "mock_server/store/sqlite_values.h"

namespace heygen::mock {

QuotaAnswer SqliteStore::take_quota(std::string_view key, std::int64_t limit,
                                    std::chrono::seconds window, TimePoint now) {
  return file_->transact([&](SqliteConnection& c) -> QuotaAnswer {
    TimePoint begun = now;
    std::int64_t taken = 0;
    bool known = false;
    {
      Rows rows =
          c.query("SELECT begun, taken FROM quotas WHERE sandbox = ? AND key = ?", sandbox_, key);
      known = rows.next();
      // A clock that was moved back must not leave a caller waiting for a window of the future.
      if (known && now >= rows.time(0) && now < saturating_add(rows.time(0), window)) {
        begun = rows.time(0);
        taken = rows.number(1);
      }
    }
    const bool granted = taken < limit;
    if (granted) ++taken;
    if (known) {
      (void)c.change("UPDATE quotas SET begun = ?, taken = ? WHERE sandbox = ? AND key = ?", begun,
                     taken, sandbox_, key);
    } else {
      (void)c.change("INSERT INTO quotas (sandbox, key, begun, taken) VALUES (?, ?, ?, ?)",
                     sandbox_, key, begun, taken);
      make_room_for(c,
                    "DELETE FROM quotas WHERE seq IN (SELECT seq FROM quotas WHERE sandbox = ? "
                    "ORDER BY seq DESC LIMIT -1 OFFSET ?)",
                    sandbox_, limits_.quotas);
    }
    return {granted, saturating_add(begun, window)};
  });
}

CallOutcome SqliteStore::begin_call(std::string_view key, std::string_view digest,
                                    std::chrono::seconds lease, TimePoint now) {
  return file_->transact([&](SqliteConnection& c) -> CallOutcome {
    {
      Rows rows = c.query(
          "SELECT digest, answer, begun FROM calls WHERE sandbox = ? AND key = ? "
          "AND expires_at > ?",
          sandbox_, key, now);
      if (rows.next()) {
        if (rows.text(0) != digest) return CallDiffers{};
        if (rows.null(1)) return CallInProgress{};
        return CallAnswered{records::read_answer(rows.text(1)), rows.time(2)};
      }
    }
    (void)c.change(
        "INSERT OR REPLACE INTO calls (sandbox, key, digest, begun, expires_at) "
        "VALUES (?, ?, ?, ?, ?)",
        sandbox_, key, digest, now, saturating_add(now, lease));
    make_room_for(c,
                  "DELETE FROM calls WHERE seq IN (SELECT seq FROM calls WHERE sandbox = ? "
                  "ORDER BY seq DESC LIMIT -1 OFFSET ?)",
                  sandbox_, limits_.calls);
    return CallBegun{};
  });
}

void SqliteStore::end_call(std::string_view key, std::optional<KeptAnswer> answer,
                           TimePoint until) {
  const std::string record = answer ? records::write(*answer) : std::string{};
  file_->run([&](SqliteConnection& c) {
    if (answer) {
      (void)c.change("UPDATE calls SET answer = ?, expires_at = ? WHERE sandbox = ? AND key = ?",
                     Blob{record}, until, sandbox_, key);
    } else {
      (void)c.change("DELETE FROM calls WHERE sandbox = ? AND key = ?", sandbox_, key);
    }
  });
}

// --- what the sandbox keeps of itself ------------------------------------------------------------

std::optional<std::string> SqliteStore::find_note(std::string_view key) const {
  return file_->run([&](SqliteConnection& c) -> std::optional<std::string> {
    Rows rows = c.query("SELECT text FROM notes WHERE sandbox = ? AND key = ?", sandbox_, key);
    return rows.next() ? std::optional{rows.text(0)} : std::nullopt;
  });
}

void SqliteStore::keep(const std::vector<Client>& clients, const Notes& notes) {
  file_->transact([&](SqliteConnection& c) {
    for (const Client& client : clients) {
      (void)c.change("INSERT OR REPLACE INTO clients (sandbox, id, record) VALUES (?, ?, ?)",
                     sandbox_, client.id, Blob{records::write(client)});
    }
    for (const auto& [key, text] : notes) {
      (void)c.change("INSERT OR REPLACE INTO notes (sandbox, key, text) VALUES (?, ?, ?)", sandbox_,
                     key, Blob{text});
    }
  });
}

std::uint64_t SqliteStore::count_up(std::string_view key, std::uint64_t limit) {
  if (limit == 0) return 0;
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return file_->run([&](SqliteConnection& c) -> std::uint64_t {
    Rows rows = c.query(
        "INSERT INTO counts (sandbox, key, count) VALUES (?1, ?2, 1) "
        "ON CONFLICT DO UPDATE SET count = count + 1 WHERE count < ?3 RETURNING count",
        sandbox_, key, static_cast<std::int64_t>(std::min(limit, kMost)));
    if (!rows.next()) return 0;
    const auto count = static_cast<std::uint64_t>(rows.number(0));
    (void)rows.next();  // to its end: there it commits
    return count;
  });
}

std::uint64_t SqliteStore::count(std::string_view key) const {
  return file_->run([&](SqliteConnection& c) -> std::uint64_t {
    Rows rows = c.query("SELECT count FROM counts WHERE sandbox = ? AND key = ?", sandbox_, key);
    return rows.next() ? static_cast<std::uint64_t>(rows.number(0)) : 0;
  });
}

}  // namespace heygen::mock
