// Where a server can be made to go wrong: the mock with another store, a policy set, or a
// front that changes what it is asked and what it answers. The mock itself knows nothing of it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/core/policy.h"
#include "mock_server/core/store.h"
#include "mock_server/wire/message.h"

namespace heygen::conformance {

using Next = std::function<mock::wire::Response(const mock::wire::Request&)>;
// One layer of the front. Thread-safe.
using Around = std::function<mock::wire::Response(const mock::wire::Request&, const Next&)>;
using MakeStore = std::function<std::unique_ptr<mock::Store>()>;

struct ServerSeams {
  mock::Profile profile = mock::Profile::strict;
  mock::PolicyOverrides policies;
  MakeStore store;            // absent: the mock's own
  std::vector<Around> front;  // the first is the outermost; the control API is not asked
};

// What a front or a store remembers from one request to another. Thread-safe.
class Notes {
 public:
  void put(std::string_view key, std::string_view value);
  [[nodiscard]] std::optional<std::string> get(std::string_view key) const;
  [[nodiscard]] bool has(std::string_view key) const { return get(key).has_value(); }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> notes_;
};

// A server that goes wrong, on a port of its own until it is destroyed.
class FlawedServer {
 public:
  explicit FlawedServer(ServerSeams seams);  // throws std::runtime_error when no port can be had
  ~FlawedServer();
  FlawedServer(const FlawedServer&) = delete;
  FlawedServer& operator=(const FlawedServer&) = delete;

  [[nodiscard]] std::string control_url() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heygen::conformance
