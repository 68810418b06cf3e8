#include "mock_server/store/location.h"

#include <stdexcept>

namespace heygen::mock {

StoreLocation parse_store_location(std::string_view text) {
  if (text == "memory") return {};
  throw std::invalid_argument("this build keeps everything in memory: write memory");
}

std::shared_ptr<Stores> open_stores(const StoreLocation& location) {
  switch (location.kind) {
    case StoreLocation::Kind::memory:
      return nullptr;
    case StoreLocation::Kind::sqlite:
    case StoreLocation::Kind::redis:
      break;
  }
  throw StoreUnavailable("this build keeps everything in memory: write --store memory");
}

}  // namespace heygen::mock
