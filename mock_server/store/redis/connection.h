// One connection to Redis: a command, its reply. For this folder.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/store/redis/address.h"

struct redisContext;

namespace heygen::mock::redis {

struct Reply {
  enum class Type { nothing, text, integer, list, error };
  Type type = Type::nothing;
  std::string text;  // of an error: "NOSCRIPT No matching script."
  long long integer = 0;
  std::vector<Reply> list;

  [[nodiscard]] bool is_error(std::string_view code) const {
    return type == Type::error && text.starts_with(code);
  }
};

using Command = std::vector<std::string_view>;

struct TimeLimits {
  std::chrono::milliseconds connect{1000};
  std::chrono::milliseconds command{2000};
};

// Not thread-safe. Every function throws StoreUnavailable when the network fails or takes too long;
// the connection is of no use then.
class Connection {
 public:
  // Logged in, and with the database selected.
  Connection(const Address& address, TimeLimits limits);

  // Sent once: whoever sees it fail cannot know whether Redis did it.
  Reply run(const Command& command);

  // Whether it can still be used: Redis closes what is idle, or was started anew. Costs no round
  // trip.
  [[nodiscard]] bool alive() const noexcept;

 private:
  void send_all(std::string_view bytes);
  Reply receive();
  void greet(const Address& address);

  struct Close {
    void operator()(redisContext* context) const noexcept;
  };
  const std::string shown_;
  std::unique_ptr<redisContext, Close> context_;
};

}  // namespace heygen::mock::redis
