#include "mock_server/faults/faults.h"

#include <algorithm>
#include <utility>

#include "mock_server/faults/barrier.h"
#include "mock_server/faults/match.h"

namespace heygen::mock {

struct Faults::Armed {
  std::string id;
  std::shared_ptr<const FaultRule> rule;
  std::shared_ptr<Barrier> barrier;
  std::optional<TimePoint> expires_at;
  std::uint64_t matched = 0;
  std::uint64_t fired = 0;

  [[nodiscard]] bool expired(TimePoint now) const { return expires_at && now >= *expires_at; }

  [[nodiscard]] bool spent() const { return rule->times && fired >= *rule->times; }

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

Faults::Faults() = default;

Faults::~Faults() { clear(); }

std::optional<std::string> Faults::add(FaultRule rule, TimePoint now) {
  auto armed = std::make_unique<Armed>();
  if (rule.action.barrier) armed->barrier = std::make_shared<Barrier>(*rule.action.barrier);
  if (rule.expires_after) {
    const auto left = kNever - now;
    armed->expires_at = *rule.expires_after > left ? kNever : now + *rule.expires_after;
  }
  armed->rule = std::make_shared<const FaultRule>(std::move(rule));

  const std::lock_guard lock{mutex_};
  if (armed_.size() >= kMostRules) return std::nullopt;
  armed->id = "fault-" + std::to_string(++last_id_);
  auto id = armed->id;
  armed_.push_back(std::move(armed));
  armed_count_ = armed_.size();
  return id;
}

bool Faults::remove(std::string_view id) {
  const std::lock_guard lock{mutex_};
  const auto found = std::find_if(armed_.begin(), armed_.end(),
                                  [id](const auto& armed) { return armed->id == id; });
  if (found == armed_.end()) return false;
  if ((*found)->barrier) (*found)->barrier->open();
  armed_.erase(found);
  armed_count_ = armed_.size();
  return true;
}

void Faults::clear() {
  const std::lock_guard lock{mutex_};
  for (const auto& armed : armed_) {
    if (armed->barrier) armed->barrier->open();
  }
  armed_.clear();
  armed_count_ = 0;
}

std::vector<FaultState> Faults::list(TimePoint now) const {
  const std::lock_guard lock{mutex_};
  std::vector<FaultState> out;
  out.reserve(armed_.size());
  for (const auto& armed : armed_) {
    out.push_back({armed->id, armed->rule, armed->matched, armed->fired, armed->remaining(now),
                   armed->expires_at, armed->expired(now)});
  }
  return out;
}

std::optional<Firing> Faults::match(const FaultQuery& query, TimePoint now) {
  if (armed_count_.load(std::memory_order_acquire) == 0) return std::nullopt;
  const std::lock_guard lock{mutex_};
  for (const auto& armed : armed_) {
    if (armed->expired(now) || !in_scope(armed->rule->on, query)) continue;
    ++armed->matched;
    if (armed->spent() || !fires(armed->rule->when, armed->matched)) continue;
    ++armed->fired;
    return Firing{armed->id, armed->rule, armed->barrier, query.endpoint, std::string{query.path}};
  }
  return std::nullopt;
}

}  // namespace heygen::mock
