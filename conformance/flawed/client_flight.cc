// Flaws in how concurrent refreshes share, in when their outcome is stored, and for whom.
#include <array>
#include <map>
#include <set>

#include "conformance/flawed/client_tools.h"
#include "conformance/flawed/flaws.h"

namespace heygen::conformance {
namespace {

using client::Error;
using client::Instant;
using client::RefreshGate;
using client::RefreshRules;
using client::RefreshSteps;
using client::Result;
using client::Seams;
using client::TokenRecord;

// --- the gate ----------------------------------------------------------------------------------

class OpenGate final : public RefreshGate {
 public:
  Result<TokenRecord> refresh(const TokenRecord& seen, const RefreshSteps& steps) override {
    return steps.spend(seen);
  }
};

// One after the other, but nobody looks whether the one before has done the work.
class QueueGate final : public RefreshGate {
 public:
  Result<TokenRecord> refresh(const TokenRecord& seen, const RefreshSteps& steps) override {
    const std::lock_guard lock(mutex_);
    return steps.spend(steps.current().value_or(seen));
  }

 private:
  std::mutex mutex_;
};

// One flight in this process; other processes are neither kept out nor looked at.
class OwnProcessGate final : public RefreshGate {
 public:
  Result<TokenRecord> refresh(const TokenRecord& seen, const RefreshSteps& steps) override {
    RefreshSteps own = steps;
    own.lock = [] { return Result<std::unique_ptr<client::StoreLock>>(nullptr); };
    own.current = [this, seen]() -> std::optional<TokenRecord> {
      const std::lock_guard lock(mutex_);
      const bool replaced = replaced_.contains(seen.access_token);
      return replaced ? replaced_.at(seen.access_token) : seen;
    };
    own.spend = [this, steps](const TokenRecord& record) {
      Result<TokenRecord> fresh = steps.spend(record);
      const std::lock_guard lock(mutex_);
      if (fresh) replaced_.insert_or_assign(record.access_token, *fresh);
      return fresh;
    };
    return flights_->refresh(seen, own);
  }

 private:
  const std::unique_ptr<RefreshGate> flights_ = client::make_single_flight_gate();
  std::mutex mutex_;
  std::map<std::string, TokenRecord> replaced_;
};

// What the first failed flight brought is what all that follow get.
class PoisonedGate final : public RefreshGate {
 public:
  Result<TokenRecord> refresh(const TokenRecord& seen, const RefreshSteps& steps) override {
    {
      const std::lock_guard lock(mutex_);
      if (failure_) return *failure_;
    }
    Result<TokenRecord> outcome = flights_->refresh(seen, steps);
    const std::lock_guard lock(mutex_);
    if (!outcome) failure_ = outcome.error();
    return outcome;
  }

 private:
  const std::unique_ptr<RefreshGate> flights_ = client::make_single_flight_gate();
  std::mutex mutex_;
  std::optional<Error> failure_;
};

template <typename Gate>
std::unique_ptr<RefreshGate> make_gate() {
  return std::make_unique<Gate>();
}

// Tokens that were found due before a call share a flight; those that the API refused do not.
void single_flight_before_call_only(Seams& seams) {
  class Gate final : public RefreshGate {
   public:
    explicit Gate(Kept<std::set<std::string>> due) : due_(std::move(due)) {}
    Result<TokenRecord> refresh(const TokenRecord& seen, const RefreshSteps& steps) override {
      const bool planned =
          due_.with([&](const auto& tokens) { return tokens.contains(seen.access_token); });
      return planned ? flights_->refresh(seen, steps) : steps.spend(seen);
    }

   private:
    const Kept<std::set<std::string>> due_;
    const std::unique_ptr<RefreshGate> flights_ = client::make_single_flight_gate();
  };
  const Kept<std::set<std::string>> due;
  seams.refresh.before_call = [due](const TokenRecord& record, Instant now, int refreshes) {
    const bool is_due = client::refresh_before_call(record, now, refreshes);
    if (is_due) due.with([&](auto& tokens) { tokens.insert(record.access_token); });
    return is_due;
  };
  seams.refresh.make_gate = [due] { return std::make_unique<Gate>(due); };
}

// --- persisting --------------------------------------------------------------------------------

// Everything is written when the call is done: two writes become one.
void persist_after_call(Seams& seams) {
  using Saves = std::vector<std::function<void()>>;
  const Kept<Saves> waiting;
  seams.refresh.persist = [waiting](std::function<void()> save) {
    waiting.with([&](Saves& saves) { saves.push_back(std::move(save)); });
  };
  seams.refresh.after_call = [waiting] {
    for (const auto& save : waiting.with([](Saves& saves) { return std::exchange(saves, {}); })) {
      save();
    }
  };
}

void persist_nothing(const std::function<void()>& /*save*/) {}

constexpr std::array kClientFlightFlaws{
    Flaw{.id = "cm45-no-single-flight",
         .summary = "each concurrent call refreshes",
         .intended = {"refresh.single-flight"},
         .plant = replace<&RefreshRules::make_gate, make_gate<OpenGate>>},
    Flaw{.id = "cm45b-single-flight-before-call-only",
         .summary = "concurrent calls share a refresh before the call, but not after a 401",
         .intended = {"refresh.single-flight.401"},
         .variant_of = "cm45-no-single-flight",
         .plant = single_flight_before_call_only},
    Flaw{.id = "cm45c-refreshes-queue",
         .summary = "concurrent calls refresh one after the other",
         .intended = {"refresh.single-flight", "refresh.single-flight.401"},
         .variant_of = "cm45-no-single-flight",
         .plant = replace<&RefreshRules::make_gate, make_gate<QueueGate>>},
    Flaw{.id = "cm45d-single-flight-per-process",
         .summary = "two processes with one store spend the same refresh token",
         .intended = {"refresh.multi-process"},
         .variant_of = "cm45-no-single-flight",
         .plant = replace<&RefreshRules::make_gate, make_gate<OwnProcessGate>>},
    Flaw{.id = "cm45e-failed-flight-sticks",
         .summary = "after one refresh that failed all others fail",
         .intended = {"refresh.single-flight.failure-unblocks", "refresh.transient-keeps-token"},
         .variant_of = "cm45-no-single-flight",
         .plant = replace<&RefreshRules::make_gate, make_gate<PoisonedGate>>},
    Flaw{.id = "cm49-persist-late",
         .summary = "stores the rotated RT only after the API call returned",
         .intended = {"refresh.persist-before-use"},
         .plant = persist_after_call},
    Flaw{.id = "cm49b-persist-never",
         .summary = "keeps the rotated RT in memory only",
         .intended = {"refresh.persist-before-use"},
         .variant_of = "cm49-persist-late",
         .plant = replace<&RefreshRules::persist, persist_nothing>},
};

}  // namespace

std::span<const Flaw> flight_flaws() { return kClientFlightFlaws; }

}  // namespace heygen::conformance
