#include "mock_server/store/location.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace heygen::mock {
namespace {

TEST(StoreLocation, MemoryIsNothingToOpen) {
  EXPECT_EQ(parse_store_location("memory").kind, StoreLocation::Kind::memory);
  EXPECT_EQ(open_stores({}), nullptr);
}

TEST(StoreLocation, AFileFollowsItsScheme) {
  for (const auto& [text, file] : {std::pair{"sqlite:mock.db", "mock.db"},
                                   std::pair{"sqlite:/var/lib/a b.db", "/var/lib/a b.db"},
                                   std::pair{"sqlite:///var/lib/m.db", "///var/lib/m.db"}}) {
    const StoreLocation location = parse_store_location(text);
    EXPECT_EQ(location.kind, StoreLocation::Kind::sqlite) << text;
    EXPECT_EQ(location.where, file);
  }
}

TEST(StoreLocation, WhatIsNoneOfTheseIsRefused) {
  for (const auto* text : {"", "Memory", "sqlite", "sqlite:", "sqlite::memory:", "sqlite://m.db",
                           "mock.db", "postgres://x"}) {
    EXPECT_THROW((void)parse_store_location(text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace heygen::mock
