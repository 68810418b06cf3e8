// A rule that is armed, and what became of it. For this folder.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "mock_server/faults/barrier.h"
#include "mock_server/faults/faults.h"
#include "mock_server/faults/match.h"

namespace heygen::mock {

inline constexpr std::uint64_t kWithoutLimit = std::numeric_limits<std::uint64_t>::max();

struct Faults::Armed {
  Armed(std::string name, FaultRule what)
      : id(std::move(name)), rule(std::make_shared<const FaultRule>(std::move(what))) {
    if (rule->action.barrier) barrier = std::make_shared<Barrier>(*rule->action.barrier);
  }

  std::string id;
  std::shared_ptr<const FaultRule> rule;
  std::shared_ptr<Barrier> barrier;
  std::optional<TimePoint> expires_at;
  // Where the faults are kept in a store, the counts are, and these are what it said last.
  std::uint64_t matched = 0;
  std::uint64_t fired = 0;

  [[nodiscard]] bool expired(TimePoint now) const { return expires_at && now >= *expires_at; }

  [[nodiscard]] std::optional<std::uint64_t> remaining(TimePoint now) const {
    if (expired(now)) return 0;
    auto left = chances_after(rule->when, matched);
    if (rule->times) {
      const std::uint64_t of_times = *rule->times - std::min(fired, *rule->times);
      left = left ? std::min(*left, of_times) : of_times;
    }
    return left;
  }
};

}  // namespace heygen::mock
