// The sandboxes' stores on a Redis server, for any number of processes at once.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mock_server/core/stores.h"
#include "mock_server/store/redis/address.h"
#include "mock_server/store/redis/connection.h"
#include "mock_server/store/redis/store.h"

namespace heygen::mock::redis {

class RedisStores final : public Stores {
 public:
  // Nothing is connected yet.
  explicit RedisStores(Address address, TimeLimits time = {}, Limits limits = {});

  OpenedStore open(std::string_view sandbox) override;
  void forget(std::string_view sandbox) override;
  [[nodiscard]] std::vector<std::string> names() override;
  [[nodiscard]] bool lasting() const noexcept override { return true; }
  [[nodiscard]] bool shared() const noexcept override { return true; }
  [[nodiscard]] bool keeps(std::string_view sandbox) override;

 private:
  const std::shared_ptr<Pool> pool_;
  const Limits limits_;
};

}  // namespace heygen::mock::redis
