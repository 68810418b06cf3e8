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

TEST(StoreLocation, ARedisIsReadAtOnceAndReachedLater) {
  const StoreLocation location = parse_store_location("redis://:secret@127.0.0.1:1/2");
  EXPECT_EQ(location.kind, StoreLocation::Kind::redis);
  const auto stores = open_stores(location);
  ASSERT_NE(stores, nullptr);
  try {
    (void)stores->names();
    ADD_FAILURE();
  } catch (const StoreUnavailable& why) {
    EXPECT_EQ(std::string{why.what()}.find("secret"), std::string::npos) << why.what();
    EXPECT_NE(std::string{why.what()}.find("redis://127.0.0.1:1/2"), std::string::npos);
  }
}

TEST(StoreLocation, WhatIsNoneOfTheseIsRefused) {
  for (const auto* text : {"", "Memory", "sqlite", "sqlite:", "sqlite::memory:", "sqlite://m.db",
                           "mock.db", "postgres://x", "redis:", "redis://", "rediss://h"}) {
    EXPECT_THROW((void)parse_store_location(text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace heygen::mock
