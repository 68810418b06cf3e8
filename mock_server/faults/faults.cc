#include "mock_server/faults/faults.h"

#include <algorithm>
#include <utility>

#include "mock_server/faults/armed.h"
#include "mock_server/faults/kept.h"
#include "mock_server/faults/match.h"

namespace heygen::mock {

Faults::Faults() = default;

Faults::~Faults() { end(); }

std::optional<std::string> Faults::add(FaultRule rule, TimePoint now) {
  std::vector<FaultRule> rules;
  rules.push_back(std::move(rule));
  auto ids = add(std::move(rules), now);
  return ids ? std::optional{std::move(ids->front())} : std::nullopt;
}

std::optional<std::vector<std::string>> Faults::add(std::vector<FaultRule> rules, TimePoint now) {
  return add(std::move(rules), now, false, {});
}

std::optional<std::vector<std::string>> Faults::add(std::vector<FaultRule> rules, TimePoint now,
                                                    bool instead, const Keep& keep) {
  const std::lock_guard lock{mutex_};
  List list = instead ? List{} : armed_;
  if (list.size() + rules.size() > kMostRules) return std::nullopt;
  std::uint64_t last_id = last_id_;
  std::vector<std::string> ids;
  for (FaultRule& rule : rules) {
    auto armed = std::make_shared<Armed>("fault-" + std::to_string(++last_id), std::move(rule));
    if (armed->rule->expires_after) {
      const auto left = kNever - now;
      armed->expires_at =
          *armed->rule->expires_after > left ? kNever : now + *armed->rule->expires_after;
    }
    ids.push_back(armed->id);
    list.push_back(std::move(armed));
  }
  replace(std::move(list), last_id, keep);
  return ids;
}

bool Faults::remove(std::string_view id) {
  const std::lock_guard lock{mutex_};
  List list = armed_;
  if (std::erase_if(list, [id](const auto& armed) { return armed->id == id; }) == 0) return false;
  replace(std::move(list), last_id_, {});
  return true;
}

void Faults::clear() {
  const std::lock_guard lock{mutex_};
  replace({}, last_id_, {});
}

void Faults::end() {
  const std::lock_guard lock{mutex_};
  store_ = nullptr;
  replace({}, last_id_, {});
}

void Faults::keep_in(Store& store) {
  const std::lock_guard lock{mutex_};
  if (const auto note = store.find_note(kNote)) {
    KeptFaults kept = read_faults(*note);
    List list;
    for (KeptFault& fault : kept.faults) {
      list.push_back(std::make_shared<Armed>(std::move(fault.id), std::move(fault.rule)));
      list.back()->expires_at = fault.expires_at;
    }
    replace(std::move(list), kept.last_id, {});
  }
  store_ = &store;
}

// With the lock held.
void Faults::replace(List list, std::uint64_t last_id, const Keep& keep) {
  if (keep || store_ != nullptr) {
    KeptFaults kept{last_id, {}};
    for (const auto& armed : list) {
      kept.faults.push_back({armed->id, *armed->rule, armed->expires_at});
    }
    std::string note = write_faults(kept);
    if (keep) {
      keep(std::move(note));
    } else {
      store_->keep({}, {{std::string{kNote}, std::move(note)}});
    }
  }
  for (const auto& armed : armed_) {
    if (armed->barrier && std::ranges::find(list, armed) == list.end()) armed->barrier->open();
  }
  armed_ = std::move(list);
  armed_count_ = armed_.size();
  last_id_ = last_id;
}

std::vector<FaultState> Faults::list(TimePoint now) const {
  const std::lock_guard lock{mutex_};
  std::vector<FaultState> out;
  out.reserve(armed_.size());
  for (const auto& armed : armed_) {
    if (store_ != nullptr) {
      armed->matched = store_->count(armed->id + " matched");
      armed->fired = store_->count(armed->id + " fired");
    }
    out.push_back({armed->id, armed->rule, armed->matched, armed->fired, armed->remaining(now),
                   armed->expires_at, armed->expired(now)});
  }
  return out;
}

// Counts a request in the rule's scope, and says whether it fires. With the lock held.
bool Faults::takes(Armed& armed) {
  if (store_ != nullptr) armed.matched = store_->count_up(armed.id + " matched") - 1;
  if (!fires(armed.rule->when, ++armed.matched)) return false;
  const std::uint64_t most = armed.rule->times.value_or(kWithoutLimit);
  if (store_ != nullptr) return store_->count_up(armed.id + " fired", most) != 0;
  if (armed.fired >= most) return false;
  ++armed.fired;
  return true;
}

std::optional<Firing> Faults::match(const FaultQuery& query, TimePoint now) {
  if (armed_count_.load(std::memory_order_acquire) == 0) return std::nullopt;
  const std::lock_guard lock{mutex_};
  for (const auto& armed : armed_) {
    if (armed->expired(now) || !in_scope(armed->rule->on, query) || !takes(*armed)) continue;
    return Firing{armed->id, armed->rule, armed->barrier, query.endpoint, std::string{query.path}};
  }
  return std::nullopt;
}

}  // namespace heygen::mock
