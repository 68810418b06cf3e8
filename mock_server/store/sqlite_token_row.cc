#include "mock_server/store/sqlite_token_row.h"

namespace heygen::mock {

// As the tables have them (sqlite_schema.cc): they may not change their numbers.
static_assert(static_cast<int>(TokenKind::access) == 0 &&
              static_cast<int>(TokenKind::refresh) == 1);
static_assert(static_cast<int>(RevokedBy::nobody) == 0 && static_cast<int>(RevokedBy::client) == 1);
static_assert(static_cast<int>(RevokedBy::code_replay) == 2);
static_assert(static_cast<int>(RevokedBy::refresh_reuse) == 3);
static_assert(static_cast<int>(RevokedBy::refresh) == 4 &&
              static_cast<int>(RevokedBy::control) == 5);

TokenRow::TokenRow(const Rows& rows)
    : seq(rows.number(0)),
      value(rows.text(1)),
      id(rows.text(2)),
      kind(static_cast<TokenKind>(rows.number(3))),
      grant(static_cast<GrantId>(rows.number(4))),
      client_id(rows.text(5)),
      user(rows.text(6)),
      scope(rows.text(7)),
      taken_by(static_cast<RevokedBy>(rows.number(8))),
      used_at(rows.null(9) ? std::nullopt : std::optional{rows.time(9)}),
      issued_at(rows.time(10)),
      expires_at(rows.time(11)),
      parent(rows.text(12)),
      next_access(rows.text(13)),
      next_refresh(rows.text(14)) {}

std::optional<TokenRow> TokenRow::find(SqliteConnection& c, std::int64_t sandbox,
                                       std::string_view value) {
  Rows rows = c.query("SELECT * FROM all_tokens WHERE sandbox = ? AND value = ?", sandbox, value);
  return rows.next() ? std::optional{TokenRow{rows}} : std::nullopt;
}

std::optional<TokenRow> TokenRow::find_by_id(SqliteConnection& c, std::int64_t sandbox,
                                             std::string_view id) {
  Rows rows = c.query("SELECT * FROM all_tokens WHERE sandbox = ? AND id = ?", sandbox, id);
  return rows.next() ? std::optional{TokenRow{rows}} : std::nullopt;
}

TokenState TokenRow::state(TimePoint now) const {
  if (taken_by != RevokedBy::nobody) return TokenState::revoked;
  if (used_at) return TokenState::used;
  return now >= expires_at ? TokenState::expired : TokenState::active;
}

TokenView TokenRow::view(TimePoint now) const {
  return {id,         kind,      value,      client_id, user,  scope,
          state(now), issued_at, expires_at, parent,    grant, taken_by};
}

}  // namespace heygen::mock
