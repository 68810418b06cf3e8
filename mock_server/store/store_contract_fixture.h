// What the tests of store_contract.h have in common. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "mock_server/core/store.h"

namespace heygen::mock {

template <typename Traits>
class StoreContract : public ::testing::Test {
 protected:
  static constexpr TimePoint kNow{std::chrono::milliseconds{1'000'000}};
  static constexpr TimePoint at(std::int64_t seconds) {
    return kNow + std::chrono::seconds{seconds};
  }

  static Code code(std::string value) {
    Code c;
    c.value = std::move(value);
    c.client_id = "demo";
    c.user = "ann";
    c.scope = "openid";
    c.challenge = {ChallengeMethod::s256, "challenge-of-" + c.value};
    c.issued_at = kNow;
    c.expires_at = at(300);
    return c;
  }
  static TokenSet pair(const std::string& name) {
    return {{"at-" + name, at(864000)}, NewToken{"rt-" + name}, kNow};
  }
  static DeviceRequest device(std::string user_code) {
    DeviceRequest d;
    d.device_code = "device-" + user_code;
    d.user_code = std::move(user_code);
    d.client_id = "demo";
    d.issued_at = kNow;
    d.expires_at = at(900);
    return d;
  }

  TokenState state(const std::string& token, TimePoint now = kNow) {
    const auto found = store_->find_token(token, now);
    return found ? found->state : TokenState::used;
  }
  template <typename Outcome>
  bool redeems(const std::string& value, const std::string& name, TimePoint now = kNow) {
    return std::holds_alternative<Outcome>(store_->redeem_code(value, pair(name), now));
  }
  template <typename Outcome>
  bool rotates(const std::string& value, const std::string& name, const Rotation& how = {},
               TimePoint now = kNow) {
    return std::holds_alternative<Outcome>(store_->rotate_refresh(value, pair(name), how, now));
  }
  template <typename Outcome>
  bool polls(const std::string& device_code, const std::string& client, TimePoint now) {
    return std::holds_alternative<Outcome>(
        store_->poll_device(device_code, client, pair("d"), now));
  }

  // Runs `attempt(i)` on `callers` threads at once, `rounds` times; the threads are kept, since
  // making them takes longer than what is tested. `prepare(round)` runs before each round,
  // `judge(round, wins)` after it, both on one thread.
  template <typename Prepare, typename Attempt, typename Judge>
  static void race(int callers, int rounds, Prepare prepare, Attempt attempt, Judge judge) {
    std::atomic<int> wins{0};
    std::barrier gate{callers + 1};
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<std::size_t>(callers));
    for (int i = 0; i < callers; ++i) {
      threads.emplace_back([&, i] {
        for (int round = 0; round < rounds; ++round) {
          gate.arrive_and_wait();
          if (attempt(round, i)) ++wins;
          gate.arrive_and_wait();
        }
      });
    }
    for (int round = 0; round < rounds; ++round) {
      wins = 0;
      prepare(round);
      gate.arrive_and_wait();
      gate.arrive_and_wait();
      judge(round, wins.load());
    }
  }

  std::unique_ptr<Store> store_ = Traits::make();
};

}  // namespace heygen::mock
