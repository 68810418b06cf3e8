// What the files of SqliteStore have in common. For this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mock_server/core/crypto.h"
#include "mock_server/store/sqlite_connection.h"

namespace heygen::mock {

// What is known again by this: whoever reads the file cannot use it.
inline std::string digest_of(std::string_view secret) { return hex(sha256(secret)); }

// Counting rows takes time: it is done at each of so many insertions. Until then there may be so
// many too many.
constexpr std::int64_t kRoomEvery = 256;

// After an insertion into a table with `seq`: `sql` deletes what is beyond the limit.
inline void make_room_for(SqliteConnection& c, const char* sql, std::int64_t sandbox,
                          std::int64_t limit) {
  if (c.last_row() % (limit < kRoomEvery ? 1 : kRoomEvery) != 0) return;
  (void)c.change(sql, sandbox, limit);
}

}  // namespace heygen::mock
