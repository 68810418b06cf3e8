// Where the sandboxes are kept, as it is written: "memory", "sqlite:FILE", "redis://HOST:PORT/DB".
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "mock_server/core/stores.h"

namespace heygen::mock {

struct StoreLocation {
  enum class Kind : std::uint8_t { memory, sqlite, redis };
  Kind kind = Kind::memory;
  std::string where;  // the file, or the whole URL
};

// Throws std::invalid_argument, whose text is the mend.
StoreLocation parse_store_location(std::string_view text);

// Null: each sandbox keeps its own in memory, and nothing is opened. Throws StoreUnavailable when
// it cannot be opened: its text says what to do.
std::shared_ptr<Stores> open_stores(const StoreLocation& location);

}  // namespace heygen::mock
