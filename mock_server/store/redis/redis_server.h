// A redis-server of a test's own, on a port that was free, with nothing kept on disk. For tests
// only.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

namespace heygen::mock::redis {

class RedisServer {
 public:
  // Null when redis-server is not installed. Throws std::runtime_error when it does not start.
  static std::unique_ptr<RedisServer> start();
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  [[nodiscard]] const std::string& url() const noexcept { return url_; }
  void stop();   // as kill -9 does
  void again();  // on the same port, without what it knew
  void hang();   // it takes connections and never answers, until
  void go_on();

 private:
  RedisServer() = default;
  bool launch();

  pid_t pid_ = -1;
  int port_ = 0;
  std::string url_;
};

// The one that redis_main.cc starts before the tests.
RedisServer& the_server();

}  // namespace heygen::mock::redis
