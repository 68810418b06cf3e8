// A token as SqliteStore has it. For this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mock_server/core/types.h"
#include "mock_server/store/sqlite_connection.h"

namespace heygen::mock {

struct TokenRow {
  // The row that a SELECT * FROM all_tokens stands at.
  explicit TokenRow(const Rows& rows);
  static std::optional<TokenRow> find(SqliteConnection& c, std::int64_t sandbox,
                                      std::string_view value);
  static std::optional<TokenRow> find_by_id(SqliteConnection& c, std::int64_t sandbox,
                                            std::string_view id);

  [[nodiscard]] TokenState state(TimePoint now) const;
  [[nodiscard]] TokenView view(TimePoint now) const;

  std::int64_t seq;
  std::string value;
  std::string id;
  TokenKind kind;
  GrantId grant;
  std::string client_id;
  std::string user;
  std::string scope;
  RevokedBy taken_by;
  std::optional<TimePoint> used_at;
  TimePoint issued_at;
  TimePoint expires_at;
  std::string parent;       // the fingerprint of what it was given for
  std::string next_access;  // what a refresh token was used for
  std::string next_refresh;
};

}  // namespace heygen::mock
