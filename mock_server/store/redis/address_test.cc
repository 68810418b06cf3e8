#include "mock_server/store/redis/address.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace heygen::mock::redis {
namespace {

TEST(RedisAddress, HasDefaultsForAllButTheHost) {
  const Address address = parse_address("redis://cache.internal");
  EXPECT_EQ(address.host, "cache.internal");
  EXPECT_EQ(address.port, 6379);
  EXPECT_EQ(address.user, "");
  EXPECT_EQ(address.password, "");
  EXPECT_EQ(address.database, 0);
  EXPECT_EQ(parse_address("redis://h/").database, 0);
}

TEST(RedisAddress, IsReadWhole) {
  const Address address = parse_address("redis://ann:p%40ss%3A%2f@[::1]:6380/7");
  EXPECT_EQ(address.user, "ann");
  EXPECT_EQ(address.password, "p@ss:/");
  EXPECT_EQ(address.host, "::1");
  EXPECT_EQ(address.port, 6380);
  EXPECT_EQ(address.database, 7);
  EXPECT_EQ(address.shown(), "redis://[::1]:6380/7");
}

TEST(RedisAddress, TakesAPasswordWithoutAUser) {
  const Address address = parse_address("redis://:secret@h:1");
  EXPECT_EQ(address.user, "");
  EXPECT_EQ(address.password, "secret");
  EXPECT_EQ(address.shown(), "redis://h:1/0");
}

TEST(RedisAddress, IsRefusedWithAMendThatRepeatsNoPassword) {
  for (const char* url :
       {"redis://", "redis://:6379", "redis://h:0", "redis://h:65536", "redis://h:x",
        "redis://u:secret@h:port", "redis://secret@h", "redis://u:secret%zz@h", "redis://[::1",
        "redis://h/x", "redis://h/-1", "redis://h/0?secret", "rediss://u:secret@h", "h:6379"}) {
    try {
      (void)parse_address(url);
      ADD_FAILURE() << url;
    } catch (const std::invalid_argument& mend) {
      EXPECT_EQ(std::string{mend.what()}.find("secret"), std::string::npos) << url;
      EXPECT_STRNE(mend.what(), "") << url;
    }
  }
}

}  // namespace
}  // namespace heygen::mock::redis
