// The tables, as the steps that lead to them. For this folder.
#pragma once

#include <string>

namespace SQLite {
class Database;
}

namespace heygen::mock {

// Brings the file to the newest version in one transaction; PRAGMA user_version says which it has.
// Throws StoreUnavailable when a newer program than this one has written it, or when it is another
// program's. `file` is for what that says.
void migrate(SQLite::Database& database, const std::string& file);

}  // namespace heygen::mock
