#include "mock_server/store/location.h"

#include <stdexcept>

#include "mock_server/store/redis/stores.h"
#include "mock_server/store/sqlite.h"

namespace heygen::mock {

StoreLocation parse_store_location(std::string_view text) {
  if (text == "memory") return {};
  if (text.starts_with("redis:") || text.starts_with("rediss:")) {
    (void)redis::parse_address(text);  // said now what is wrong with it
    return {StoreLocation::Kind::redis, std::string{text}};
  }
  constexpr std::string_view kSqlite = "sqlite:";
  if (!text.starts_with(kSqlite)) {
    throw std::invalid_argument("write memory, sqlite:FILE or redis://HOST:PORT/DB");
  }
  text.remove_prefix(kSqlite.size());
  // "//" would begin a host, and there is none; ":memory:" is SQLite's own name for no file.
  if (text.empty() || text.starts_with(':') ||
      (text.starts_with("//") && !text.starts_with("///"))) {
    throw std::invalid_argument(
        "name a file, as in sqlite:mock.db or sqlite:/var/lib/mock.db; to keep nothing, write "
        "memory");
  }
  return {StoreLocation::Kind::sqlite, std::string{text}};
}

std::shared_ptr<Stores> open_stores(const StoreLocation& location) {
  switch (location.kind) {
    case StoreLocation::Kind::memory:
      return nullptr;
    case StoreLocation::Kind::sqlite:
      return std::make_shared<SqliteStores>(location.where);
    case StoreLocation::Kind::redis:
      break;
  }
  return std::make_shared<redis::RedisStores>(redis::parse_address(location.where));
}

}  // namespace heygen::mock
