#include "mock_server/store/location.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace heygen::mock {
namespace {

TEST(StoreLocation, MemoryIsNothingToOpen) {
  EXPECT_EQ(parse_store_location("memory").kind, StoreLocation::Kind::memory);
  EXPECT_EQ(open_stores({}), nullptr);
}

}  // namespace
}  // namespace heygen::mock
