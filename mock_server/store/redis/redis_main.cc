// main() of the tests that need a redis-server: started for them, or skipped (77) where there is
// none.
#include <gtest/gtest.h>

#include <cstdio>

#include "mock_server/store/redis/redis_server.h"

namespace heygen::mock::redis {
namespace {

std::unique_ptr<RedisServer>& slot() {
  static std::unique_ptr<RedisServer> server;
  return server;
}

}  // namespace

RedisServer& the_server() { return *slot(); }

}  // namespace heygen::mock::redis

int main(int argc, char** argv) {
  using heygen::mock::redis::RedisServer;
  testing::InitGoogleTest(&argc, argv);
  if (!testing::GTEST_FLAG(list_tests)) {
    heygen::mock::redis::slot() = RedisServer::start();
    if (!heygen::mock::redis::slot()) {
      std::puts("skipped: redis-server is not installed (scripts/install-deps test)");
      return 77;
    }
  }
  const int result = RUN_ALL_TESTS();
  heygen::mock::redis::slot().reset();
  return result;
}
