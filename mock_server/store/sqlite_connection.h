// One connection to a SQLite file, and its statements. For this folder.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mock_server/core/clock.h"

namespace heygen::mock {

// Bound as a BLOB: TEXT is for what is compared and shown.
struct Blob {
  std::string_view bytes;
};

// A statement that was given its values; rewound when it goes.
class Rows {
 public:
  explicit Rows(SQLite::Statement& statement) : statement_(statement) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows() { (void)statement_.tryReset(); }

  [[nodiscard]] bool next() { return statement_.executeStep(); }
  [[nodiscard]] std::int64_t number(int column) const {
    return statement_.getColumn(column).getInt64();
  }
  [[nodiscard]] std::string text(int column) const {
    return statement_.getColumn(column).getString();
  }
  [[nodiscard]] bool null(int column) const { return statement_.getColumn(column).isNull(); }
  [[nodiscard]] TimePoint time(int column) const {
    return TimePoint{std::chrono::milliseconds{number(column)}};
  }

 private:
  SQLite::Statement& statement_;
};

// Throws SQLite::Exception.
class SqliteConnection {
 public:
  SqliteConnection(const std::string& file, int busy_timeout_ms);

  // Statements are prepared once; `sql` must be a literal.
  template <typename... Values>
  Rows query(const char* sql, const Values&... values) {
    SQLite::Statement& statement = prepared(sql);
    [[maybe_unused]] int index = 0;
    (bind(statement, ++index, values), ...);
    return Rows{statement};
  }
  // How many rows were changed.
  template <typename... Values>
  int change(const char* sql, const Values&... values) {
    Rows rows = query(sql, values...);
    while (rows.next()) {
    }
    return database_.getChanges();
  }
  [[nodiscard]] std::int64_t last_row() const { return database_.getLastInsertRowid(); }
  [[nodiscard]] SQLite::Database& database() { return database_; }

 private:
  SQLite::Statement& prepared(const char* sql);
  static void bind(SQLite::Statement& s, int i, std::int64_t value) { s.bind(i, value); }
  static void bind(SQLite::Statement& s, int i, std::string_view text) {
    s.bind(i, std::string{text});
  }
  static void bind(SQLite::Statement& s, int i, TimePoint t) {
    s.bind(i, static_cast<std::int64_t>(t.time_since_epoch().count()));
  }
  static void bind(SQLite::Statement& s, int i, const Blob& blob) {
    // A pointer to nothing would be NULL.
    s.bind(i, blob.bytes.empty() ? "" : blob.bytes.data(), static_cast<int>(blob.bytes.size()));
  }

  SQLite::Database database_;
  std::unordered_map<const char*, SQLite::Statement> statements_;
};

}  // namespace heygen::mock
