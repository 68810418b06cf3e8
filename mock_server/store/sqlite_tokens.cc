// SqliteStore: grants and tokens.
#include <algorithm>
#include <utility>
#include <vector>

#include "mock_server/store/sqlite.h"
#include "mock_server/store/sqlite_file.h"
#include "mock_server/store/sqlite_token_row.h"
#include "mock_server/store/sqlite_values.h"

namespace heygen::mock {
namespace {

std::int64_t sql(GrantId grant) { return static_cast<std::int64_t>(grant); }
std::int64_t sql(TokenKind kind) { return static_cast<std::int64_t>(kind); }
std::int64_t sql(RevokedBy by) { return static_cast<std::int64_t>(by); }

}  // namespace

GrantId SqliteStore::add_grant(SqliteConnection& c, std::string_view client_id,
                               std::string_view user, std::string_view scope) const {
  std::int64_t id = 0;
  {
    Rows rows = c.query(
        "UPDATE sandboxes SET last_grant = last_grant + 1 WHERE id = ? RETURNING last_grant",
        sandbox_);
    if (!rows.next()) throw StoreUnavailable("the sandbox was dropped");
    id = rows.number(0);
  }
  (void)c.change("INSERT INTO grants (sandbox, id, client_id, user, scope) VALUES (?, ?, ?, ?, ?)",
                 sandbox_, id, client_id, user, scope);
  return static_cast<GrantId>(id);
}

// A value that is there already stays as it is.
void SqliteStore::add_token(SqliteConnection& c, TokenKind kind, GrantId grant,
                            std::string_view parent, const NewToken& token,
                            TimePoint issued_at) const {
  const int added = c.change(
      "INSERT INTO tokens "
      "(sandbox, value, id, kind, grant_id, generation, parent, issued_at, expires_at) "
      "SELECT ?1, ?2, ?3, ?4, ?5, generation, ?6, ?7, ?8 FROM grants "
      "WHERE sandbox = ?1 AND id = ?5 ON CONFLICT DO NOTHING",
      sandbox_, token.value, fingerprint(token.value), sql(kind), sql(grant), parent, issued_at,
      token.expires_at);
  if (added > 0) make_room(c, c.last_row());
}

void SqliteStore::add_tokens(SqliteConnection& c, GrantId grant, std::string_view parent,
                             const TokenSet& tokens) const {
  const std::string id = parent.empty() ? std::string{} : fingerprint(parent);
  add_token(c, TokenKind::access, grant, id, tokens.access, tokens.issued_at);
  if (tokens.refresh) {
    add_token(c, TokenKind::refresh, grant, id, *tokens.refresh, tokens.issued_at);
  }
}

std::size_t SqliteStore::count_active(SqliteConnection& c, GrantId grant, TimePoint now) const {
  Rows rows = c.query(
      "SELECT count(*) FROM all_tokens WHERE sandbox = ? AND grant_id = ? AND dead IS NULL "
      "AND taken_by = 0 AND used_at IS NULL AND expires_at > ?",
      sandbox_, sql(grant), now);
  (void)rows.next();
  return static_cast<std::size_t>(rows.number(0));
}

// Dead ones first, in the order of their death; then the oldest.
void SqliteStore::make_room(SqliteConnection& c, std::int64_t last) const {
  const auto due = [&](std::int64_t limit, std::int64_t every) {
    return last % (limit < every ? 1 : every) == 0;
  };
  constexpr std::int64_t kCountEvery = 16 * kRoomEvery;
  std::vector<std::int64_t> grants;
  const auto forget = [&](Rows rows) {
    while (rows.next()) grants.push_back(rows.number(0));
  };
  if (due(limits_.dead_tokens, kRoomEvery)) {
    forget(
        c.query("DELETE FROM tokens WHERE seq IN (SELECT seq FROM tokens WHERE sandbox = ? "
                "AND dead IS NOT NULL ORDER BY dead DESC, seq DESC LIMIT -1 OFFSET ?) "
                "RETURNING grant_id",
                sandbox_, limits_.dead_tokens));
  }
  if (due(limits_.tokens, kCountEvery)) {
    std::int64_t excess = 0;
    {
      Rows rows = c.query("SELECT count(*) FROM tokens WHERE sandbox = ?", sandbox_);
      if (rows.next()) excess = rows.number(0) - limits_.tokens;
    }
    if (excess > 0) {
      forget(
          c.query("DELETE FROM tokens WHERE seq IN (SELECT seq FROM tokens WHERE sandbox = ? "
                  "ORDER BY dead IS NULL, dead, seq LIMIT ?) RETURNING grant_id",
                  sandbox_, excess));
    }
  }
  for (const std::int64_t grant : grants) {
    (void)c.change(
        "DELETE FROM grants WHERE sandbox = ?1 AND id = ?2 AND NOT EXISTS "
        "(SELECT 1 FROM tokens WHERE sandbox = ?1 AND grant_id = ?2)",
        sandbox_, grant);
  }
}

GrantId SqliteStore::put_grant(std::string_view client_id, std::string_view user,
                               std::string_view scope, const TokenSet& tokens) {
  return file_->transact([&](SqliteConnection& c) {
    const GrantId grant = add_grant(c, client_id, user, scope);
    add_tokens(c, grant, {}, tokens);
    return grant;
  });
}

std::optional<TokenView> SqliteStore::find_token(std::string_view value, TimePoint now) const {
  return file_->run([&](SqliteConnection& c) -> std::optional<TokenView> {
    const auto row = TokenRow::find(c, sandbox_, value);
    return row ? std::optional{row->view(now)} : std::nullopt;
  });
}

RotateOutcome SqliteStore::rotate_refresh(std::string_view value, const TokenSet& tokens,
                                          const Rotation& how, TimePoint now) {
  return file_->transact([&](SqliteConnection& c) -> RotateOutcome {
    const auto presented = TokenRow::find(c, sandbox_, value);
    if (!presented || presented->kind != TokenKind::refresh) return RefreshUnknown{};
    const TokenState state = presented->state(now);
    if (state == TokenState::revoked) return RefreshRevoked{};
    if (state == TokenState::expired) return RefreshExpired{};
    const GrantId grant = presented->grant;
    if (state == TokenState::used && how.reuse != ReusePolicy::ignore) {
      const auto access = TokenRow::find(c, sandbox_, presented->next_access);
      const auto refresh = TokenRow::find(c, sandbox_, presented->next_refresh);
      if (how.grace.count() > 0 && now < saturating_add(*presented->used_at, how.grace) && access &&
          refresh) {
        return GraceReplay{{{access->value, access->expires_at},
                            NewToken{refresh->value, refresh->expires_at},
                            access->issued_at}};
      }
      const bool revoke = how.reuse == ReusePolicy::revoke_family;
      if (revoke) revoke_grant(c, grant, RevokedBy::refresh_reuse);
      return RefreshReused{revoke};
    }

    (void)c.change("UPDATE grants SET generation = generation + 1 WHERE sandbox = ? AND id = ?",
                   sandbox_, sql(grant));
    if (how.old_access == OldAccessPolicy::revoke) {
      (void)c.change("UPDATE grants SET access_floor = generation WHERE sandbox = ? AND id = ?",
                     sandbox_, sql(grant));
      (void)c.change(
          "UPDATE tokens SET dead = (SELECT max(seq) FROM tokens) "
          "WHERE sandbox = ? AND grant_id = ? AND dead IS NULL AND kind = ?",
          sandbox_, sql(grant), sql(TokenKind::access));
    }
    TokenSet given = tokens;
    if (how.rotation == RotationPolicy::rotate) {
      (void)c.change(
          "UPDATE tokens SET used_at = ?, next_access = ?, next_refresh = ?, "
          "dead = (SELECT max(seq) FROM tokens) WHERE seq = ?",
          now, given.access.value, given.refresh ? given.refresh->value : std::string{},
          presented->seq);
      add_tokens(c, grant, value, given);
      return Rotated{std::move(given)};
    }
    given.refresh.reset();
    add_tokens(c, grant, value, given);
    if (how.rotation == RotationPolicy::reuse) {
      given.refresh = NewToken{std::string{value}, presented->expires_at};
    }
    return Rotated{std::move(given)};
  });
}

void SqliteStore::revoke_grant(SqliteConnection& c, GrantId grant, RevokedBy by) const {
  (void)c.change("UPDATE grants SET revoked_by = ? WHERE sandbox = ? AND id = ?", sql(by), sandbox_,
                 sql(grant));
  (void)c.change(
      "UPDATE tokens SET dead = (SELECT max(seq) FROM tokens) "
      "WHERE sandbox = ? AND grant_id = ? AND dead IS NULL",
      sandbox_, sql(grant));
}

bool SqliteStore::revoke_token(SqliteConnection& c, const std::optional<TokenRow>& token,
                               RevokedBy by) const {
  if (!token) return false;
  (void)c.change(
      "UPDATE tokens SET revoked_by = ?, dead = ifnull(dead, (SELECT max(seq) FROM tokens)) "
      "WHERE seq = ?",
      sql(by), token->seq);
  // RFC 7009 §2.1: with a refresh token goes all that its grant gave.
  if (token->kind == TokenKind::refresh) revoke_grant(c, token->grant, by);
  return true;
}

bool SqliteStore::revoke(std::string_view value) {
  return file_->transact([&](SqliteConnection& c) {
    return revoke_token(c, TokenRow::find(c, sandbox_, value), RevokedBy::client);
  });
}

// --- the control API -----------------------------------------------------------------------------

std::vector<TokenView> SqliteStore::tokens(TimePoint now) const {
  return file_->run([&](SqliteConnection& c) {
    std::vector<TokenView> all;
    Rows rows = c.query("SELECT * FROM all_tokens WHERE sandbox = ? ORDER BY seq", sandbox_);
    while (rows.next()) all.push_back(TokenRow{rows}.view(now));
    return all;
  });
}

std::optional<TokenView> SqliteStore::find_token_by_id(std::string_view id, TimePoint now) const {
  return file_->run([&](SqliteConnection& c) -> std::optional<TokenView> {
    const auto row = TokenRow::find_by_id(c, sandbox_, id);
    return row ? std::optional{row->view(now)} : std::nullopt;
  });
}

TokenCounts SqliteStore::count_tokens(TimePoint now) const {
  return file_->run([&](SqliteConnection& c) {
    TokenCounts counts;
    Rows rows = c.query(
        "SELECT kind, count(*), sum(taken_by = 0 AND used_at IS NULL AND expires_at > ?) "
        "FROM all_tokens WHERE sandbox = ? GROUP BY kind",
        now, sandbox_);
    while (rows.next()) {
      counts.kept += static_cast<std::size_t>(rows.number(1));
      (rows.number(0) == sql(TokenKind::access) ? counts.live_access : counts.live_refresh) =
          static_cast<std::size_t>(rows.number(2));
    }
    return counts;
  });
}

bool SqliteStore::revoke_by_id(std::string_view id) {
  return file_->transact([&](SqliteConnection& c) {
    return revoke_token(c, TokenRow::find_by_id(c, sandbox_, id), RevokedBy::control);
  });
}

bool SqliteStore::expire_by_id(std::string_view id, TimePoint now) {
  return file_->transact([&](SqliteConnection& c) {
    const auto row = TokenRow::find_by_id(c, sandbox_, id);
    return row && c.change("UPDATE tokens SET expires_at = min(expires_at, ?) WHERE seq = ?", now,
                           row->seq) > 0;
  });
}

std::size_t SqliteStore::expire_all(TimePoint now) {
  return file_->run([&](SqliteConnection& c) {
    return static_cast<std::size_t>(
        c.change("UPDATE tokens SET expires_at = ?2 WHERE seq IN (SELECT seq FROM all_tokens "
                 "WHERE sandbox = ?1 AND taken_by = 0 AND used_at IS NULL AND expires_at > ?2)",
                 sandbox_, now));
  });
}

void SqliteStore::clear() {
  file_->transact([&](SqliteConnection& c) {
    for (const char* const sql :
         {"DELETE FROM consents WHERE sandbox = ?", "DELETE FROM codes WHERE sandbox = ?",
          "DELETE FROM devices WHERE sandbox = ?", "DELETE FROM tokens WHERE sandbox = ?",
          "DELETE FROM grants WHERE sandbox = ?", "DELETE FROM quotas WHERE sandbox = ?",
          "DELETE FROM calls WHERE sandbox = ?", "DELETE FROM counts WHERE sandbox = ?"}) {
      (void)c.change(sql, sandbox_);
    }
  });
}

}  // namespace heygen::mock
